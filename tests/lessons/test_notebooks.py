"""Every notebook is its source executed; what it shows can be read, and holds when rerun."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote

import nbformat
import pytest
from lesson_pages import (
    LESSONS,
    NOTEBOOKS,
    PAGES,
    ROOT,
    anchors,
    code_cells,
    images,
    locked_only,
    plant_a_wrong_number,
    prose,
    read,
    shown_texts,
    targets,
)
from lesson_runs import cleaned, rules

from tools.notebook_format import notebook_bytes, notebook_from_source, source_hash
from tools.notebook_outputs import outputs, problems
from tools.published import PLACEHOLDER, with_address
from tools.run_tests import pytest_command

HEADINGS = ("What you will learn", "Recap", "In PyTorch", "References")
RUFF_PATHS = ("course.py", "course_lib", "tools", "tests", "notebooks", "assets", "benchmarks")

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def source_of(path):
    return path.parent / "source" / f"{path.stem}.md"


def test_every_source_has_its_notebook_and_every_notebook_its_source():
    sources = {path.stem for path in (NOTEBOOKS / "source").glob("*.md")}
    assert sources, "no lesson in notebooks/source"
    assert {path.stem for path in PAGES} == sources


@every_page
def test_the_cells_of_a_notebook_equal_its_source(path):
    def written(notebook):
        return [(c.cell_type, c.source, c.metadata, c.id) for c in notebook.cells]

    source = notebook_from_source(source_of(path))
    built = with_address(read(path), PLACEHOLDER)
    assert written(built) == written(source), f"run: python3 course.py build {path.stem}"


@every_page
def test_the_metadata_names_the_lesson_and_the_hash_of_its_source(path):
    notebook, source = read(path), notebook_from_source(source_of(path))
    expected = {"lesson": path.stem, "source": source_hash(source)}
    assert notebook.metadata.course == source.metadata.course == expected
    assert {k: v for k, v in notebook.metadata.items() if k != "widgets"} == source.metadata


@every_page
def test_a_notebook_is_stored_in_the_canonical_form(path):
    assert path.read_bytes() == notebook_bytes(read(path))


@every_page
def test_a_notebook_was_run_once_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1))


@every_page
def test_no_output_is_an_error_a_warning_or_a_trace_of_a_machine(path):
    assert problems(read(path)) == []


@every_page
def test_every_image_has_alternative_text_and_lies_inside_the_notebook(path):
    for image in images(read(path)):
        assert image.get("alt", "").strip(), f"no alt text: {str(image)[:200]}"
        assert image["src"].startswith(("data:image/", "attachment:")), image["src"][:200]


@every_page
def test_no_output_is_a_bare_image(path):
    for number, _, output in outputs(read(path)):
        bare = [key for key in output.get("data", {}) if key.startswith("image/")]
        assert not bare, f"code cell {number} shows {bare}: use course_lib.figures.display.show"


@every_page
def test_code_cells_are_short_and_do_not_end_in_a_semicolon(path):
    for number, cell in enumerate(code_cells(read(path)), start=1):
        lines = len(cell.source.splitlines())
        assert lines < 20, f"code cell {number} has {lines} lines"
        assert not cell.source.rstrip().endswith(";"), f"code cell {number} ends in ';'"


@every_page
def test_no_output_shows_a_bare_numpy_scalar_or_a_version(path):
    unwanted = re.compile(r"\bnp\.[a-z]+\d*\(|\bnp\.(?:True|False)_|\b\d+\.\d+\.\d+\b")
    for text in shown_texts(read(path)):
        found = unwanted.search(text)
        assert not found, f"{found[0]} in: {text[:200]}"


@every_page
def test_a_notebook_stays_small(path):
    assert path.stat().st_size < 1_000_000


@every_page
def test_every_link_leads_to_a_page_of_the_workspace_and_to_a_heading_there(path):
    for target in targets(read(path)):
        if re.match(r"https?://|mailto:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        page = path.with_name(name) if name else path
        assert page in PAGES, f"{target} leads nowhere: the server shows only the notebooks"
        assert not anchor or anchor in anchors(read(page)), f"no heading for {target}"


@every_page
def test_links_to_a_heading_are_written_so_that_jupyterlab_finds_it(path):
    # a browser writes "·" as %C2%B7, and JupyterLab looks for a heading of that name
    dead = [target for target in targets(read(path)) if not target.partition("#")[2].isascii()]
    assert not dead


@every_lesson
def test_a_lesson_has_its_sections(path):
    found = anchors(read(path))
    missing = [heading for heading in HEADINGS if heading.replace(" ", "-") not in found]
    assert not missing, f"missing headings: {missing}"


@every_lesson
def test_a_lesson_says_at_its_top_what_it_needs_and_how_long_it_takes(path):
    top = prose(read(path)).partition("## Recap")[0][:3000]
    assert re.search(r"\*\*Time:\*\* about \d+ minutes", top)
    assert re.search(r"\*\*(Prerequisites|You need):\*\*", top)


@every_lesson
def test_a_lesson_has_its_row_in_the_readme_and_in_the_first_lesson(path):
    name = path.stem.replace("_", " ")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (time,) = re.findall(r"\*\*Time:\*\* about (\d+) minutes", prose(read(path)))
    assert re.search(rf"^\| {name} \| .* \| {time} \|$", readme, re.MULTILINE)
    first = prose(read(LESSONS[0]))
    assert path == LESSONS[0] or f"| [{name}]({path.name}) |" in first


@every_lesson
def test_a_lesson_asks_for_a_prediction_and_for_an_answer(path):
    notebook = read(path)
    code = "\n".join(cell.source for cell in code_cells(notebook))
    assert "predict(" in code or "**Predict" in prose(notebook)
    assert "check(" in code


@pytest.fixture
def plain_and_planted():
    """Return a small notebook, the same with a wrong number stored, and in which cell."""
    code = ("x = 0.25", 'print(f"a quarter: {x}")')
    cells = [nbformat.v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(code)]
    for count, cell in enumerate(cells, start=1):
        cell.execution_count = count
    cells[1].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="a quarter: 0.25\n")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    return notebook, *plant_a_wrong_number(notebook)


def failures_under_strict_nbval(folder):
    """Run nbval as `course.py test` does; return the failed cells and the report."""
    rest = ["-n0", "-q", "-rf", "--color=no", "-p", "no:cacheprovider", f"--rootdir={folder}"]
    outer = ("PYTEST_", "COURSE_")  # what belongs to the run that this test is part of
    environment = {k: v for k, v in os.environ.items() if not k.startswith(outer)}
    command = pytest_command("--nbval", [str(folder)], rest)
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    failed = re.findall(r"^FAILED \S*?(\w+\.ipynb)::Cell (\d+)", run.stdout, re.MULTILINE)
    return failed, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("stored", "rerun", "same"),
    [
        ('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,b/+=">', 1),
        ("", "training:   0%|          | 0/300 [00:00<?, ?step/s]", 1),
        ("", "0it [00:00, ?it/s]", 1),
        ("", "0.25", 0),
        ("loss 0.25 [1, 2]", "loss 0.26 [1, 2]", 0),
        ("100 ms", "101 ms", 0),
    ],
)
def test_only_pictures_and_progress_bars_may_differ(stored, rerun, same):
    assert len(rules()) == 3
    assert (cleaned(stored) == cleaned(rerun)) == bool(same)


@locked_only
def test_a_wrong_number_in_a_stored_output_fails_strict_nbval(plain_and_planted, tmp_path):
    plain, planted, number = plain_and_planted
    nbformat.write(plain, tmp_path / "plain.ipynb")
    nbformat.write(planted, tmp_path / "planted.ipynb")
    failed, report = failures_under_strict_nbval(tmp_path)
    assert failed == [("planted.ipynb", str(number - 1))], report
    assert "Cell outputs differ" in report


@locked_only
@pytest.mark.parametrize("command", [["check"], ["format", "--check", "--diff"]], ids=" ".join)
def test_ruff_finds_nothing_in_code_and_notebooks(command):
    paths = [name for name in RUFF_PATHS if (ROOT / name).exists()]
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", *paths]
    run = subprocess.run(ruff, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"
