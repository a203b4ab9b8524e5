"""Laws of the figures: the artists hold the data given, on the axes that the name promises."""

from itertools import pairwise

import numpy as np
import pytest
from drawn import curve, legend, texts

from course_lib.activations import relu, sigmoid, tanh
from course_lib.figures import plots
from course_lib.figures.display import figure


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu])
def test_activation_curves_draw_the_function_and_its_slope(ax, activation):
    z = np.linspace(-4, 4, 81)
    plots.activation_curves(ax, activation, z)
    np.testing.assert_array_equal(curve(ax, f"{activation.name}(z)").get_ydata(), activation(z))
    np.testing.assert_array_equal(
        curve(ax, "its derivative").get_ydata(), activation.derivative(z)
    )
    marked = ax.lines[-1]
    np.testing.assert_allclose(marked.get_ydata(), activation.max_slope, atol=1e-12)


def test_activation_curves_say_where_the_largest_slope_is_if_it_is_at_one_point(ax):
    title = plots.activation_curves(ax, sigmoid, np.linspace(-4, 4, 81)).get_title("left")
    assert "largest slope 0.25, at z = 0" in title
    title = plots.activation_curves(figure()[1], relu, np.linspace(-4, 4, 81)).get_title("left")
    assert title.endswith("largest slope 1")
    title = plots.activation_curves(figure()[1], tanh, np.linspace(-4, 4, 80)).get_title("left")
    assert title.endswith("largest slope 1")  # no point of this grid has it


def test_layer_norm_profile_counts_layers_from_1_on_a_logarithmic_axis(ax):
    norms = 10.0 ** np.arange(-8, 0)
    plots.layer_norm_profile(ax, {"net": norms})
    np.testing.assert_array_equal(curve(ax, "net").get_xdata(), np.arange(1, 9))
    np.testing.assert_array_equal(curve(ax, "net").get_ydata(), norms)
    assert ax.get_yscale() == "log"
    assert len(ax.collections) == 0
    assert legend(ax) == ["net"]


def test_layer_norm_profile_of_many_seeds_is_a_median_and_a_band(ax):
    norms = np.random.default_rng(0).lognormal(size=(41, 5))
    plots.layer_norm_profile(ax, {"net": norms})
    np.testing.assert_allclose(curve(ax, "net").get_ydata(), np.median(norms, axis=0))
    (band,) = ax.collections
    heights = band.get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose(heights.max(), np.percentile(norms, 95, axis=0).max())
    np.testing.assert_allclose(heights.min(), np.percentile(norms, 5, axis=0).min())


def test_factor_products_draws_the_running_product_by_size(ax):
    plots.factor_products(ax, {"chain": np.array([2.0, -3.0, 0.5])})
    np.testing.assert_array_equal(curve(ax, "chain").get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(curve(ax, "chain").get_ydata(), [2, 6, 3])
    assert ax.get_yscale() == "log"


def test_names_at_the_ends_of_curves_never_lie_over_each_other(ax):
    plots.factor_products(ax, {f"net {i}": np.full(30, 0.25) for i in range(5)})
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 5
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_names_at_the_ends_of_curves_have_the_order_of_the_ends(ax):
    plots.factor_products(
        ax, {"up": np.full(9, 2.0), "down": np.full(9, 0.5), "up too": [2.01] * 9}
    )
    height = {text.get_text(): text.xyann[1] for text in ax.texts}
    assert height["down"] < height["up"] < height["up too"]


def test_loss_curves_count_steps_from_0_on_a_logarithmic_axis(ax):
    losses = np.array([2.0, 1.0, 0.5])
    plots.loss_curves(ax, {"run": losses})
    np.testing.assert_array_equal(curve(ax, "run").get_xdata(), [0, 1, 2])
    np.testing.assert_array_equal(curve(ax, "run").get_ydata(), losses)
    assert ax.get_yscale() == "log"
    assert len(ax.lines) == 1


def test_loss_curves_bear_their_names_unless_there_is_only_one(ax):
    plots.loss_curves(ax, {"run": [2.0, 1.0]})
    assert not ax.texts
    plots.loss_curves(ax, {"run": [2.0, 1.0], "other": [3.0, 2.0]})
    assert texts(ax) == {"run", "other"}


@pytest.mark.parametrize("end", [np.inf, np.nan])
def test_a_loss_that_stops_being_finite_ends_in_a_cross(ax, end):
    plots.loss_curves(ax, {"run": np.array([1.0, 50.0, end, end])})
    cross = ax.lines[-1]
    assert (cross.get_marker(), *cross.get_xdata(), *cross.get_ydata()) == ("X", 1, 50.0)


def test_gradient_check_curve_is_logarithmic_both_ways(ax):
    steps, errors = np.array([1e-8, 1e-5, 1e-2]), np.array([1e-7, 1e-11, 1e-4])
    plots.gradient_check_curve(ax, steps, {"central": errors})
    np.testing.assert_array_equal(curve(ax, "central").get_xdata(), steps)
    np.testing.assert_array_equal(curve(ax, "central").get_ydata(), errors)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_image_grid_shows_every_image_on_one_gray_scale():
    _, axes = figure(3, n_rows=2)
    images = np.random.default_rng(0).random((6, 8, 8))
    assert plots.image_grid(axes, images, list("abcdef")) is axes
    for ax, image, title in zip(axes.ravel(), images, "abcdef", strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), image)
        assert ax.images[0].get_clim() == (images.min(), images.max())
        assert ax.get_title() == title


