"""What the tests of exercises share: no workspace, and faults of the course raised."""

import pytest

from course_lib.exercises.engine import faults, store


@pytest.fixture(autouse=True)
def faults_are_raised(monkeypatch):
    monkeypatch.setattr(faults, "strict", True)


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})
