"""The widgets that a notebook stores are those that its cells make: numbers, words, states."""

import base64
import gzip
import json
import re
from copy import deepcopy

import pytest
from lesson_pages import LESSONS, answers, code_cells, read, widget_calls

from course_lib import widgets
from course_lib.exercises.engine.registry import find
from course_lib.widgets.canvas import LiveFigure
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


def table_of(state):
    """Return what each stored setting shows, by the places of its values."""
    return json.loads(gzip.decompress(base64.b64decode(state["table"])))


def described(state):
    """Return what a person reads and can do at the start: picture, controls, words."""
    shown = [state["about"], state["controls"], state["frame"]["sentence"]]
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def wrong_settings(widget, state):
    """Return the stored settings whose words the widget does not say: every ninth is tried."""
    return [
        setting
        for setting, (*_, sentence) in list(table_of(state).items())[::9]
        if said(widget, setting) != sentence
    ]


def said(widget, setting):
    places = zip(widget.settings.items(), map(int, setting.split(",")), strict=True)
    return widget._update(**{name: c.options[place] for (name, c), place in places})


WITH_WIDGETS = [path for path in LESSONS if calls(path)]


@pytest.fixture
def no_stills(monkeypatch):
    """Widgets without what stays in their pictures, which takes long to draw."""
    monkeypatch.setattr(LiveFigure, "_draw_still", lambda _: "")


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem)
def test_stored_widgets_are_those_that_the_cells_make(path, no_stills):
    made = sorted(
        (eval(call, names(path)) for call in calls(path)),
        key=lambda widget: described(widget.get_state()),
    )
    stored = sorted(live_states(path), key=described)
    assert [described(widget.get_state()) for widget in made] == [*map(described, stored)]
    for widget, state in zip(made, stored, strict=True):
        keys = moved_alone(widget.settings)
        assert keys <= set(table_of(state))
        assert not wrong_settings(widget, state)


def moved_alone(settings):
    """Return the names of the settings that move one control away from the start."""
    start = [control.options.index(control.start) for control in settings.values()]
    return {
        ",".join(map(str, [*start[:i], place, *start[i + 1 :]]))
        for i, control in enumerate(settings.values())
        for place in range(len(control.options))
    }


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem)
def test_what_moves_without_a_kernel_is_no_larger_than_it_may_be(path):
    assert all(0 < len(state["table"]) <= LIMIT for state in live_states(path))


def test_a_wrong_number_in_a_stored_widget_would_be_seen():
    path = WITH_WIDGETS[0]
    state, widget = deepcopy(live_states(path)[0]), eval(calls(path)[0], names(path))
    table = table_of(state)
    first = next(iter(table))
    table[first][-1] += " 2"
    state["table"] = base64.b64encode(gzip.compress(json.dumps(table).encode())).decode()
    assert wrong_settings(widget, state) == [first]
    before = described(state)
    state["controls"][0]["options"][-1] += 1
    assert described(state) != before


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_widget_is_called_on_a_line_of_its_own(path):
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    assert len(calls(path)) == len(re.findall(r"\bwidgets\.\w+\(", source))
