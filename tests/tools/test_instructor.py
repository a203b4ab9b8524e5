"""The instructor's edition: notes at their places, minutes that add up, plans, handouts."""

import functools
import itertools
import re
from pathlib import Path

import nbformat
import pytest

from course_lib.exercises import exercises
from tools import handout, instructor, plan, teaching
from tools.failures import CourseError
from tools.notebook_format import notebook_from_source

ROOT = Path(teaching.__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.md"))
every_lesson = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
NUMBERED = re.compile(r"^\d+ · ")


@functools.cache
def edition(path):
    return instructor.instructor_notebook(notebook_from_source(path))


def note_cells(notebook):
    return [c for c in notebook.cells if teaching.TAG in c.metadata.get("tags", ())]


@every_lesson
def test_the_minutes_of_a_lessons_parts_add_up_to_the_time_that_it_states(path):
    notebook, slots = edition(path)
    assert slots[-1].end == teaching.stated_minutes(notebook)
    optional = sum(slot.note.minutes for slot in slots if slot.note.is_optional)
    stated = re.search(r"(\d+) minutes more", notebook.cells[0].source)
    assert not stated or int(stated[1]) == optional
    assert [slot.note.minutes > 0 for slot in slots] == [True] * len(slots)
    assert [cell.metadata.minutes for cell in note_cells(notebook)] == [
        slot.note.minutes for slot in slots
    ]
    more = re.findall(r"optional and takes? (\d+) minutes more", notebook.cells[0].source)
    optional = sum(slot.note.minutes for slot in slots if slot.note.is_optional)
    assert [*map(int, more)] == [optional] * bool(optional)


@every_lesson
def test_every_numbered_section_and_every_exercise_of_a_lesson_has_a_note(path):
    notebook, slots = edition(path)
    noted = {slot.note.place for slot in slots}
    places = {teaching.place_of(cell) for cell in notebook.cells} - {None}
    wanted = {place for place in places if NUMBERED.match(place) or place in exercises()}
    assert wanted and wanted <= noted


@every_lesson
def test_without_its_notes_the_edition_is_the_lesson(path):
    lesson, (notebook, _) = notebook_from_source(path), edition(path)

    def squeezed(cells):
        kept = [c.source for c in cells if teaching.TAG not in c.metadata.get("tags", ())]
        return re.sub(r"\s+", "\n", "\n".join(kept))

    assert squeezed(notebook.cells) == squeezed(lesson.cells)
    nbformat.validate(notebook)


@every_lesson
def test_each_exercise_has_its_solution_and_its_mistakes_folded_below_its_check(path):
    notebook, slots = edition(path)
    for slot in (slot for slot in slots if slot.note.is_exercise):
        at = next(
            i for i, c in enumerate(notebook.cells) if teaching.place_of(c) == slot.note.place
        )
        text = notebook.cells[at + 1].source
        assert text.count("<details>") == text.count("</details>") == 2
        exercise = exercises()[slot.note.place]
        assert f"def {exercise.solution.__name__}(" in text
        assert all(m.name.lower() in text.lower() for m in exercise.mistakes)
        told = re.findall(
            r"^- \*\*.+?:\*\* (.*)", text.partition("Common wrong answers")[2], re.MULTILINE
        )
        assert 1 <= len(told) <= instructor.TOLD and all(len(said) > 20 for said in told)


def test_no_note_reaches_what_learners_get():
    pages = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "source").glob("*")]
    assert len(pages) >= 2 * len(SOURCES)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f'"{teaching.TAG}"' not in text and "**Teaching ·" not in text, page.name


def test_a_heading_without_minutes_is_named(tmp_path):
    path = tmp_path / "01.md"
    path.write_text("# Teaching\n\n## 1 · One\n5 minutes\n\n## 2 · Two\n\nText.\n")
    with pytest.raises(CourseError, match="## 2 · Two"):
        teaching.read_notes(path)


def test_a_note_for_a_section_that_is_not_there_is_named():
    notes = [teaching.Note("9 · Nothing", False, 5, "")]
    cells = teaching.split_at_headings(notebook_from_source(SOURCES[1]))
    with pytest.raises(CourseError, match='"9 · Nothing"'):
        teaching.schedule(cells, notes, "01_chain_rule")


@pytest.fixture(scope="module")
def schedules():
    return {path.name[:2]: edition(path)[1] for path in SOURCES}


