"""Laws that hold for every interactive figure."""

import re
from html import escape

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from course_lib.figures.display import with_indices
from course_lib.widgets import (
    clip_widget,
    cobweb_widget,
    gain_widget,
    growth_map_widget,
    momentum_widget,
    spike_widget,
    wall_rescue_widget,
    wall_widget,
)

CASES = {
    "growth_map": (lambda: growth_map_widget(12), {"depth": 11, "sigma_w": 37.0}),
    "cobweb": (
        cobweb_widget,
        {"sigma_w": 1.3, "sigma_b": 0.35, "q_0": 0.02, "activation": "tanh"},
    ),
    "wall": (wall_widget, {"w": 6.0, "b": -2.9, "lr": 1.5}),
    "momentum": (momentum_widget, {"lr": 1.0, "gamma": 0.55, "method": "EMA"}),
    "clip": (clip_widget, {"threshold": 3.3, "rule": "by global norm"}),
    "gain": (gain_widget, {"gain": 6.0, "strength": 0.7, "unit": "sigmoid"}),
    "wall_rescue": (
        wall_rescue_widget,
        {"b": -2.8, "lr": 0.3, "gamma": 0.8, "rule": "by value", "threshold": 0.3},
    ),
    "spike": (spike_widget, {"spike": 37.0, "gamma": 0.35, "max_norm": 3.0}),
}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def made(request):
    """One widget for all laws, its first state, and values elsewhere for all its controls."""
    make, elsewhere = request.param
    widget = make()
    yield widget, state(widget), elsewhere
    widget.close()


@pytest.fixture
def case(made):
    """The widget as it was made, and values elsewhere."""
    widget, first, elsewhere = made
    set_all(widget, first)
    return widget, elsewhere


@pytest.fixture
def widget(case):
    return case[0]


def set_all(widget, values):
    for name, value in values.items():
        widget.fields[name].value = value


def state(widget):
    return {name: field.value for name, field in widget.fields.items()}


@pytest.mark.quick
def test_every_control_moves_the_picture_and_its_words(case):
    widget, elsewhere = case
    assert set(elsewhere) == set(widget.fields)
    for name, value in elsewhere.items():
        before, words = widget.picture.value, widget.alt
        widget.fields[name].value = value
        assert widget.picture.value != before, name
        assert widget.alt != words, name
        assert widget.message.value == ""


def test_the_same_state_gives_the_same_bytes_whatever_came_before(case):
    widget, elsewhere = case
    start = state(widget)
    set_all(widget, elsewhere)
    there = widget.picture.value
    set_all(widget, start)
    assert widget.picture.value != there
    set_all(widget, elsewhere)
    assert widget.picture.value == there


def test_the_background_is_drawn_once(case):
    widget, elsewhere = case
    set_all(widget, elsewhere)
    assert widget.live.n_backgrounds == 1


def test_at_the_ends_of_every_control_there_is_a_picture_and_no_warning(widget, recwarn):
    start = state(widget)
    for name, field in widget.fields.items():
        ends = field.options if hasattr(field, "options") else (field.min, field.max)
        for end in ends:
            field.value = end
            assert not re.search(r"\bnan\b", widget.sentence), (name, end)
        field.value = start[name]
    assert not recwarn.list


def test_every_control_has_a_label(widget):
    assert all(field.description for field in widget.fields.values())


def test_the_words_below_the_picture_are_in_its_alternative_text(widget):
    assert (
        f"<figcaption>{with_indices(escape(widget.sentence))}</figcaption>"
        in widget.picture.value
    )
    assert widget.alt.endswith(widget.sentence)
    assert f'alt="{escape(widget.alt)}"' in widget.picture.value


@pytest.mark.parametrize(("make", "elsewhere"), CASES.values(), ids=CASES)
def test_redrawing_what_changed_equals_redrawing_everything(make, elsewhere):
    widget = make()
    set_all(widget, elsewhere)
    live = widget.live
    quick = live.pixels().copy()
    live.fig.set_layout_engine("none")  # moving artists don't move the panels
    for artist in live.artists:
        artist.set_animated(False)
    live._canvas.draw()
    whole = np.asarray(live._canvas.buffer_rgba())[..., :3]
    # only where a moving artist crosses one in front of it may a pixel differ
    assert np.mean(quick != whole) < 4e-3
    widget.close()


def test_all_text_lies_inside_the_picture(widget):
    fig = widget.live.fig
    inside = fig.bbox.padded(1)
    for ax in fig.axes:
        for text in [*ax.texts, ax.xaxis.label, ax.yaxis.label, ax.title]:
            box = text.get_window_extent()
            assert not text.get_text() or inside.contains(box.x0, box.y0), text
            assert not text.get_text() or inside.contains(box.x1, box.y1), text


def test_what_a_notebook_stores_is_small(widget):
    assert len(widget._repr_mimebundle_()["text/html"]) < 60_000


@pytest.mark.parametrize("make", [make for make, _ in CASES.values()], ids=CASES)
def test_what_a_notebook_stores_is_the_same_each_time(make):
    one, two = (make()._repr_mimebundle_() for _ in range(2))
    for kind in ("text/html", "text/plain"):
        assert one[kind] == two[kind]


@pytest.mark.parametrize("make", [make for make, _ in CASES.values()], ids=CASES)
def test_a_closed_widget_leaves_nothing_behind(make):
    before = set(_instances)
    make().close()
    assert set(_instances) == before
