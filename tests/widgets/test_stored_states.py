"""The widgets that a notebook stores are those that its cells make: numbers, words, ranges."""

import json
import re

import pytest
from ipywidgets.embed import dependency_state
from lesson_pages import LESSONS, code_cells, read

from course_lib import widgets
from tools.notebook_outputs import widget_states

CALL = re.compile(r"^widgets\.\w+\(.*\)$", re.MULTILINE)
IMAGE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
MODEL = re.compile(r"IPY_MODEL_\w+")
# what a person sees or can do: values, their limits, labels, and what is offered
SEEN = ("value", "min", "max", "step", "description", "index", "_options_labels", "disabled")


def calls(path):
    """Return the calls that make a lesson's widgets, as its cells write them."""
    return [call for cell in code_cells(read(path)) for call in CALL.findall(cell.source)]


def seen(states):
    """Return what can be seen of widget models, without their order, pictures and names."""
    rows = []
    for model in states.values():
        state = {key: model["state"][key] for key in SEEN if key in model["state"]}
        if state:
            text = json.dumps([model["model_name"], state], ensure_ascii=False, sort_keys=True)
            rows.append(MODEL.sub("MODEL", IMAGE.sub("IMAGE", text)))
    return sorted(rows)


WITH_WIDGETS = [path for path in LESSONS if calls(path)]


@pytest.mark.parametrize("path", WITH_WIDGETS, ids=lambda path: path.stem)
def test_stored_widgets_are_those_that_the_cells_make(path):
    made = {}
    for call in calls(path):
        widget = eval(call, {"widgets": widgets})
        made |= json.loads(json.dumps(dependency_state(widget, drop_defaults=False)))
    assert seen(made) == seen(widget_states(read(path)))


def test_a_wrong_number_in_a_stored_widget_would_be_seen():
    states = widget_states(read(WITH_WIDGETS[0]))
    slider = next(s for s in states.values() if "max" in s["state"])
    before = seen(states)
    slider["state"]["max"] += 1
    assert seen(states) != before


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_widget_is_called_on_a_line_of_its_own(path):
    source = "".join(cell.source for cell in code_cells(read(path)))
    assert len(calls(path)) == len(re.findall(r"\bwidgets\.\w+\(", source))
