"""Laws that hold for every figure."""

import inspect
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from contrast import alike, faint
from drawn import draw
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.activations import sigmoid
from course_lib.figures import plots
from course_lib.figures.display import style

SCALES = np.array([1.0, 4.0, 16.0])
DEPTHS = [2, 3, 4]
GRID = np.linspace(-3, 3, 6).reshape(2, 3)
GAMMAS = np.array([0.0, 0.5, 0.9])
LIMITS = {"gradient descent": 0 * GAMMAS + 2, "EMA": 2 * (1 + GAMMAS) / (1 - GAMMAS)}
NORMS = np.geomspace(0.01, 300, 80)
G, CLIPPED = [3.0, 1.2], {"by global norm": [0.9, 0.36]}
RUN = SimpleNamespace(
    loss=[2.0, 1.0], grad_norm=[1.0, 9.0], update_ratio=[0.1, 0.2], stopped="nan"
)
RECORDED = SimpleNamespace(
    history=RUN, first_norms=np.geomspace(1e-5, 1, 9), last_norms=np.geomspace(1e-6, 1, 9)
)

# a figure's name, perhaps with more words behind it, and what it is given beside the axes
DRAWINGS = {
    "activation_curves": (sigmoid, np.linspace(-6, 6, 61)),
    "layer_norm_profile": ({"net": np.ones((3, 8))},),
    "factor_products": ({"quarter": np.full(9, 0.25)},),
    "loss_curves": ({"run": np.array([1.0, 0.5, np.inf])},),
    "gradient_check_curve": (np.array([1e-3, 1e-2]), {"central": np.array([1e-6, 1e-4])}),
    "image_grid": (np.eye(4).reshape(2, 2, 4), ["one", "two"]),
    "network_diagram": ([2, 2, 1],),
    "network_diagram with weights": ([2, 1], [np.array([[3.0, -1.5]])]),
    "computation_graph": ({"w": (0, 0), "z": (1, 0)}, {("w", "z"): 2}, [1, 2], [4, 2]),
    "computation_chain": (["x", "ℓ"], [1, 2], [3, 1]),
    "growth_curves": (SCALES, {"sigmoid": [0.2, 0.6, 1.2]}, {"sigmoid": [0.2, 0.6, 1.2]}),
    "rates_compared": (
        ["sigmoid, σ_w = 16", "tanh, σ_w = 1.5, σ_b = 0.05"],
        *np.array([[0.1, 0.03], [0.09, 0.03], [0.09, 0.02], [0.001, 0.002]]),
    ),
    "cobweb": (SCALES, [4.0, 5.0, 6.0], [1.0, 4.0, 5.0]),
    "singular_values": ({"σ_w = 4": [0.1, 2.0, 0.4]},),
    "growth_map": (DEPTHS, [1.0, 8.0], GRID),
    "growth_map with lost numbers": (DEPTHS, [1.0, 8.0], np.where(GRID > 1, np.inf, GRID)),
    "phase_map": (
        SCALES,
        [0.0, 1.0],
        10.0**GRID,
        {"Glorot": (1, 0), "He": (2**0.5, 0), "σ_w = 16": (16, 0), "far": (16, 1)},
    ),
    "gradient_arrows": (
        [0.0, 1.0, 2.0],
        [0.0, 1.0],
        GRID,
        [[0.5, 0.5], [1.0, 0.2]],
        [[3.0, 1.0], [0.0, 2.0]],
    ),
    "wall_surface": (
        [3.0, 5.0, 7.0],
        [-4.0, 0.0],
        GRID,
        {"η = 1": [[4.0, -2.0], [9.0, 9.0]]},
    ),
    "descent_on_parabola": (2.0, {"ηλ = 2.2": (-1.2) ** np.arange(20)}),
    "training_runs": ({"σ_w = 16": RUN},),
    "recorded_run": (RECORDED,),
    "before_and_after": ([0.1, 0.2], [0.9, 0.8]),
    "responses": ({"plain": np.ones(40), "momentum, γ = 0.9": np.linspace(1, 10, 40)},),
    "spike_recovery": (
        {"clip, then momentum": [1, 9, 1, -1], "momentum, then clip": [1, 9, 9, 9]},
        1,
    ),
    "stability_regions": (GAMMAS, LIMITS, {"EMA": (GAMMAS, [2.0, 6.0, 38.0])}),
    "success_rates": (
        [0.01, 0.1, 1.0],
        {"momentum + clip": [1, 0.5, 0], "EMA": [1, 1, 0.25]},
        20,
    ),
    "clip_geometry": (G, CLIPPED, {"max_norm": 1, "max_value": 1}),
    "direction_errors": (
        {"by value": [0.7, 0.9, 1.0], "by global norm": [1, 1, 1]},
        [0.1, 1.0, 10.0],
    ),
    "remedies_compared": (
        {"not clipped": {"none": 3, "Adam": 9}, "clipped": {"none": 10, "Adam": 0}},
        10,
        3,
    ),
    "confusion_matrix": (np.eye(10, dtype=int) * 34,),
    "filter_bank": ({"before": np.eye(3)[None] - 0.5, "after": 0.5 - np.eye(3)[None]},),
    "loss_bands": (
        {"clip": [[3.0, 2.0], [2.0, 1.5]], "no clip": [[3.0, 2.0], [9.0, 90.0]]},
        {"pairs": 2},
    ),
    "growth_against_bound": (
        SCALES,
        {"tanh": [0.9, 2, 5], "σ": [0.2, 0.7, 1]},
        {"tanh": 1, "σ": 0.25},
    ),
    "rescued": ({"plain descent": 0, "momentum": 3}, {"plain descent": 20, "momentum": 7}, 20),
    "norm_histogram": (np.append(NORMS, [0, np.inf]), {"median": 1.7, "90 % quantile": 105.0}),
}


