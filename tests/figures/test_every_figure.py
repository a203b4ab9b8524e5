"""Laws that hold for every figure."""

from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from contrast import faint

from course_lib.figures import plots
from course_lib.figures.display import Picture, figure

SCALES = np.array([1.0, 4.0, 16.0])
GRID = np.linspace(-3, 3, 6).reshape(2, 3)
GAMMAS = np.array([0.0, 0.5, 0.9])
NORMS = np.geomspace(0.01, 300, 80)
RUN = SimpleNamespace(
    loss=[2.0, 1.0], grad_norm=[1.0, 9.0], update_ratio=[0.1, 0.2], stopped="nan"
)
RECORDED = SimpleNamespace(
    history=RUN, first_norms=np.geomspace(1e-5, 1, 9), last_norms=np.geomspace(1e-6, 1, 9)
)
N_PANELS = {"training_runs": 3, "recorded_run": 4}

DRAWINGS = {
    "growth_curves": lambda ax: plots.growth_curves(
        ax, SCALES, {"sigmoid": [0.2, 0.6, 1.2]}, {"sigmoid": [0.2, 0.6, 1.2]}
    ),
    "rates_compared": lambda ax: plots.rates_compared(
        ax,
        ["sigmoid, σ_w = 16", "tanh, σ_w = 1.5, σ_b = 0.05"],
        *np.array([[0.1, 0.03], [0.09, 0.03], [0.09, 0.02], [0.001, 0.002]]),
    ),
    "cobweb": lambda ax: plots.cobweb(ax, SCALES, [4.0, 5.0, 6.0], [1.0, 4.0, 5.0]),
    "singular_values": lambda ax: plots.singular_values(ax, {"σ_w = 4": [0.1, 2.0, 0.4]}),
    "growth_map": lambda ax: plots.growth_map(ax, [2, 3, 4], [1.0, 8.0], GRID),
    "growth_map with lost numbers": lambda ax: plots.growth_map(
        ax, [2, 3, 4], [1.0, 8.0], np.where(GRID > 1, np.inf, GRID)
    ),
    "phase_map": lambda ax: plots.phase_map(
        ax,
        SCALES,
        [0.0, 1.0],
        10.0**GRID,
        {"Glorot": (1, 0), "He": (2**0.5, 0), "σ_w = 16": (16, 0), "far": (16, 1)},
    ),
    "gradient_arrows": lambda ax: plots.gradient_arrows(
        ax,
        [0.0, 1.0, 2.0],
        [0.0, 1.0],
        GRID,
        [[0.5, 0.5], [1.0, 0.2]],
        [[3.0, 1.0], [0.0, 2.0]],
    ),
    "wall_surface": lambda ax: plots.wall_surface(
        ax, [3.0, 5.0, 7.0], [-4.0, 0.0], GRID, {"η = 1": [[4.0, -2.0], [9.0, 9.0]]}
    ),
    "descent_on_parabola": lambda ax: plots.descent_on_parabola(
        ax, 2.0, {"ηλ = 2.2": (-1.2) ** np.arange(20)}
    ),
    "training_runs": lambda ax: plots.training_runs(ax, {"σ_w = 16": RUN}),
    "recorded_run": lambda ax: plots.recorded_run(ax, RECORDED),
    "before_and_after": lambda ax: plots.before_and_after(ax, [0.1, 0.2], [0.9, 0.8]),
    "responses": lambda ax: plots.responses(
        ax, {"plain": np.ones(40), "momentum, γ = 0.9": np.linspace(1, 10, 40)}
    ),
    "spike_recovery": lambda ax: plots.spike_recovery(
        ax, {"clip, then momentum": [1, 9, 1, -1], "momentum, then clip": [1, 9, 9, 9]}, 1
    ),
    "stability_regions": lambda ax: plots.stability_regions(
        ax,
        GAMMAS,
        {"gradient descent": 0 * GAMMAS + 2, "EMA": 2 * (1 + GAMMAS) / (1 - GAMMAS)},
        {"EMA": (GAMMAS, [2.0, 6.0, 38.0])},
    ),
    "success_rates": lambda ax: plots.success_rates(
        ax, [0.01, 0.1, 1.0], {"momentum + clip": [1, 0.5, 0], "EMA": [1, 1, 0.25]}, 20
    ),
    "quadratic_paths": lambda ax: plots.quadratic_paths(
        ax, (1, 10), {"η = 0.1": [[4, 1], [-2, 0.5]], "η = 0.9": [[4, 1], [3, -8]]}
    ),
    "clip_geometry": lambda ax: plots.clip_geometry(
        ax, [3.0, 1.2], {"by global norm": [0.9, 0.36]}, {"max_norm": 1, "max_value": 1}
    ),
    "direction_errors": lambda ax: plots.direction_errors(
        ax, {"by value": [0.7, 0.9, 1.0], "by global norm": [1, 1, 1]}, [0.1, 1.0, 10.0]
    ),
    "remedies_compared": lambda ax: plots.remedies_compared(
        ax, {"not clipped": {"none": 3, "Adam": 9}, "clipped": {"none": 10, "Adam": 0}}, 10, 3
    ),
    "confusion_matrix": lambda ax: plots.confusion_matrix(ax, np.eye(10, dtype=int) * 34),
    "filter_bank": lambda ax: plots.filter_bank(
        ax, {"before": np.eye(3)[None] - 0.5, "after": 0.5 - np.eye(3)[None]}
    ),
    "loss_bands": lambda ax: plots.loss_bands(
        ax,
        {"clip": [[3.0, 2.0], [2.0, 1.5]], "no clip": [[3.0, 2.0], [9.0, 90.0]]},
        {"pairs": 2},
    ),
    "growth_against_bound": lambda ax: plots.growth_against_bound(
        ax, SCALES, {"tanh": [0.9, 2, 5], "σ": [0.2, 0.7, 1]}, {"tanh": 1, "σ": 0.25}
    ),
    "rescued": lambda ax: plots.rescued(
        ax, {"plain descent": 0, "momentum": 3}, {"plain descent": 20, "momentum": 7}, 20
    ),
    "norm_histogram": lambda ax: plots.norm_histogram(
        ax, np.append(NORMS, [0, np.inf]), {"median": 1.7, "90 % quantile": 105.0}
    ),
}


