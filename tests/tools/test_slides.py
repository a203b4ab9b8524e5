"""Slides: a section begins one, nothing is lost, and none is taller than the screen."""

import json

import nbformat
import pytest
from lesson_pages import LESSONS, read

from tools import lab, present, slides
from tools.instructor import instructor_notebook
from tools.notebook_format import notebook_bytes
from tools.teaching import TAG

KINDS = {"slide", "subslide", "notes", "skip"}


PICTURE = 60  # what a figure may take of the margin that text leaves


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def edition(request):
    return instructor_notebook(read(request.param))[0]


def kind(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type")


def test_a_section_begins_a_slide_and_a_note_is_a_note_of_it(edition):
    shown = slides.slides(edition)
    sections = [cell for cell in shown.cells if cell.source.startswith("## ")]
    assert sections and {kind(cell) for cell in sections} == {"slide"}
    notes = [cell for cell in shown.cells if TAG in cell.metadata.get("tags", ())]
    assert notes and {kind(cell) for cell in notes} == {"notes"}
    assert {kind(cell) for cell in shown.cells} <= KINDS | {None}
    assert kind(shown.cells[0]) == "slide"


def test_every_word_of_the_lesson_is_on_a_slide_and_the_edition_stays_as_it_is(edition):
    before = notebook_bytes(edition)
    shown = slides.slides(edition)
    nbformat.validate(shown)
    assert notebook_bytes(edition) == before

    def lines(notebook):  # a table that is cut has its head on each slide
        whole = "\n".join(cell.source for cell in notebook.cells)
        return list(dict.fromkeys(filter(None, whole.splitlines())))

    assert lines(shown) == lines(edition)


def test_where_a_cell_has_no_room_another_slide_goes_on_and_none_is_too_tall(edition):
    used = 0
    for cell in slides.slides(edition).cells:
        if kind(cell) in ("notes", "skip"):
            continue
        used = slides.height(cell) + (used if kind(cell) is None else 0)
        room = slides.ROOM + PICTURE * (cell.cell_type == "code" and kind(cell) is not None)
        assert used <= room, cell.source
        assert cell.cell_type == "code" or cell.source.count("```") % 2 == 0


@pytest.mark.parametrize(
    "short, long",
    [
        ("One line.", "One line. " * 40),
        ("| a |\n| - |", "| a |\n| - |" + "\n| b |" * 5),
        ("- a", "- a\n- b\n- c"),
        ("Text.", "$$\nx\n$$"),
        ("<details><summary>A</summary>\n\nB\n\n</details>", "A\n\nB\n\nC\n\nD"),
    ],
)
def test_more_text_is_higher(short, long):
    assert 0 < slides.text_height(short) < slides.text_height(long)


def test_presenting_writes_slides_and_settings_of_its_own(tmp_path, monkeypatch, capsys):
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, "a learner's")
    served = []
    monkeypatch.setattr(present, "FOLDER", tmp_path / "present")
    monkeypatch.setattr(lab, "serve", lambda *arguments: served.append(arguments))
    options = type("Options", (), {"lessons": ["3", "1"]})()
    present.main(options)
    assert served == [(options, tmp_path / "present", "03_deep_sigmoid_nets.ipynb")]
    assert "Run All Cells" in capsys.readouterr().out
    made = [read(path) for path in sorted((tmp_path / "present").glob("*.ipynb"))]
    assert [kind(notebook.cells[0]) for notebook in made] == ["slide"] * 2
    assert present.os.environ["JUPYTERLAB_SETTINGS_DIR"] == str(
        tmp_path / "present" / ".settings"
    )
    for path, setting in present.SETTINGS.items():
        file = tmp_path / "present" / ".settings" / path
        assert json.loads(file.read_text(encoding="utf-8")) == setting
