"""Hints, solutions and progress; where they are kept; how they are shown."""

import html.parser
import json
import re
import subprocess
import sys

import nbclient
import nbformat
import numpy as np
import pytest
from exercises_learner import all_exercises

from course_lib.exercises import check, exercises, hint, progress, solution
from course_lib.exercises.engine import store
from course_lib.exercises.engine.page import Code, Items, Page, Paragraph, Table


@pytest.fixture(autouse=True)
def outside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "_memory", {})


def saved_there(course):
    """Return the exercises that a course's own workspace has a record of."""
    marker = course / "workspace" / store.MARKER
    return set(saved(marker)["progress"]) if marker.exists() else set()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a course without a workspace, whose library this one is."""
    root = tmp_path / "course"
    for name in ("notebooks", "course_lib"):
        (root / name).mkdir(parents=True)
    (root / "course.py").touch()
    monkeypatch.delenv(store.VARIABLE)
    monkeypatch.setattr(store, "_COURSE", root)
    return root


@pytest.mark.parametrize("place", ["notebooks", ".", ".."])
def test_what_passes_outside_the_workspace_is_kept_in_it(course, place, monkeypatch, capsys):
    monkeypatch.chdir(course / place)
    assert "not saved" not in str(check("sigmoid", sigmoid))
    assert saved_there(course) == {"sigmoid"}
    (course / "workspace" / "below").mkdir()
    monkeypatch.chdir(course / "workspace" / "below")
    assert "Passed: 1 of" in shown(capsys, progress)


def test_a_clone_without_an_installed_library_has_its_own_workspace(course, monkeypatch):
    monkeypatch.setattr(store, "_COURSE", course / "nowhere")
    monkeypatch.chdir(course / "notebooks")
    check("sigmoid", sigmoid)
    assert saved_there(course) == {"sigmoid"}


def test_where_no_course_is_the_verdict_says_that_nothing_is_saved(course, monkeypatch, capsys):
    monkeypatch.setattr(store, "_COURSE", course / "nowhere")
    assert "Progress is not saved" in str(check("sigmoid", sigmoid))
    text = shown(capsys, progress)
    assert "Progress is not saved" in text and "Passed: 1 of" in text
    assert saved_there(course) == set()


def test_tests_and_builds_leave_a_learners_progress_alone(course, monkeypatch):
    monkeypatch.setenv(store.VARIABLE, "memory")
    monkeypatch.chdir(course / "notebooks")
    assert "not saved" not in str(check("sigmoid", sigmoid))
    assert saved_there(course) == set()


RECORDING = """
import sys
from course_lib.exercises.engine import store
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    assert store.record(f"{sys.argv[1]}-{number}", status="passed") == ""
    assert store.record("shared", **{sys.argv[1]: number}) == ""