@pytest.mark.parametrize("title, sessions", plan.PLANS, ids=[title for title, _ in plan.PLANS])
def test_a_plan_ends_in_time_and_has_no_gap_and_breaks_in_time(schedules, title, sessions):
    for start, end, names in sessions:
        lessons = {name: schedules[name] for name in names}
        entries, cut = plan.session(start, end, lessons)
        assert plan.clock(entries[0].begin) == start
        assert plan.ends(entries) <= plan.from_midnight(end)
        for entry, following in itertools.pairwise(entries):
            assert entry.begin + entry.minutes == following.begin
            assert entry.lesson or following.what != "Recap"
        around = [e for e in entries if e.what in (plan.ARRIVING, plan.BRIDGING)]
        skipped = [n for n in names if plan.left_out(n, lessons)]
        assert [e.lesson for e in around] == ["00"] * (names[0] == "00") + skipped
        taught = sum(entry.minutes for entry in entries if entry.lesson and entry not in around)
        saved = sum(note.cut[0] for _, note in cut)
        assert taught + saved == sum(schedules[name][-1].end for name in names)
        pauses = [e.begin + e.minutes for e in entries if not e.lesson]
        begins = [entries[0].begin, *pauses]
        until = [e.begin for e in entries if not e.lesson] + [plan.ends(entries)]
        assert max(b - a for a, b in zip(begins, until, strict=True)) <= 95
        assert sum(e.what == "Lunch" for e in entries) == (title == "One day")


def test_a_session_is_cut_only_as_far_as_it_has_to_be(schedules):
    lessons = {"05": schedules["05"]}
    for end, n_cut in (("21:00", 0), ("20:20", 1), ("19:00", 2)):
        _, cut = plan.session("18:00", end, lessons)
        assert len(cut) == n_cut
        assert [note.cut[0] for _, note in cut] == sorted(
            (note.cut[0] for _, note in cut), reverse=True
        )
    text = plan.session_text("18:00", "20:20", lessons)
    assert "- Lesson 05, “2 · Large gradient, larger curvature”, 8 min saved: The power" in text


@every_lesson
def test_what_a_note_offers_to_cut_has_minutes_that_the_section_has(path):
    notes = [slot.note for slot in edition(path)[1]]
    assert all(note.cut[0] <= note.minutes for note in notes)
    assert all(bool(note.cut[0]) == ("**Cut" in note.text) for note in notes)


def test_each_break_is_a_checkpoint_that_says_how_to_catch_up(schedules):
    text = plan.plan_text(schedules)
    breaks = re.findall(
        r"^\| (\d\d:\d\d) \| \d+ \|  \| (?:Break|Lunch) \|$", text, re.MULTILINE
    )
    told = re.findall(
        r"^- At (\d\d:\d\d) everybody has (?:seen|solved).*Who is behind", text, re.MULTILINE
    )
    assert breaks == told and len(told) >= len(plan.PLANS)
    assert re.search(r"everybody has solved `\w+` of lesson", text)
    assert "| 01 | exercise: `sigmoid` |" in text


def test_a_handout_asks_leaves_room_and_shows_the_picture_that_a_note_names():
    pytest.importorskip("latex2mathml")
    note = nbformat.v4.new_markdown_cell("- **Keep:** it.", metadata={"tags": [teaching.TAG]})
    shown = [f'<figure><img alt="{name}" src="data:,"></figure>' for name in "abc"]
    drawn = [
        nbformat.v4.new_code_cell(
            "1", outputs=[nbformat.v4.new_output("display_data", {"text/html": html})]
        )
        for html in shown
    ]
    card = (
        "<p><strong>Predict.</strong> How many?</p><details><summary>s</summary>Five.</details>"
    )
    asked = nbformat.v4.new_code_cell(
        'predict("many")',
        outputs=[nbformat.v4.new_output("display_data", {"text/html": card})],
    )
    cells = [
        nbformat.v4.new_markdown_cell(
            "# 01 · A <title>\n\n> **Predict.** Up\n> or *down*?\n\nNo."
        ),
        asked,
        nbformat.v4.new_code_cell('f = check("sigmoid", sigmoid).function'),
        drawn[0],
        note,
        *drawn[1:],
    ]
    text = handout.page(nbformat.v4.new_notebook(cells=cells))
    assert "<h1>01 · A &lt;title&gt;</h1>" in text
    assert "Up\nor <em>down</em>?" in text and "No." not in text
    assert "<p> How many?</p>" in text and "Five." not in text
    assert "def sigmoid(z):" in text and 'alt="b"' in text and 'alt="a"' not in text


def test_formulas_are_drawn_without_a_script():
    pytest.importorskip("latex2mathml")
    text = handout.with_math(r"a $\sigma_w &lt; 1$ and $$\frac{1}{2}$$")
    assert (
        "$" not in text
        and text.count("<math") == 2
        and "<mfrac>" in text
        and "&#x003C3;" in text
    )


@pytest.mark.thorough("prints every handout")
def test_every_handout_is_one_to_three_pages_long(tmp_path, chromium_path):
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    editions = [instructor.instructor_notebook(nbformat.read(p, 4))[0] for p in notebooks]
    paths = [handout.write_page(notebook, tmp_path) for notebook in editions]
    assert handout.print_pages(paths) == "handouts as PDF"
    for path in paths:
        assert "https://" not in path.read_text(encoding="utf-8")
        pages = re.findall(rb"/Type\s*/Page\b", path.with_suffix(".pdf").read_bytes())
        assert 1 <= len(pages) <= 3, path.name
