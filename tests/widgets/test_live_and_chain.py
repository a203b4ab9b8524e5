"""Laws of the interactive figures: the picture and its words follow the numbers."""

import re

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from tied_numbers import value_of

from course_lib.activations import sigmoid
from course_lib.figures.display import figure
from course_lib.widgets import Choice, Control, LiveWidget, chain_widget, slider_test
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.table import STORED

make = chain_widget


def small_widget(update, start=1):
    fig, ax = figure(height=1)
    (line,) = ax.plot([0, 1], [0, 1])
    controls = {"n": Control("n", start, 0, 5), "kind": Choice("kind", "a", ("a", "b"))}
    return LiveWidget(
        LiveFigure(fig, [line]), controls, lambda n, kind: update(line, n), "A line."
    )


def draw(line, n):
    if n == 3:
        raise ArithmeticError("three is too many")
    line.set_ydata([0, n])
    return f"n is {n}."


def ask(widget, n, /, **values):
    """Ask as the browser does."""
    widget.request = {"n": n, "values": widget.values | values}


def test_a_request_of_the_browser_is_answered_under_its_number():
    widget = small_widget(draw)
    ask(widget, 7, n=4)
    assert (widget.frame["n"], widget.frame["values"]) == (7, {"n": 4, "kind": "a"})
    assert widget.sentence == "n is 4."
    widget.close()


def test_a_frame_sent_ahead_changes_nothing_but_what_the_browser_knows(monkeypatch):
    widget, sent = small_widget(draw), []
    monkeypatch.setattr(widget, "send", sent.append)
    before, html = widget.frame, widget._repr_mimebundle_()[0]["text/html"]
    setting, broken = {"n": 4, "kind": "a"}, {"n": 3, "kind": "a"}
    monkeypatch.setattr("course_lib.widgets.live.LONGEST", 60)
    widget._handle_custom_msg({"ahead": [setting, broken]}, [])
    (first, state), second = sent[0]["ahead"]
    assert (first, state[2], second) == (setting, "n is 4.", [broken, None])
    assert (widget.frame, widget.values["n"]) == (before, 1)
    assert widget._repr_mimebundle_()[0]["text/html"] == html
    ask(widget, 1, n=4)
    assert [widget.frame[part] for part in STORED] == state
    widget.close()


def test_settings_that_nobody_asked_for_yet_keep_python_for_a_moment_only(monkeypatch):
    widget, sent = small_widget(draw), []
    monkeypatch.setattr(widget, "send", sent.append)
    monkeypatch.setattr("course_lib.widgets.live.LONGEST", 0)
    settings = [{"n": n, "kind": "a"} for n in (4, 5)]
    widget._handle_custom_msg({"ahead": settings}, [])
    assert [setting for setting, _ in sent[0]["ahead"]] == settings[:1]
    widget.close()


def test_what_python_moves_goes_to_the_browser_as_the_newest_state():
    widget = small_widget(draw)
    ask(widget, 7, n=4)
    widget.move(n=2)
    assert (widget.frame["n"], widget.frame["values"]["n"]) == (7, 2)
    widget.close()


def test_an_error_is_said_and_raised_and_gone_with_the_next_picture():
    widget = small_widget(draw)
    with pytest.raises(ArithmeticError, match="three"):
        ask(widget, 1, n=3)
    assert "ArithmeticError: three is too many" in widget.frame["error"]
    assert (widget.frame["n"], widget.sentence) == (1, "n is 1.")
    assert widget.values["n"] == 1
    ask(widget, 2, n=4)
    assert (widget.frame["error"], widget.sentence) == ("", "n is 4.")
    widget.close()


def test_a_widget_whose_first_picture_fails_is_not_made():
    with pytest.raises(ArithmeticError, match="three"):
        small_widget(draw, start=3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"m": 1}, r"a control must be one of \['n', 'kind'\], got 'm'"),
        ({"kind": "c"}, "got 'c'"),
    ],
)
def test_what_no_control_offers_is_refused(values, message):
    widget = small_widget(draw)
    with pytest.raises(ValueError, match=message):
        widget.move(**values)
    widget.close()


def test_every_control_moves_the_picture_and_its_words():
    widget = slider_test()
    for name, control in widget.settings.items():
        before, words = widget.frame["marks"], widget.alt
        widget.move(**{name: control.options[-1]})
        assert widget.frame["marks"] != before, name
        assert widget.alt != words, name
    widget.close()


def test_a_change_of_limits_brings_another_still_picture_and_the_first_comes_back():
    chain = chain_widget()
    left = chain.live.fig.axes[0]
    for limits, n_stills, shown in (((-3, 3), 2, 1), ((-6.3, 6.3), 2, 0)):
        left.set_xlim(limits)
        chain.move(z=1.0)
        assert (len(chain.stills), chain.frame["still"]) == (n_stills, shown)
    chain.close()


def test_nothing_that_moves_is_in_the_still_picture():
    fig, ax = figure(height=1)
    color = "#123456"
    live = LiveFigure(fig, ax.plot([0, 1], [0, 1], color=color))
    assert live.still() == 0
    assert color not in live.stills[0]["svg"]
    assert color in live.marks()[0][0]


def test_a_live_figure_refuses_an_artist_of_another_figure():
    with pytest.raises(ValueError, match="artists must be in an axes of fig"):
        LiveFigure(figure()[0], figure()[1].plot([1, 2]))


def test_a_number_beyond_the_range_becomes_its_end(widget):
    for name, control in widget.settings.items():
        widget.move(**{name: control.high + 100})
        assert widget.values[name] == control.high
        widget.move(**{name: control.low - 100})
        assert widget.values[name] == control.low


@pytest.mark.parametrize(
    ("depth", "z", "w"), [(10, 2.0, 1.0), (30, -6.0, 0.1), (30, 0.0, 16.0)]
)
def test_the_chain_says_the_product_of_its_factors(widget, depth, z, w):
    widget.move(**{"depth": depth, "z": z, "w": w})
    product, largest = re.search(
        r"factors is (\S+), and at most (\S+) ", widget.sentence
    ).groups()
    np.testing.assert_allclose(
        value_of(product), (w * sigmoid.derivative(z)) ** depth, rtol=0.05
    )
    np.testing.assert_allclose(value_of(largest), (w / 4) ** depth, rtol=0.05)


def test_the_chain_draws_every_partial_product_below_its_bound(widget):
    widget.move(depth=12, z=2.0, w=1.0)
    right = widget.live.fig.axes[1]
    bound, product, end = widget.live.artists[-3:]
    counts = np.arange(1, 13)
    np.testing.assert_array_equal(product.get_xdata(), counts)
    np.testing.assert_allclose(product.get_ydata(), sigmoid.derivative(2.0) ** counts)
    assert np.all(product.get_ydata() < bound.get_ydata()[:12])
    assert (end.get_xdata()[0], end.get_ydata()[0]) == (12, product.get_ydata()[-1])
    assert right.get_yscale() == "log"


def test_a_chain_of_one_is_the_shortest_widget():
    assert chain_widget(1).values["depth"] == 1


def test_a_page_without_widgets_gets_a_still_picture_and_words(widget):
    bundle, _ = widget._repr_mimebundle_()
    assert bundle["text/plain"] == repr(widget)
    assert widget.sentence in bundle["text/plain"]
    assert "<img alt=" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_closed_widget_leaves_nothing_behind_and_answers_no_more():
    before = set(_instances)
    widget = chain_widget()
    shown = widget.frame
    assert set(_instances) > before
    widget.close()
    widget.close()
    assert set(_instances) == before
    ask(widget, 1, z=1.0)
    assert widget.frame == shown
