"""Laws of the interactive figures: the picture and its words follow the numbers."""

import base64
import io
import re

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image

from course_lib.activations import sigmoid
from course_lib.figures.display import figure
from course_lib.widgets import Control, LiveWidget, chain_widget, slider_test
from course_lib.widgets.canvas import LiveFigure


@pytest.fixture
def chain():
    widget = chain_widget()
    yield widget
    widget.close()


def picture(widget):
    data = re.search(r'src="data:image/png;base64,([^"]+)"', widget.picture.value)[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


def alt(widget):
    return re.search(r'alt="([^"]*)"', widget.picture.value)[1]


def small_widget(update, start=1):
    fig, ax = figure(height=1)
    (line,) = ax.plot([0, 1], [0, 1])
    live = LiveFigure(fig, [line])
    return LiveWidget(
        live, {"n": Control("n", start, 0, 5)}, lambda n: update(line, n), "A line."
    )


@pytest.mark.parametrize("make", [slider_test, chain_widget])
def test_every_control_moves_the_picture_and_its_words(make):
    widget = make()
    for name, slider in widget.sliders.items():
        before, words = widget.picture.value, alt(widget)
        slider.value += slider.step
        assert widget.picture.value != before, name
        assert alt(widget) != words, name
    widget.close()


def test_the_same_state_gives_the_same_bytes_whatever_came_before(chain):
    def visit(depth, z, w):
        for name, value in {"depth": depth, "z": z, "w": w}.items():
            chain.sliders[name].value = value
        return chain.picture.value

    first = visit(20, -1.5, 3.0)
    assert visit(7, 4.0, 0.5) != first
    assert visit(20, -1.5, 3.0) == first


def test_the_first_picture_is_the_one_that_moving_back_gives(chain):
    first = picture(chain)
    for value in (1.0, 2.0):
        chain.sliders["z"].value = value
    assert np.abs(picture(chain) - first).max() <= 24  # the first is kept in fewer colors


def test_redrawing_what_changed_equals_redrawing_everything(chain):
    live = chain.live
    chain.sliders["depth"].value, chain.sliders["z"].value = 17, 0.3
    quick = live.pixels().copy()
    for artist in live.artists:
        artist.set_animated(False)
    live._canvas.draw()
    whole = np.asarray(live._canvas.buffer_rgba())[..., :3]
    # only where a moving artist crosses one in front of it may a pixel differ
    assert np.mean(quick != whole) < 2e-3
    assert np.mean(quick != 255) > 0.01


def test_the_background_is_drawn_once_while_the_limits_stay(chain):
    for value in (-3.0, 0.0, 3.0):
        chain.sliders["z"].value = value
    assert chain.live.n_backgrounds == 1
    chain.live.fig.axes[0].set_xlim(-3, 3)
    chain.refresh()
    chain.refresh()
    assert chain.live.n_backgrounds == 2


def test_a_forgotten_background_is_drawn_again():
    fig, ax = figure(height=1)
    live = LiveFigure(fig, ax.plot([0, 1], [0, 1]))
    before = live.fast_png()
    ax.set_title("new")
    assert live.fast_png() == before
    live.forget_background()
    assert live.fast_png() != before


def test_a_live_figure_refuses_an_artist_of_another_figure():
    with pytest.raises(ValueError, match="artists must be in an axes of fig"):
        LiveFigure(figure()[0], figure()[1].plot([1, 2]))
    with pytest.raises(ValueError, match=r"sharpness must be .* got 0"):
        LiveFigure(figure()[0], [], sharpness=0)


def test_slider_and_number_field_are_one_number(chain):
    for name in chain.sliders:
        slider, field = chain.sliders[name], chain.fields[name]
        slider.value = slider.max
        assert field.value == slider.max
        field.value = field.min
        assert slider.value == field.min


def test_a_number_beyond_the_range_becomes_its_end(chain):
    for name, field in chain.fields.items():
        field.value = field.max + 100
        assert field.value == chain.sliders[name].value == field.max
        field.value = field.min - 100
        assert field.value == chain.sliders[name].value == field.min


@pytest.mark.parametrize("make", [slider_test, chain_widget])
def test_every_number_field_has_a_label(make):
    assert all(field.description for field in make().fields.values())


@pytest.mark.parametrize(
    ("depth", "z", "w"), [(10, 2.0, 1.0), (30, -6.0, 0.1), (30, 0.0, 16.0)]
)
def test_the_chain_says_the_product_of_its_factors(chain, depth, z, w):
    for name, value in {"depth": depth, "z": z, "w": w}.items():
        chain.sliders[name].value = value
    product, largest = re.search(
        r"factors is (\S+), and at most (\S+) ", chain.sentence
    ).groups()
    np.testing.assert_allclose(float(product), (w * sigmoid.derivative(z)) ** depth, rtol=0.05)
    np.testing.assert_allclose(float(largest), (w / 4) ** depth, rtol=0.05)


def test_the_chain_draws_every_partial_product_below_its_bound(chain):
    chain.sliders["depth"].value = 12
    right = chain.live.fig.axes[1]
    bound, product, end = chain.live.artists[-3:]
    counts = np.arange(1, 13)
    np.testing.assert_array_equal(product.get_xdata(), counts)
    np.testing.assert_allclose(product.get_ydata(), sigmoid.derivative(2.0) ** counts)
    assert np.all(product.get_ydata() < bound.get_ydata()[:12])
    assert (end.get_xdata()[0], end.get_ydata()[0]) == (12, product.get_ydata()[-1])
    assert right.get_yscale() == "log"


def test_the_words_below_the_picture_are_in_its_alternative_text(chain):
    assert f"<figcaption>{chain.sentence}</figcaption>" in chain.picture.value
    assert alt(chain) == chain.alt
    assert chain.alt.endswith(chain.sentence)


def test_the_chain_refuses_a_depth_that_is_none():
    with pytest.raises(ValueError, match=r"max_depth must be .* got 0"):
        chain_widget(0)


def test_a_chain_of_one_is_the_shortest_widget():
    assert chain_widget(1).sliders["depth"].value == 1


def test_a_page_without_widgets_gets_a_still_picture_and_words(chain):
    bundle = chain._repr_mimebundle_()
    assert bundle["text/plain"] == repr(chain)
    assert chain.sentence in bundle["text/plain"]
    assert "<img alt=" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert len(bundle["text/html"]) < 60_000


def test_what_a_notebook_stores_is_the_same_each_time():
    one, two = (chain_widget()._repr_mimebundle_() for _ in range(2))
    for kind in ("text/html", "text/plain"):
        assert one[kind] == two[kind]


def test_an_error_is_said_and_raised_and_gone_with_the_next_picture():
    def update(line, n):
        if n == 3:
            raise ArithmeticError("<three> is too many")
        line.set_ydata([0, n])
        return f"n is {n}."

    widget = small_widget(update)
    with pytest.raises(ArithmeticError, match="three"):
        widget.sliders["n"].value = 3
    assert "ArithmeticError: &lt;three&gt; is too many" in widget.message.value
    assert "n is 1." in widget.picture.value
    widget.sliders["n"].value = 4
    assert widget.message.value == ""
    assert "n is 4." in widget.picture.value


def test_a_widget_whose_first_picture_fails_is_not_made():
    def update(line, n):
        raise ArithmeticError("never")

    with pytest.raises(ArithmeticError, match="never"):
        small_widget(update)


def test_a_closed_widget_leaves_nothing_behind_and_answers_no_more():
    before = set(_instances)
    widget = chain_widget()
    slider, shown = widget.sliders["z"], widget.picture.value
    assert set(_instances) > before
    widget.close()
    widget.close()
    assert set(_instances) == before
    slider.value += 1
    assert widget.picture.value == shown


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"start": 9}, r"start must be in \[0, 5\], got 9"),
        ({"step": 0}, "step must be > 0, got 0"),
    ],
)
def test_a_control_refuses_numbers_that_do_not_fit(wrong, message):
    with pytest.raises(ValueError, match=message):
        Control(**({"label": "n", "start": 1, "low": 0, "high": 5} | wrong))


def test_a_control_with_a_whole_step_takes_whole_numbers():
    slider, _ = Control("n", 1, 0, 5).make()
    assert isinstance(slider, ipywidgets.IntSlider)
    slider, _ = Control("x", 1, 0, 5, 0.5).make()
    assert isinstance(slider, ipywidgets.FloatSlider)
