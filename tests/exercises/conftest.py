"""What the tests of exercises share: no workspace, and nothing known of earlier answers."""

import pytest

from course_lib.exercises.engine import store


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})
