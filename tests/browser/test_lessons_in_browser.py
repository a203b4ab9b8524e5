"""Lessons as a learner meets them: a real JupyterLab in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tools.lab_browser import Lesson
from tools.workspace import NOTEBOOKS

PAGES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
FIRST, WITH_SLIDERS = "00_start_here.ipynb", "01_chain_rule.ipynb"
ANSWER_LIMIT = 15_000  # milliseconds until the page must have answered


@pytest.fixture(scope="module", params=PAGES)
def lesson(request, address, page):
    """Each notebook, opened and run from top to bottom."""
    lesson = Lesson(page, address, request.param)
    lesson.run_all()
    return lesson


def test_every_cell_runs_without_an_error(lesson):
    cells = [cell for cell in lesson.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        kinds = {output.get("name", output["output_type"]) for output in cell["outputs"]}
        assert not kinds & {"error", "stderr"}, cell["source"]


def test_every_image_is_drawn_and_has_alternative_text(lesson):
    for image in lesson.images():
        assert image["alt"].strip(), "an image has no alternative text"
        assert image["width"] > 0, f"not drawn: {image['alt']}"


def test_no_widget_and_no_formula_is_shown_as_an_error(lesson):
    notebook = lesson.page.locator(".jp-Notebook")
    expect(notebook).not_to_contain_text("Error displaying widget")
    expect(notebook).not_to_contain_text("Traceback")
    expect(notebook.locator(".jp-mod-error, merror, mjx-merror")).to_have_count(0)


def test_a_slider_moved_by_keyboard_changes_the_picture_and_its_alternative_text(lesson):
    figures = figures_with_sliders(lesson)
    assert figures or lesson.name != WITH_SLIDERS
    for figure in figures:
        picture = figure.locator(".widget-html img").first
        field = figure.locator("input[type=number]").first
        before = {name: picture.get_attribute(name) for name in ("src", "alt")}
        number = field.input_value()
        figure.locator(".noUi-handle").first.press("ArrowRight")
        expect(field).not_to_have_value(number, timeout=ANSWER_LIMIT)
        for name, value in before.items():
            expect(picture).not_to_have_attribute(name, value, timeout=ANSWER_LIMIT)


def test_an_answer_typed_into_an_exercise_is_told_that_it_passed(address, page):
    lesson = Lesson(page, address, FIRST)
    lesson.run_all()
    verdict = lesson.cell('check("repeated_factor"').locator(".jp-OutputArea")
    expect(verdict).to_contain_text(re.compile("not attempted", re.IGNORECASE))
    type_answer(lesson, "def repeated_factor(", "return factor**n_layers")
    run(lesson, 'check("repeated_factor"')
    expect(verdict).to_contain_text(re.compile("passed", re.IGNORECASE), timeout=ANSWER_LIMIT)
    expect(verdict).not_to_contain_text(re.compile("not attempted", re.IGNORECASE))


def figures_with_sliders(lesson):
    """Return the outputs that hold a slider and a picture."""
    with_slider = lesson.page.locator(".jp-OutputArea-output:has(.noUi-handle)")
    return with_slider.filter(has=lesson.page.locator(".widget-html img")).all()


def type_answer(lesson, stub, answer):
    """Go to the end of the stub, rub out its dots, type the answer, and run the cell."""
    lesson.cell(stub).locator(".cm-content").click()
    for key in ("Control+End", *["Backspace"] * len("...")):
        lesson.page.keyboard.press(key)
    lesson.page.keyboard.type(answer)
    expect(lesson.cell(stub).locator(".cm-line").last).to_have_text(f"    {answer}")
    lesson.page.keyboard.press("Shift+Enter")


def run(lesson, text):
    """Click into the cell that holds the text and run it."""
    lesson.cell(text).locator(".cm-content").click()
    lesson.page.keyboard.press("Shift+Enter")
