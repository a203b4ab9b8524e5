"""Every widget in the browser: it is drawn, and its sliders answer to the keyboard."""

import pytest
from browser_checks import CALLED, FIRST, WIDGET, check_cells, check_widgets

from tools.lab_browser import Lesson

WITH_WIDGETS = [name for name, called in CALLED.items() if called and name != FIRST]


@pytest.fixture(scope="module", params=WITH_WIDGETS)
def lesson(request, address, page):
    """Each other lesson with a widget: its imports and its widgets have run."""
    lesson = Lesson(page, address, request.param)
    lesson.run_cells("from course_lib import", "widgets.")
    return lesson


def test_a_slider_moved_by_keyboard_changes_the_picture_and_its_alternative_text(lesson):
    ran = [cell for cell in lesson.cells() if cell.get("execution_count")]
    assert sum(len(WIDGET.findall(c["source"])) for c in ran) == len(CALLED[lesson.name])
    check_cells(lesson, ran)
    check_widgets(lesson.page, len(CALLED[lesson.name]))
