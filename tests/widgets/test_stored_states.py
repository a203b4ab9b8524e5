"""The widgets that a notebook stores are those that its cells make: numbers, words, states."""

import base64
import gzip
import json
import re

import pytest
from lesson_pages import LESSONS, answers, code_cells, read, widget_calls

from course_lib import widgets
from course_lib.exercises.engine.registry import find
from course_lib.widgets.live import TABLES
from course_lib.widgets.table import LIMIT
from tools.notebook_outputs import widget_states


def calls(path):
    return widget_calls(read(path))


def names(path):
    """Return what the calls may name: the widgets, and answers, which are the course's own."""
    own = {name: find(of).reference for name, of in answers(read(path)).items()}
    return {"widgets": widgets} | own


def live_states(path):
    """Return the stored states of a notebook's live widgets."""
    states = [model["state"] for model in widget_states(read(path)).values()]
    return [state for state in states if "frame" in state]


def seen(state):
    """Return what a person reads and can do: controls, words of each stored setting."""
    table = json.loads(gzip.decompress(base64.b64decode(state["table"])))
    words = {setting: sentence for setting, (*_, sentence) in table.items()}
    shown = [state["about"], state["controls"], state["frame"]["sentence"], words]
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


WITH_WIDGETS = [path for path in LESSONS if calls(path)]


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem)
def test_stored_widgets_are_those_that_the_cells_make(path, monkeypatch):
    monkeypatch.setenv(TABLES, "1")
    made = [eval(call, names(path)).get_state() for call in calls(path)]
    assert sorted(map(seen, made)) == sorted(map(seen, live_states(path)))


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem)
def test_what_moves_without_a_kernel_is_no_larger_than_it_may_be(path):
    assert all(0 < len(state["table"]) <= LIMIT for state in live_states(path))


def test_a_wrong_number_in_a_stored_widget_would_be_seen():
    state = live_states(WITH_WIDGETS[0])[0]
    before = seen(state)
    state["controls"][0]["options"][-1] += 1
    assert seen(state) != before


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_widget_is_called_on_a_line_of_its_own(path):
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    assert len(calls(path)) == len(re.findall(r"\bwidgets\.\w+\(", source))