"""


def test_kernels_that_record_at_the_same_time_lose_nothing(workspace):
    kernels, number = ("a", "b", "c"), 60
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RECORDING, name, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in kernels
    ]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.communicate("go\n")
        assert process.returncode == 0
    records = saved(workspace)["progress"]
    wanted = {f"{name}-{n}" for name in kernels for n in range(number)}
    assert wanted <= set(records)
    assert records["shared"] == dict.fromkeys(kernels, number - 1)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """Return the marker file of a workspace, with the current folder below it."""
    marker = tmp_path / store.MARKER
    marker.write_text('{"other": 1}', encoding="utf-8")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return marker


def saved(marker):
    return json.loads(marker.read_text(encoding="utf-8"))


def files_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def untouched(z): ...


def shown(capsys, function, *args):
    capsys.readouterr()
    assert function(*args) is None
    return capsys.readouterr().out


def test_a_pass_is_saved_beside_what_others_keep_in_the_file(workspace):
    check("sigmoid", sigmoid)
    assert saved(workspace) == {"other": 1, "progress": {"sigmoid": {"status": "passed"}}}


def test_a_failure_is_saved_and_a_later_pass_replaces_it(workspace):
    check("sigmoid", np.tanh)
    assert saved(workspace)["progress"]["sigmoid"]["status"] == "failed"
    check("sigmoid", sigmoid)
    assert saved(workspace)["progress"]["sigmoid"]["status"] == "passed"


def test_a_pass_is_never_undone(workspace, capsys):
    check("sigmoid", sigmoid)
    check("sigmoid", untouched)
    check("sigmoid", np.tanh)
    assert saved(workspace)["progress"]["sigmoid"]["status"] == "passed"
    assert "Passed: 1 of" in shown(capsys, progress)


def test_an_untouched_run_writes_nothing(workspace):
    before = workspace.read_bytes()
    check("sigmoid", untouched)
    progress()
    assert workspace.read_bytes() == before


def test_without_a_workspace_nothing_is_written(tmp_path, capsys):
    check("sigmoid", sigmoid)
    hint("sigmoid")
    assert list(tmp_path.iterdir()) == []
    assert "Passed: 1 of" in shown(capsys, progress)


def test_progress_lists_every_exercise(capsys):
    text = shown(capsys, progress, "all")
    assert all(exercise.name in text for exercise in all_exercises())
    assert text.count("○ not attempted") == len(exercises())


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "5", '{"progress": []}', '{"progress": {"sigmoid": 3}}', "\x00\x01"],
)
def test_a_damaged_file_is_kept_aside_and_said(workspace, content):
    workspace.write_text(content, encoding="utf-8")
    result = check("sigmoid", sigmoid)
    assert ".course.json was damaged" in str(result)
    aside = workspace.with_name(".course-damaged-1.json")
    assert aside.read_text(encoding="utf-8") == content
    assert saved(workspace)["progress"]["sigmoid"]["status"] == "passed"
    assert "damaged" not in str(check("sigmoid", sigmoid))


def test_a_second_damaged_file_does_not_replace_the_first(workspace):
    for content in ("first", "second"):
        workspace.write_text(content, encoding="utf-8")
        check("sigmoid", sigmoid)
    names = [workspace.with_name(f".course-damaged-{n}.json") for n in (1, 2)]
    assert [name.read_text(encoding="utf-8") for name in names] == ["first", "second"]


def test_records_that_make_no_sense_are_shown_as_not_attempted(workspace, capsys):
    nonsense = {"sigmoid": {"status": 3, "hints": "many"}, "gone": {"status": "passed"}}
    workspace.write_text(json.dumps({"progress": nonsense}), encoding="utf-8")
    assert "Passed: 0 of" in shown(capsys, progress)
    hint("sigmoid")
    assert saved(workspace)["progress"]["sigmoid"]["hints"] == 1
    assert saved(workspace)["progress"]["gone"] == {"status": "passed"}


def test_a_folder_that_cannot_be_written_gets_a_sentence(workspace, monkeypatch, capsys):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    result = check("sigmoid", sigmoid)
    assert result.status == "passed"
    assert "Progress could not be saved (Permission denied)" in str(result)
    assert "Passed: 1 of" in shown(capsys, progress)
    assert files_in(workspace.parent) == [store.MARKER, store.LOCK]


def test_a_write_that_breaks_off_leaves_the_old_file_whole(workspace, monkeypatch):
    before = workspace.read_bytes()

    def break_off(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copymode", break_off)
    assert "No space left" in str(check("sigmoid", sigmoid))
    assert workspace.read_bytes() == before
    assert files_in(workspace.parent) == [store.MARKER, store.LOCK]


def test_hints_come_one_by_one_and_then_point_to_the_solution(workspace, capsys):
    hints = exercises()["sigmoid"].hints
    for count in range(1, len(hints) + 1):
        text = shown(capsys, hint, "sigmoid")
        assert all((given in text) == (i < count) for i, given in enumerate(hints))
        assert "These were all" not in text
    assert 'These were all. `solution("sigmoid")`' in shown(capsys, hint, "sigmoid")
    assert saved(workspace)["progress"]["sigmoid"]["hints"] == len(hints)
    assert f"{len(hints)} of {len(hints)}" in shown(capsys, progress)


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
def test_a_solution_shows_code_and_is_recorded(exercise, workspace, capsys):
    text = shown(capsys, solution, exercise.name)
    assert f"def {exercise.call}:" in text
    assert '"""' not in text
    assert saved(workspace)["progress"][exercise.name] == {"solution": True}


