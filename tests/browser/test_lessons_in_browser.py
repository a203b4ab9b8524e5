"""A learner's first lesson, all widgets in JupyterLab, and pages without one as stored."""

import re

import pytest
from browser_checks import (
    ANSWER_LIMIT,
    BUILT,
    CALLED,
    FIRST,
    WIDGETS,
    check_cells,
    check_widgets,
)
from playwright.sync_api import expect

from tools.lab_browser import Lesson


@pytest.fixture(scope="module")
def first(address, page):
    """The first lesson, run from top to bottom as the menu does."""
    lesson = Lesson(page, address, FIRST)
    lesson.run_all()
    return lesson


@pytest.fixture(params=[name for name, called in CALLED.items() if not called])
def stored(request, address, page):
    """Each notebook without a widget, with the outputs that it is stored with."""
    lesson = Lesson(page, address, f"{BUILT}/{request.param}")
    lesson.wait_until_drawn()
    return lesson


def test_run_all_runs_every_cell_of_the_first_lesson_and_its_slider_answers(first):
    cells = [cell for cell in first.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    check_cells(first, cells)
    check_widgets(first.page, len(CALLED[FIRST]))


def test_every_part_of_jupyterlab_starts(first, console):
    assert not [text for text in console if "Error activating plugin" in text]


def test_an_answer_typed_into_an_exercise_is_told_that_it_passed(first):
    verdict = first.cell('check("repeated_factor"').locator(".jp-OutputArea")
    expect(verdict).to_contain_text(re.compile("not attempted", re.IGNORECASE))
    type_answer(first, "def repeated_factor(", "return factor**n_layers")
    run(first, 'check("repeated_factor"')
    expect(verdict).to_contain_text(re.compile("passed", re.IGNORECASE), timeout=ANSWER_LIMIT)
    expect(verdict).not_to_contain_text(re.compile("not attempted", re.IGNORECASE))


def test_a_prediction_is_made_by_keyboard_told_and_kept(first):
    card = first.cell('predict("').locator(".course-prediction")
    buttons, status = card.get_by_role("button"), card.get_by_role("status")
    expect(status).to_be_empty()
    buttons.nth(1).focus()
    first.page.keyboard.press("Enter")
    expect(status).to_contain_text("What came out:", timeout=ANSWER_LIMIT)
    run(first, 'predict("')
    expect(status).to_contain_text("What came out:", timeout=ANSWER_LIMIT)
    pressed = [button.get_attribute("aria-pressed") for button in buttons.all()]
    assert pressed == [str(i == 1).lower() for i in range(len(pressed))]


def test_a_stored_page_shows_its_pictures_and_formulas_without_an_error(stored):
    cells = [cell for cell in stored.cells() if cell["cell_type"] == "code"]
    check_cells(stored, cells)
    prose = "".join(c["source"] for c in stored.cells() if c["cell_type"] == "markdown")
    assert ("$" in prose) == bool(stored.page.locator(".jp-Notebook mjx-container").count())


def test_every_control_moves_its_picture_and_alternative_text_to_both_ends(address, page):
    lesson = Lesson(page, address, WIDGETS)
    lesson.run_all()
    cells = lesson.cells()
    check_cells(lesson, cells)
    check_widgets(page, len(cells))


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