@pytest.fixture
def ax(request):
    return figure(N_PANELS.get(request.node.callspec.id, 1))[1]


def test_every_public_figure_is_drawn_here_or_among_the_basics():
    files = (Path(__file__), Path(__file__).with_name("test_basics.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    figures = set(plots.__all__) - {"label_ends", "log_axis"}  # these two draw on a figure
    assert not [name for name in figures if f"plots.{name}(" not in text]


@pytest.fixture(params=DRAWINGS.values(), ids=DRAWINGS.keys())
def draw(request):
    return request.param


def test_every_figure_returns_the_axes_it_was_given(ax, draw):
    assert draw(ax) is ax


def test_no_figure_changes_the_settings_of_matplotlib(ax, draw):
    before = dict(mpl.rcParams)
    draw(ax)
    assert dict(mpl.rcParams) == before


def test_text_and_lines_of_a_figure_stand_out(ax, draw):
    draw(ax)
    assert faint(np.ravel(ax)[0].figure) == []


def test_all_text_of_a_figure_lies_inside_it_and_has_its_letters(ax, draw, recwarn):
    draw(ax)
    fig = np.ravel(ax)[0].figure
    fig.draw_without_rendering()
    assert not recwarn.list  # matplotlib warns of letters its font lacks
    inside = fig.bbox.padded(1)
    for panel in fig.axes:
        names = [panel.xaxis.label, panel.yaxis.label, panel.title, panel._left_title]
        legend = panel.get_legend()
        for text in [*panel.texts, *names, *(legend.get_texts() if legend else [])]:
            box = text.get_window_extent()
            if text.get_text():
                assert inside.contains(box.x0, box.y0), text
                assert inside.contains(box.x1, box.y1), text


def test_the_same_data_give_the_same_picture(ax, draw):
    draw(ax)
    _, again = figure(len(np.ravel(ax)))
    draw(again)
    one, two = (Picture(np.ravel(axes)[0].figure, "a", "c").png for axes in (ax, again))
    assert one == two