def test_help_looked_at_after_the_pass_does_not_change_the_table(workspace, capsys):
    hint("sigmoid")
    check("sigmoid", sigmoid)
    before = shown(capsys, progress)
    hints = exercises()["sigmoid"].hints
    assert hints[1] in shown(capsys, hint, "sigmoid")
    assert hints[2] in shown(capsys, hint, "sigmoid")
    solution("sigmoid")
    assert shown(capsys, progress) == before
    assert re.search(rf"✔ passed +1 of {len(hints)} +not seen", before)
    assert "Hints and solutions count until an exercise passes." in before


def test_help_looked_at_before_the_pass_stays_in_the_table(workspace, capsys):
    hint("sigmoid")
    solution("sigmoid")
    check("sigmoid", sigmoid)
    check("sigmoid", np.tanh)
    hint("sigmoid")
    row = next(line for line in shown(capsys, progress).splitlines() if "passed   " in line)
    assert row.split()[:2] == ["sigmoid", "01"]
    assert row.endswith(f"1 of {len(exercises()['sigmoid'].hints)}  seen")


class _Checker(html.parser.HTMLParser):
    """Collects words, and sees to it that every tag is closed."""

    def __init__(self):
        super().__init__()
        self.words, self.open = [], []

    def handle_data(self, data):
        self.words += data.split()

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_and_plain_text_say_the_same_words():
    table = Table((("a < b", "1"),))
    blocks = (
        Paragraph("See `x < y` & more"),
        Items("List", ("one", "two")),
        table,
        Code("x = 1 < 2"),
    )
    page = Page("A heading", blocks, "passed", "✔")
    checker = _Checker()
    checker.feed(page.html())
    assert not checker.open
    assert checker.words == page.text().replace("`", "").split()


@pytest.mark.parametrize("answer", [sigmoid, np.tanh, untouched])
def test_the_status_is_a_word_and_a_symbol_and_not_a_color_only(answer):
    result = check("sigmoid", answer)
    marks = {"passed": "✔", "failed": "✘", "not attempted": "○"}
    assert str(result).startswith(f"{marks[result.status]} sigmoid: {result.status}")
    assert f"sigmoid: {result.status}" in result.page.html()


def test_a_result_says_no_address():
    assert "0x" not in repr(check("sigmoid", sigmoid))


CELLS = [
    "from course_lib.exercises import check, hint\nimport numpy as np",
    "def sigmoid(z):\n    # nothing yet\n    ...\n\ncheck('sigmoid', sigmoid)",
    "def sigmoid(z):\n    while True:\n        pass\ncheck('sigmoid', sigmoid, seconds=0.3)",
    "def sigmoid(z):\n    print('z =', z)\n    return 1 / (1 + np.exp(-z))\n"
    "fn = check('sigmoid', sigmoid).function",
    "print(fn is sigmoid)",
]


def test_in_a_notebook_a_verdict_is_shown_once_and_richly():
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = [cell.outputs for cell in notebook.cells]
    words = ("not attempted yet", "did not come back in time", "passed")
    for output, word in zip(outputs[1:4], words, strict=True):
        assert [part.output_type for part in output] == ["display_data"]
        assert word in output[0].data["text/plain"]
        assert word in output[0].data["text/html"]
    assert "z = 2.0" in outputs[3][0].data["text/plain"]
    assert outputs[4][0].text == "True\n"