@pytest.mark.parametrize("sizes", [[2, 2, 1], [1, 1], [3, 4, 2, 1]])
def test_a_network_has_a_circle_for_each_unit_and_a_line_for_each_connection(ax, sizes):
    plots.network_diagram(ax, sizes)
    assert len(ax.patches) == sum(sizes)
    assert len(ax.lines) == sum(a * b for a, b in pairwise(sizes))


def test_weights_show_in_number_sign_and_width(ax):
    plots.network_diagram(ax, [2, 1], [np.array([[3.0, -1.5]])])
    plus, minus = ax.lines
    assert {"3", "−1.5"} <= texts(ax)
    assert plus.get_linestyle() != minus.get_linestyle()
    assert plus.get_color() != minus.get_color()
    assert plus.get_linewidth() > minus.get_linewidth()


def test_the_widths_of_all_layers_have_one_scale(ax):
    weights = [np.array([[0.45, -0.2], [0.9, 0.3]]), np.array([[0.67, -0.9]])]
    plots.network_diagram(ax, [2, 2, 1], weights)
    drawn = sorted((line.get_linewidth() for line in ax.lines), reverse=True)
    sizes = sorted(np.abs(np.concatenate([w.ravel() for w in weights])), reverse=True)
    np.testing.assert_allclose(np.polyval(np.polyfit(sizes, drawn, 1), sizes), drawn)
    assert drawn[0] > drawn[-1]


def test_weights_of_zero_have_thin_lines(ax):
    plots.network_diagram(ax, [2, 1], [np.zeros((1, 2))])
    assert {line.get_linewidth() for line in ax.lines} == {0.6}


def test_a_weight_stands_on_the_connection_from_its_column_to_its_row(ax):
    plots.network_diagram(ax, [2, 2], [np.array([[1.0, 2.0], [3.0, 4.0]])])
    spot = {text.get_text(): text.get_position() for text in ax.texts}
    lines = {(line.get_ydata()[0], line.get_ydata()[1]): line for line in ax.lines}
    start, end = np.transpose(lines[-0.5, 0.5].get_data())  # from input 2 up to unit 1
    np.testing.assert_allclose(spot["2"], start + 0.3 * (end - start))


def test_a_chain_shows_values_above_gradients_below_and_factors_at_the_arrows(ax):
    plots.computation_chain(ax, ["x", "z", "ℓ"], [1, 2.5, 9], [0.3, 0.6, "one"], [0.5, "0.6"])
    height = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert height["2.5"] > 0 > height["0.6"]
    assert {"x", "z", "ℓ", "one", "× 0.5", "× 0.6"} <= texts(ax)
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    rightward = [arrow for arrow in arrows if arrow.xy[0] > arrow.xyann[0]]
    assert (len(arrows), len(rightward)) == (4, 2)


def test_a_graph_shows_values_above_gradients_below_and_factors_on_the_way(ax):
    places = {"w": (0, 1), "a": (0, 0), "wa": (1, 0.5)}
    plots.computation_graph(
        ax, places, {("w", "wa"): 3, ("a", "wa"): 2}, [2, 3, 6], [33, 22, 11]
    )
    spot = {text.get_text(): text.get_position() for text in ax.texts}
    assert spot["6"][1] > spot["wa"][1] > spot["11"][1]
    falls, rises = spot["× 3"], spot["× 2"]  # right of its arrow
    assert falls[0] > 0.5 < rises[0] and falls[1] > 0.75 and rises[1] < 0.25


def test_the_longest_label_of_a_chain_fits_its_box(ax):
    labels = ["x", "z = w x + b", "a = σ(z)", "ℓ = ½(a − y)²"]
    plots.computation_chain(ax, labels, [1] * 4, [1] * 4)
    ax.figure.draw_without_rendering()
    drawn = [text for text in ax.texts if text.get_text() in labels]
    for box, text in zip(ax.patches, drawn, strict=True):
        assert box.get_window_extent().width > text.get_window_extent().width


def test_a_logarithmic_axis_has_few_ticks_and_1_is_one_of_them(ax):
    ax.plot([1, 2], [1e-60, 1e30])
    plots.log_axis(ax)
    ticks = [t for t in ax.get_yticks() if 1e-60 <= t <= 1e30]
    assert 4 <= len(ticks) <= 9
    assert 1 in ticks


def test_a_logarithmic_axis_has_ticks_within_one_decade_too(ax):
    ax.plot([1, 2], [0.15, 0.9])
    plots.log_axis(ax)
    labels = {label.get_text() for label in ax.get_yticklabels()}
    assert {"0.2", "0.5"} <= labels
