"""A learner's work is never overwritten: not by an update, not by a reset, not by a crash."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from course_lib import _files
from tools import workspace as tool
from tools.failures import CourseError

LESSONS = ("00_start_here", "01_chain_rule", "glossary")
MINE = '{"my": "own work"}'


class Killed(BaseException):
    """Stands for a process that dies on the spot."""


def write_lesson(path, source, cell="1 + 1", output="2"):
    notebook = nbformat.v4.new_notebook(metadata={"course": {"source": source}})
    shown = nbformat.v4.new_output("display_data", {"text/html": f"<b>{output}</b>"})
    run = {"outputs": [shown], "execution_count": 1}
    notebook.cells = [
        nbformat.v4.new_code_cell(cell, id="a-000", **run),
        nbformat.v4.new_markdown_cell("Two.", id="a-001"),
    ]
    notebook.metadata["widgets"] = {"state": output}
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Return the folder of built lessons and that of the learner, with a home of its own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    lessons = tmp_path / "notebooks"
    lessons.mkdir()
    for name in LESSONS:
        write_lesson(lessons / f"{name}.ipynb", f"hash of {name}")
    return lessons, tmp_path / "workspace"


def is_fresh_copy(own, lesson):
    """Say whether a notebook is the lesson before it is run, in all but what running adds."""
    copy, whole = (nbformat.read(path, 4) for path in (own, lesson))
    for cell in whole.cells[:1]:
        cell.update(outputs=[], execution_count=None)
    del whole.metadata["widgets"]
    return copy == whole


def names(folder):
    return sorted(path.name for path in folder.glob("*.ipynb"))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def everything_the_learner_wrote(folder):
    return {content for content in files(folder).values() if b"own work" in content}


def test_the_first_run_copies_every_lesson_and_marks_the_folder(folders):
    lessons, workspace = folders
    assert tool.sync(*folders) == []
    assert names(workspace) == [f"{name}.ipynb" for name in LESSONS]
    assert json.loads((workspace / ".course.json").read_text()) == {}
    for name in names(workspace):
        assert is_fresh_copy(workspace / name, lessons / name)


def test_no_copy_carries_a_result(folders):
    tool.sync(*folders)
    for content in files(folders[1]).values():
        assert not any(word in content for word in (b"<b>2", b"widgets", b'_count": 1'))


def test_a_second_run_changes_nothing(folders):
    _, workspace = folders
    tool.sync(*folders)
    before = files(workspace)
    assert tool.sync(*folders) == [] and files(workspace) == before


def test_a_lesson_that_the_learner_threw_away_is_copied_again(folders):
    lessons, workspace = folders
    tool.sync(*folders)
    own = workspace / "01_chain_rule.ipynb"
    own.unlink()
    assert tool.sync(*folders) == []
    assert is_fresh_copy(own, lessons / own.name)


def test_running_and_editing_a_lesson_does_not_make_it_out_of_date(folders):
    _, workspace = folders
    tool.sync(*folders)
    write_lesson(workspace / "01_chain_rule.ipynb", "hash of 01_chain_rule", "mine", "other")
    before = files(workspace)
    assert tool.sync(*folders) == [] and files(workspace) == before


def test_a_changed_lesson_is_laid_beside_and_told(folders):
    lessons, workspace = folders
    tool.sync(*folders)
    mine = (workspace / "01_chain_rule.ipynb").read_bytes()
    write_lesson(lessons / "01_chain_rule.ipynb", "newer")
    (sentence,) = tool.sync(*folders)
    assert "01_chain_rule-updated.ipynb" in sentence and "01_chain_rule.ipynb" in sentence
    assert (workspace / "01_chain_rule.ipynb").read_bytes() == mine
    beside = workspace / "01_chain_rule-updated.ipynb"
    assert is_fresh_copy(beside, lessons / "01_chain_rule.ipynb")
    assert tool.sync(*folders) == []


def test_every_further_change_gets_a_name_of_its_own(folders):
    lessons, workspace = folders
    tool.sync(*folders)
    for source in ("second", "third", "fourth"):
        write_lesson(lessons / "01_chain_rule.ipynb", source)
        assert len(tool.sync(*folders)) == 1
    assert names(workspace)[1:4] == [
        "01_chain_rule-updated-2.ipynb",
        "01_chain_rule-updated-3.ipynb",
        "01_chain_rule-updated.ipynb",
    ]


def test_new_outputs_of_the_same_source_are_no_change(folders):
    lessons, workspace = folders
    tool.sync(*folders)
    write_lesson(lessons / "01_chain_rule.ipynb", "hash of 01_chain_rule", output="other")
    assert tool.sync(*folders) == []
    assert len(names(workspace)) == len(LESSONS)


DAMAGED = ["{half", MINE, "[]", '{"metadata": []}', "\ufffd", "", '{"cells": 3}']


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_lesson_is_told_and_reset_sets_it_aside(folders, content):
    _, workspace = folders
    tool.sync(*folders)
    own = workspace / "01_chain_rule.ipynb"
    own.write_text(content, encoding="utf-8")
    for _ in range(2):
        (sentence,) = tool.sync(*folders)
        assert f"{own.name} is damaged" in sentence and "course.py reset 01" in sentence
        assert own.read_text(encoding="utf-8") == content
    tool.reset("01", *folders)
    assert tool.sync(*folders) == []
    kept = workspace / "01_chain_rule-yours-1.ipynb"
    assert kept.read_text(encoding="utf-8") == content


def test_a_notebook_of_ones_own_in_a_lessons_place_is_left_alone_and_the_lesson_laid_beside(
    folders,
):
    _, workspace = folders
    tool.sync(*folders)
    (workspace / "01_chain_rule.ipynb").write_text('{"cells": []}')
    assert len(tool.sync(*folders)) == 1 and tool.sync(*folders) == []
    assert (workspace / "01_chain_rule.ipynb").read_text() == '{"cells": []}'


@pytest.mark.parametrize("name", ["01", "1", "01_chain_rule", "workspace/01_chain_rule.ipynb"])
def test_reset_gives_a_fresh_copy_and_keeps_the_old_one(folders, name):
    lessons, workspace = folders
    tool.sync(*folders)
    own = workspace / "01_chain_rule.ipynb"
    for number in (1, 2):
        own.write_text(f"{MINE}{number}")
        assert f"01_chain_rule-yours-{number}.ipynb" in tool.reset(name, *folders)
        assert is_fresh_copy(own, lessons / own.name)
    for number in (1, 2):
        kept = workspace / f"01_chain_rule-yours-{number}.ipynb"
        assert kept.read_text() == f"{MINE}{number}"


def test_reset_of_a_lesson_that_is_not_there_copies_it(folders):
    _, workspace = folders
    assert tool.reset("glossary", *folders) == "glossary.ipynb is a fresh copy."
    assert names(workspace) == ["glossary.ipynb"]


def test_reset_of_an_unknown_lesson_lists_the_known_ones(folders):
    with pytest.raises(CourseError, match=r'no lesson "12".*\n.*00_start_here, 01_chain'):
        tool.reset("12", *folders)
    assert not folders[1].exists()


STEPS = ["os.link", "os.rename", "os.fsync", "os.chmod", "os.unlink"]


def die_at(monkeypatch, step, after):
    """Make the process die just before or just after a step is done."""
    original = getattr(os, step.removeprefix("os."))

    def die(*arguments, **options):
        if after:
            original(*arguments, **options)
        raise Killed

    monkeypatch.setattr(step, die)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("action", ["sync", "update", "reset"])
def test_killed_at_any_step_nothing_is_lost_and_the_next_run_recovers(
    folders, monkeypatch, action, step, after
):
    lessons, workspace = folders
    if action != "sync":
        tool.sync(*folders)
        (workspace / "01_chain_rule.ipynb").write_text(MINE)
        write_lesson(lessons / "00_start_here.ipynb", "newer")
    run = (lambda: tool.reset("01", *folders)) if action == "reset" else None
    run = run or (lambda: tool.sync(*folders))
    before = everything_the_learner_wrote(workspace) if workspace.exists() else set()
    with monkeypatch.context() as patch:
        die_at(patch, step, after)
        try:
            run()
        except Killed:
            pass
    assert everything_the_learner_wrote(workspace) == before
    tool.sync(*folders)
    assert everything_the_learner_wrote(workspace) == before
    assert {f"{name}.ipynb" for name in LESSONS} <= set(names(workspace))
    assert not list(workspace.glob(f".*{_files.UNFINISHED}"))
    for path in workspace.glob("*.ipynb"):
        assert path.read_bytes() in before or tool.source_hash(path)


def test_the_steps_above_are_steps_that_a_run_takes(folders, monkeypatch):
    reached = set()
    for step in STEPS:
        original = getattr(os, step.removeprefix("os."))

        def note(*arguments, step=step, original=original, **options):
            reached.add(step)
            return original(*arguments, **options)

        monkeypatch.setattr(step, note)
    tool.sync(*folders)
    tool.reset("01", *folders)
    assert reached == set(STEPS)


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(folders, monkeypatch):
    _, workspace = folders
    workspace.mkdir()
    target = workspace / "01_chain_rule.ipynb"
    monkeypatch.setattr(tool, "trust", lambda content: target.write_text(MINE))
    with pytest.raises(FileExistsError):
        tool.copy_lesson(folders[0] / target.name, target)
    assert target.read_text() == MINE


def test_without_hard_links_files_get_their_names_all_the_same(folders, monkeypatch):
    def no_links(*arguments):
        raise OSError("this file system has no hard links")

    monkeypatch.setattr(os, "link", no_links)
    tool.sync(*folders)
    tool.reset("01", *folders)
    assert len(names(folders[1])) == len(LESSONS) + 1
    with pytest.raises(FileExistsError):
        _files.write_whole(folders[1] / "glossary.ipynb", b"", replace=False)


@pytest.mark.parametrize("content", ["{half", "[1]", "\ufffd", ""])
def test_a_damaged_marker_is_left_to_the_check_that_tells_of_it(folders, content):
    _, workspace = folders
    tool.sync(*folders)
    (workspace / ".course.json").write_text(content, encoding="utf-8")
    assert tool.sync(*folders) == []
    assert (workspace / ".course.json").read_text(encoding="utf-8") == content


def test_progress_is_left_alone(folders):
    _, workspace = folders
    tool.sync(*folders)
    progress = '{"progress": {"sigmoid": {"status": "passed"}}}'
    (workspace / ".course.json").write_text(progress)
    tool.sync(*folders)
    tool.reset("01", *folders)
    assert (workspace / ".course.json").read_text() == progress


def test_a_file_in_the_place_of_the_workspace_is_told(folders):
    folders[1].write_text("mine")
    with pytest.raises(CourseError, match="is a file"):
        tool.sync(*folders)
    assert folders[1].read_text() == "mine"


def test_a_fresh_copy_is_trusted_and_a_changed_one_is_not(folders):
    _, workspace = folders
    tool.sync(*folders)
    notary = nbformat.sign.NotebookNotary()
    own = workspace / "01_chain_rule.ipynb"
    assert notary.check_signature(nbformat.read(own, 4))
    write_lesson(own, "hash of 01_chain_rule", output="<script>mine()</script>")
    tool.sync(*folders)
    assert not notary.check_signature(nbformat.read(own, 4))


def test_without_a_place_for_signatures_lessons_are_copied_all_the_same(folders, monkeypatch):
    monkeypatch.setattr(nbformat.sign, "NotebookNotary", None)
    tool.sync(*folders)
    assert len(names(folders[1])) == len(LESSONS)


def test_reset_works_from_the_command_line_and_says_what_it_did(folders, request):
    code = (
        "import sys, pathlib, functools, course; from tools import workspace as w\n"
        "w.reset = functools.partial(w.reset, notebooks=pathlib.Path(sys.argv[2]),"
        " workspace=pathlib.Path(sys.argv[3]))\n"
        "course.main(['--here', 'reset', sys.argv[1]])"
    )
    run = [sys.executable, "-c", code, "1", *map(str, folders)]
    told = subprocess.run(run, capture_output=True, text=True, cwd=request.config.rootpath)
    assert told.stdout == "01_chain_rule.ipynb is a fresh copy.\n" and told.returncode == 0
