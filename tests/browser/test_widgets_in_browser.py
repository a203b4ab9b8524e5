"""Every widget of the lessons on one page of JupyterLab: its controls answer to keys."""

import pytest
from browser_checks import WIDGETS, check_cells, check_widgets

from tools.lab_browser import Lesson


@pytest.fixture(scope="module")
def lesson(address, page):
    """A notebook that calls every widget, run by a kernel."""
    lesson = Lesson(page, address, WIDGETS)
    lesson.run_all()
    return lesson


def test_every_control_moves_its_picture_and_alternative_text_to_both_ends(lesson):
    cells = lesson.cells()
    check_cells(lesson, cells)
    check_widgets(lesson.page, len(cells))
