"""Which tests run, how notebooks are compared, and when a stalled one is run again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.exercises import exercises
from tools import longest_first, run_tests, stalls
from tools.variations import Variation

TIMEOUT = "Cell 3: Timeout of 60 seconds exceeded while executing cell."
NOTEBOOK = "notebooks/01_chain_rule.ipynb::Cell 3"


@pytest.fixture
def failures(tmp_path):
    path = tmp_path / "failures"
    path.touch()
    return path


@pytest.fixture
def runs(monkeypatch):
    """Record the commands that would be run; the first one fails as it is told to."""
    commands = []

    def run(command, env):
        commands.append(command)
        if stalls.VARIABLE in env and run.noted:
            for node, text in run.noted:
                stalls.note(env[stalls.VARIABLE], node, text)
        return subprocess.CompletedProcess(command, 1 if len(commands) == 1 else run.second)

    run.noted, run.second, run.commands = [], 0, commands
    monkeypatch.setattr(subprocess, "run", run)
    return run


def test_outputs_are_compared_where_the_packages_are_those_of_the_lock():
    flag, sentence = run_tests.notebook_mode([])
    assert flag == "--nbval" and "outputs are compared" in sentence


def test_elsewhere_notebooks_are_run_and_the_first_difference_is_named():
    flag, sentence = run_tests.notebook_mode(["numpy is 2.0", "scipy is 1.0", "x is 3"])
    assert flag == "--nbval-lax"
    assert "without comparing outputs (numpy is 2.0 and 2 more)" in sentence


def test_everything_is_tested_unless_something_is_named():
    assert run_tests.default_paths([]) == ["tests", "notebooks"]
    assert run_tests.default_paths(["-x"]) == ["tests", "notebooks"]
    assert run_tests.default_paths(["-k", "clip", "-x"]) == ["tests"]
    assert run_tests.default_paths(["tests/conftest.py::test_x"]) == []


def test_each_test_process_uses_one_thread():
    variables = run_tests.variables_for_tests(oracles=False)
    assert variables.items() >= run_tests.ONE_THREAD.items()


def test_oracles_are_demanded_only_when_asked_for(monkeypatch):
    monkeypatch.delenv("COURSE_ORACLES", raising=False)
    assert "COURSE_ORACLES" not in run_tests.variables_for_tests(oracles=False)
    assert run_tests.variables_for_tests(oracles=True)["COURSE_ORACLES"] == "1"


@pytest.mark.parametrize(
    "noted, again",
    [
        ([], []),
        ([(NOTEBOOK, TIMEOUT)], ["notebooks/01_chain_rule.ipynb"]),
        ([(NOTEBOOK, "Cell outputs differ")], []),
        ([(NOTEBOOK, TIMEOUT), ("tests/test_mlp.py::test_x", "assert 1 == 2")], []),
        ([(NOTEBOOK, TIMEOUT), ("tests/test_mlp.py::test_x", TIMEOUT)], []),
        ([(NOTEBOOK, TIMEOUT), (NOTEBOOK, "Cell outputs differ")], []),
    ],
)
def test_notebooks_run_again_only_if_timeouts_are_all_that_failed(failures, noted, again):
    for node, text in noted:
        stalls.note(failures, node, text)
    assert stalls.stalled_notebooks(failures) == again


def test_the_second_run_of_a_stalled_notebook_decides_and_is_announced(runs, capsys):
    runs.noted = [(NOTEBOOK, TIMEOUT)]
    for runs.second in (0, 1):
        runs.commands.clear()
        assert run_tests.run("--nbval", {}, ["tests", "notebooks"]) == runs.second
        assert "notebooks/01_chain_rule.ipynb" in runs.commands[1]
        assert "tests" not in runs.commands[1]
        assert "Running that once more" in capsys.readouterr().out


@pytest.mark.parametrize("text, rest", [("Cell outputs differ", []), (TIMEOUT, ["-x"])])
def test_any_other_failure_and_a_run_of_ones_own_stand_as_they_are(runs, text, rest):
    runs.noted = [(NOTEBOOK, text)]
    assert run_tests.run("--nbval", {}, ["tests", "notebooks"], rest) == 1
    assert len(runs.commands) == 1


def test_a_failing_test_is_noted_by_the_plugin(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_it():\n    assert 0, 'Timeout of 9 seconds'")
    noted = tmp_path / "failures"
    command = run_tests.pytest_command("--nbval-lax", [str(tmp_path / "test_it.py")])
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        [*command, "-q", "-n0", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"],
        cwd=run_tests.ROOT,
        env=kept | {stalls.VARIABLE: str(noted)},
        capture_output=True,
    )
    assert Path(noted).read_text() == '["test_it.py::test_it", false]\n'


def test_what_is_quick_covers_every_lesson_every_exercise_and_a_widget():
    command = [sys.executable, "-m", "pytest", *run_tests.quick_paths(), "-m", "quick"]
    run = subprocess.run(
        [*command, "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=run_tests.ROOT,
        capture_output=True,
        text=True,
    )
    found = [line for line in run.stdout.splitlines() if "::" in line]
    lessons = [line for line in found if "runs_to_its_end" in line]
    references = [line for line in found if "the_reference_passes" in line]
    assert len(lessons) == len(list(run_tests.ROOT.glob("notebooks/[0-9]*.ipynb")))
    assert len(references) == len(exercises())
    assert any("every_control_moves" in line for line in found)


def test_files_that_take_long_come_first_and_stay_whole():
    class Item:
        def __init__(self, nodeid):
            self.nodeid = nodeid

    names = ["tests/test_mlp.py::a", "notebooks/a.ipynb::Cell 0", "tests/browser/test_x.py::b"]
    names += ["tests/test_mlp.py::c", "notebooks/a.ipynb::Cell 1"]
    items = [Item(name) for name in names]
    longest_first.pytest_collection_modifyitems(items)
    assert [names.index(item.nodeid) for item in items] == [2, 1, 4, 0, 3]
    assert all((run_tests.ROOT / start).exists() for start in longest_first.FIRST)


class Options:
    arithmetics = nudged = newest_python = False


def test_what_every_lesson_shows_and_claims_has_to_hold_under_every_variation():
    lessons = {path.stem[:2] for path in run_tests.ROOT.glob("notebooks/[0-9]*.ipynb")}
    files = [run_tests.ROOT / path for path in run_tests.claims()]
    assert {path.stem[-2:] for path in files} == lessons
    assert all("(LessonLaws):" in path.read_text(encoding="utf-8") for path in files)


def test_variations_are_run_only_where_they_are_asked_for(monkeypatch):
    assert run_tests.chosen_variations(Options()) == []
    asked = Options()
    asked.nudged = True
    assert len(run_tests.chosen_variations(asked)) == 5
    pair = [Variation("as it is"), Variation("other", {"X": "1"})]
    monkeypatch.setattr(run_tests.variations, "arithmetics", lambda: (pair, "Varied: other."))
    asked.arithmetics = True
    assert run_tests.chosen_variations(asked)[0].name == "other"


def test_each_variation_runs_with_its_own_variables_and_a_failure_is_named(monkeypatch):
    seen = []

    def run(mode, variables, paths, rest):
        seen.append(variables)
        return int("X" in variables)

    monkeypatch.setattr(run_tests, "run", run)
    chosen = [Variation("one", {"X": "1"}), Variation("two", {"Y": "2"})]
    assert run_tests.run_varied(chosen, "--nbval", {"Z": "0"}, ["notebooks"]) == ["one"]
    assert seen == [{"Z": "0", "X": "1"}, {"Z": "0", "Y": "2"}]


@pytest.mark.parametrize(
    ("newer", "here", "there"),
    [(None, ["one", "two"], []), (((3, 13), "python3.13"), ["one"], ["2"])],
)
def test_a_newer_python_takes_the_last_variation(monkeypatch, newer, here, there):
    asked, seen = Options(), []
    asked.arithmetics = asked.newest_python = True
    three = [Variation("as it is"), Variation("one", {"X": "1"}), Variation("two", {"X": "2"})]
    monkeypatch.setattr(run_tests.variations, "arithmetics", lambda: (three, "Varied."))
    monkeypatch.setattr(run_tests.newer_python, "found", lambda: newer)

    def test(found, paths, variables):
        assert (found, paths) == (newer, run_tests.claims())
        seen.append(variables["X"])
        return 1

    monkeypatch.setattr(run_tests.newer_python, "test", test)
    monkeypatch.setattr(run_tests, "run", lambda mode, variables, paths, rest: 1)
    failed = run_tests.run_elsewhere(asked, "--nbval", {})
    assert failed[: len(here)] == here and seen == there
    assert failed[len(here) :] == ["newest Python, two"] * len(there)


def test_the_workflow_calls_the_command_that_this_module_serves():
    text = (run_tests.ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    assert "course.py test --arithmetics" in text and "course.py test --nudged" in text
