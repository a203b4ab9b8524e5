"""Laws that hold for every interactive figure."""

import json
import re
from html import escape

import pytest
from contrast import alike, behind_legends, faint
from ipywidgets.widgets.widget import _instances

from course_lib.exercises.lesson_12.six_runs import mend_5
from course_lib.figures.display import with_indices
from course_lib.widgets import (
    chain_widget,
    clip_widget,
    cobweb_widget,
    gain_widget,
    growth_map_widget,
    momentum_widget,
    own_chain_widget,
    penalty_widget,
    spike_widget,
    training_run_widget,
    wall_rescue_widget,
    wall_widget,
)

CASES = {
    "chain": (chain_widget, {"depth": 21, "z": -4.0, "w": 9.0}),
    "growth_map": (lambda: growth_map_widget(12), {"depth": 11, "sigma_w": 37.0}),
    "cobweb": (
        cobweb_widget,
        {"sigma_w": 1.3, "sigma_b": 0.35, "q_0": 0.02, "activation": "tanh"},
    ),
    "wall": (wall_widget, {"w": 6.0, "b": -2.9, "lr": 1.5, "view": "at the wall"}),
    "momentum": (momentum_widget, {"lr": 1.0, "gamma": 0.55, "method": "EMA"}),
    "penalty": (penalty_widget, {"curvature": 6.0, "mu": 0.2, "lr": 0.1}),
    "clip": (clip_widget, {"threshold": 3.3, "rule": "by global norm"}),
    "gain": (gain_widget, {"gain": 6.0, "strength": 0.7, "unit": "sigmoid"}),
    "wall_rescue": (
        wall_rescue_widget,
        {"b": -2.8, "lr": 0.3, "gamma": 0.8, "rule": "by value", "threshold": 0.3},
    ),
    "training_run": (training_run_widget, {"lr": 0.5, "threshold": 0.1}),
    "own_chain": (lambda: own_chain_widget(mend_5), {"spike": 32.0, "period": 20}),
    "spike": (spike_widget, {"spike": 37.0, "gamma": 0.35, "max_norm": 3.0}),
}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def made(request):
    """One widget for all laws, its first state, how it is made, and values elsewhere."""
    make, elsewhere = request.param
    widget = make()
    yield widget, dict(widget.values), make, elsewhere
    widget.close()


@pytest.fixture
def case(made):
    """The widget as it was made, and values elsewhere for all its controls."""
    widget, first, _, elsewhere = made
    widget.move(**first)
    return widget, elsewhere


@pytest.fixture
def widget(case):
    return case[0]


@pytest.fixture(scope="module")
def stored(made):
    """What a notebook stores of the widget in its first state."""
    widget, first, *_ = made
    widget.move(**first)
    return widget._repr_mimebundle_()[0]


@pytest.mark.quick
def test_every_control_moves_the_picture_and_its_words(case):
    widget, elsewhere = case
    assert set(elsewhere) == set(widget.settings)
    for name, value in elsewhere.items():
        before, words = widget.frame["marks"], widget.alt
        widget.move(**{name: value})
        assert widget.frame["marks"] != before, name
        assert widget.alt != words, name
        assert widget.frame["error"] == ""


def test_the_same_state_gives_the_same_frame_whatever_came_before(case):
    widget, elsewhere = case
    start = dict(widget.values)
    widget.move(**elsewhere)
    there = widget.frame
    widget.move(**start)
    assert widget.frame != there
    widget.move(**elsewhere)
    assert widget.frame == there


def test_what_stays_is_drawn_once(case):
    widget, elsewhere = case
    start = dict(widget.values)
    widget.move(**elsewhere)
    stills = widget.stills
    widget.move(**start)
    assert widget.stills == stills
    assert len(stills) <= 2  # with a close-up


def test_at_the_ends_of_every_control_there_is_a_picture_and_no_warning(widget, recwarn):
    start = dict(widget.values)
    for name, control in widget.settings.items():
        for end in control.ends:
            widget.move(**start | {name: end})
            assert widget.values[name] == end
            assert not re.search(r"\bnan\b", widget.sentence), (name, end)
            assert "nan" not in json.dumps(widget.frame["marks"]), (name, end)
            assert behind_legends(widget.live.fig) == [], (name, end)
    assert not recwarn.list


def test_every_control_has_a_label(widget):
    assert all(control.label for control in widget.settings.values())


def test_the_words_below_the_picture_are_in_its_alternative_text(widget, stored):
    html = stored["text/html"]
    assert f"<figcaption>{with_indices(escape(widget.sentence))}</figcaption>" in html
    assert widget.alt.endswith(widget.sentence)
    assert f'alt="{escape(widget.alt)}"' in html


def test_all_text_lies_inside_the_picture(widget):
    fig = widget.live.fig
    fig.draw_without_rendering()
    inside = fig.bbox.padded(1)
    for ax in fig.axes:
        legend = ax.get_legend()
        told = legend.get_texts() if legend else []
        for text in [*ax.texts, *told, ax.xaxis.label, ax.yaxis.label, ax.title]:
            box = text.get_window_extent()
            assert not text.get_text() or inside.contains(box.x0, box.y0), text
            assert not text.get_text() or inside.contains(box.x1, box.y1), text


def test_what_a_notebook_stores_is_small(widget, stored):
    assert len(stored["text/html"]) < 60_000
    assert sum(len(still["svg"]) for still in widget.stills) < 120_000
    assert len(json.dumps(widget.frame)) < 20_000


def test_another_one_is_alike_stands_out_and_leaves_nothing_behind_when_it_is_closed(
    made, widget, stored
):
    before, (_, _, make, _) = set(_instances), made
    other = make()
    assert (other.stills, other.frame) == (widget.stills[:1], widget.frame)
    bundle = other._repr_mimebundle_()[0]
    for kind in ("text/html", "text/plain"):
        assert bundle[kind] == stored[kind]
    assert faint(other.live.fig) == []
    assert alike(other.live.fig) == []
    other.close()
    assert set(_instances) == before
