"""What the tests of exercises share: no workspace, our faults raised, kept answers."""

import pytest
from seen_answers import FOLDER, AnswersFile

from course_lib.exercises.engine import faults, store


@pytest.fixture(autouse=True)
def faults_are_raised(monkeypatch):
    monkeypatch.setattr(faults, "strict", True)


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})


def pytest_collect_file(file_path, parent):
    """Collect the answers that are kept of an exercise."""
    if file_path.parent == FOLDER and file_path.suffix == ".txt":
        return AnswersFile.from_parent(parent, path=file_path)
    return None
