"""Lessons as a learner runs them: every widget answers, and an answer typed in is judged."""

import re

import pytest
from playwright.sync_api import expect

from tools.lab_browser import Lesson
from tools.workspace import NOTEBOOKS

WIDGET = re.compile(r"\bwidgets\.(\w+)\(")
WITH_WIDGETS = {
    path.name: WIDGET.findall(path.read_text(encoding="utf-8"))
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
}
WITH_WIDGETS = {name: called for name, called in WITH_WIDGETS.items() if called}
FIRST = "00_start_here.ipynb"
ANSWER_LIMIT = 15_000  # milliseconds until the page must have answered


@pytest.fixture(scope="module")
def first(address, page):
    """The first lesson, run from top to bottom as the menu does."""
    lesson = Lesson(page, address, FIRST)
    lesson.run_all()
    return lesson


@pytest.fixture(scope="module", params=[name for name in WITH_WIDGETS if name != FIRST])
def lesson(request, address, page):
    """Each other lesson with a widget: its imports and its widgets have run."""
    lesson = Lesson(page, address, request.param)
    lesson.run_cells("from course_lib import", "widgets.")
    return lesson


def check_cells(lesson, ran):
    """Assert that the cells that ran left numbers, pictures and no error."""
    for cell in ran:
        kinds = {output.get("name", output["output_type"]) for output in cell["outputs"]}
        assert not kinds & {"error", "stderr"}, cell["source"]
    for image in lesson.images():
        assert image["alt"].strip(), "an image has no alternative text"
        assert image["width"] > 0, f"not drawn: {image['alt']}"
    notebook = lesson.page.locator(".jp-Notebook")
    expect(notebook).not_to_contain_text("Error displaying widget")
    expect(notebook).not_to_contain_text("Traceback")
    expect(notebook.locator(".jp-mod-error, merror, mjx-merror")).to_have_count(0)


def check_sliders(lesson, n_widgets):
    """Assert that each widget's picture and its alternative text follow the keyboard."""
    figures = figures_with_sliders(lesson)
    assert len(figures) == n_widgets
    for figure in figures:
        picture = figure.locator(".widget-html img").first
        field = figure.locator("input[type=number]").first
        before = {name: picture.get_attribute(name) for name in ("src", "alt")}
        number = field.input_value()
        figure.locator(".noUi-handle").first.press("ArrowRight")
        expect(field).not_to_have_value(number, timeout=ANSWER_LIMIT)
        for name, value in before.items():
            expect(picture).not_to_have_attribute(name, value, timeout=ANSWER_LIMIT)


def test_run_all_runs_every_cell_of_the_first_lesson_and_its_slider_answers(first):
    cells = [cell for cell in first.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    check_cells(first, cells)
    check_sliders(first, len(WITH_WIDGETS[FIRST]))


def test_an_answer_typed_into_an_exercise_is_told_that_it_passed(first):
    verdict = first.cell('check("repeated_factor"').locator(".jp-OutputArea")
    expect(verdict).to_contain_text(re.compile("not attempted", re.IGNORECASE))
    type_answer(first, "def repeated_factor(", "return factor**n_layers")
    run(first, 'check("repeated_factor"')
    expect(verdict).to_contain_text(re.compile("passed", re.IGNORECASE), timeout=ANSWER_LIMIT)
    expect(verdict).not_to_contain_text(re.compile("not attempted", re.IGNORECASE))


def test_a_slider_moved_by_keyboard_changes_the_picture_and_its_alternative_text(lesson):
    ran = [cell for cell in lesson.cells() if cell.get("execution_count")]
    assert sum(len(WIDGET.findall(cell["source"])) for cell in ran) == len(
        WITH_WIDGETS[lesson.name]
    )
    check_cells(lesson, ran)
    check_sliders(lesson, len(WITH_WIDGETS[lesson.name]))


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
