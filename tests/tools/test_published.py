"""Where the course is published: one setting, and what is right as long as it is not set."""

import pytest
from lesson_pages import LESSONS, ROOT, code_cells, read

from tools import published
from tools.notebook_format import notebook_from_source

OWN, MINE = "https://git.example.edu/course", "https://github.com/me/mine"


@pytest.mark.parametrize(
    "setting, runs_in, origin, expected",
    [
        (OWN, "me/other", "https://github.com/me/other", OWN),
        (published.PLACEHOLDER, "me/mine", "https://github.com/me/other", MINE),
        (published.PLACEHOLDER, "", "https://github.com/me/mine.git", MINE),
        (published.PLACEHOLDER, "", "git@github.com:me/mine.git", MINE),
        (published.PLACEHOLDER, "", "ssh://git@github.com/me/mine", MINE),
        (published.PLACEHOLDER, "", "/a/folder", published.PLACEHOLDER),
        (published.PLACEHOLDER, "", "", published.PLACEHOLDER),
    ],
)
def test_the_setting_wins_then_the_repository_on_github(
    tmp_path, monkeypatch, setting, runs_in, origin, expected
):
    text = f'[project.urls]\nRepository = "{setting}"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(published, "ROOT", tmp_path)
    monkeypatch.setattr(published, "origin", lambda: origin)
    monkeypatch.setenv("GITHUB_REPOSITORY", runs_in)
    assert published.repository() == expected


def test_a_folder_that_was_not_cloned_has_no_origin(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "ROOT", tmp_path)
    assert published.origin() == ""


def test_a_lesson_is_installed_from_the_address_and_nothing_else_of_it_changes():
    lesson = notebook_from_source(ROOT / "notebooks" / "source" / f"{LESSONS[1].stem}.md")
    before = [cell.source for cell in lesson.cells]
    after = [cell.source for cell in published.with_address(lesson, MINE).cells]
    assert [cell.source for cell in lesson.cells] == before
    (changed,) = [
        i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new
    ]
    assert after[changed] == before[changed].replace(published.PLACEHOLDER, MINE)


def test_all_lessons_are_installed_from_one_address():
    assert len({code_cells(read(path))[0].source for path in LESSONS}) == 1
