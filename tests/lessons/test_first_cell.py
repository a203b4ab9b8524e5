"""The first cell of a lesson, where the course is missing: a sentence, or an installation."""

import importlib.util
import subprocess
import sys

import pytest
from lesson_pages import LESSONS, ROOT, code_cells

from tools.notebook_format import notebook_from_source
from tools.published import PLACEHOLDER

SOURCES = [ROOT / "notebooks" / "source" / f"{path.stem}.md" for path in LESSONS]
FIRST = code_cells(notebook_from_source(SOURCES[0]))[0].source
PLACES = ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE")


@pytest.fixture
def failed():
    """The exit code of every command."""
    return 0


@pytest.fixture
def run(monkeypatch, failed):
    """Return a function that runs the cell; it returns the commands that were run."""
    ran = []

    def noted(command, **_):
        ran.append(command)
        return subprocess.CompletedProcess(command, failed)

    monkeypatch.setattr(subprocess, "run", noted)
    for name in PLACES:
        monkeypatch.delenv(name, raising=False)

    def run(found=None):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
        exec(FIRST, {})
        return ran

    return run


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_all_lessons_begin_with_the_same_cell(path):
    assert code_cells(notebook_from_source(path))[0].source == FIRST


def test_where_the_course_is_the_cell_says_and_does_nothing(run, capsys):
    assert run(found=object()) == []
    assert capsys.readouterr().out == ""


def test_where_it_is_missing_one_sentence_says_how_to_get_it_and_nothing_is_raised(run, capsys):
    assert run() == []
    (sentence,) = capsys.readouterr().out.splitlines()
    assert "`python3 course.py lab`" in sentence and ".venv" in sentence
    assert sentence.count(". ") == 0 and sentence.endswith(".")


@pytest.mark.parametrize("place", PLACES)
def test_where_installing_is_the_custom_it_is_installed_from_the_published_address(
    run, monkeypatch, place
):
    monkeypatch.setenv(place, "1")
    (command,) = run()
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert f"git+{PLACEHOLDER}" in command  # the build puts the address in its place
    # or packages that the place has loaded would be replaced; these it lacks
    assert "--no-deps" in command and command[-2:] == ["anywidget", "psygnal"]


@pytest.mark.parametrize("failed", [1])
def test_an_installation_that_fails_is_told_in_a_sentence(run, monkeypatch, capsys, failed):
    monkeypatch.setenv(PLACES[0], "1")
    assert len(run()) == 1
    assert (
        capsys.readouterr().out
        == f"The course could not be installed from git+{PLACEHOLDER}.\n"
    )