def pixels(fig):
    canvas = FigureCanvasAgg(fig)
    with style():
        canvas.draw()  # matplotlib warns of letters its font lacks: an error here
    return np.array(canvas.buffer_rgba())


@pytest.fixture(scope="module", params=DRAWINGS)
def drawn(request):
    """One drawing for all laws: name, axes, what came back, whether settings stayed, pixels."""
    before = dict(mpl.rcParams)
    axes, returned = draw(request.param, DRAWINGS[request.param])
    stayed, fig = dict(mpl.rcParams) == before, np.ravel(axes)[0].figure
    picture = pixels(fig)
    fig.set_layout_engine("none")  # the panels stay where they are
    return request.param, axes, returned, stayed, picture


@pytest.fixture
def fig(drawn):
    return np.ravel(drawn[1])[0].figure


def test_every_public_figure_is_drawn_here():
    figures = set(plots.__all__) - {"log_axis"}  # which draws on a figure
    assert {name.split()[0] for name in DRAWINGS} == figures


def test_every_figure_returns_its_axes_says_so_and_leaves_the_settings_alone(drawn):
    name, axes, returned, stayed, _ = drawn
    assert returned is axes and stayed
    said = "\n\nReturns\n-------\nAxes, or ndarray of Axes\n    As they came.\n\nRaises\n---"
    assert said in inspect.getdoc(getattr(plots, name.split()[0]))


def test_the_same_data_give_the_same_picture(drawn):
    name, *_, picture = drawn
    axes, _ = draw(name, DRAWINGS[name])
    assert np.array_equal(picture, pixels(np.ravel(axes)[0].figure))


def test_all_text_of_a_figure_lies_inside_it(fig):
    inside = fig.bbox.padded(1)
    for panel in fig.axes:
        names = [panel.xaxis.label, panel.yaxis.label, panel.title, panel._left_title]
        legend = panel.get_legend()
        shown = [*panel.texts, *(names if panel.axison else ())]
        for text in [*shown, *(legend.get_texts() if legend else [])]:
            box = text.get_window_extent()
            if text.get_text():
                assert inside.contains(box.x0, box.y0), text
                assert inside.contains(box.x1, box.y1), text


def test_text_and_lines_of_a_figure_stand_out_and_differ_by_more_than_color(fig):
    assert faint(fig) == []
    assert alike(fig) == []
