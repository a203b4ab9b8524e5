"""Laws that hold for every figure of lessons 03 to 05."""

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest

from course_lib import plots
from course_lib.display import Picture, figure

SCALES = np.array([1.0, 4.0, 16.0])
GRID = np.linspace(-3, 3, 6).reshape(2, 3)
RUN = SimpleNamespace(
    loss=[2.0, 1.0], grad_norm=[1.0, 9.0], update_ratio=[0.1, 0.2], stopped="nan"
)

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
    "wall_surface": lambda ax: plots.wall_surface(
        ax, [3.0, 5.0, 7.0], [-4.0, 0.0], GRID, {"η = 1": [[4.0, -2.0], [9.0, 9.0]]}
    ),
    "descent_on_parabola": lambda ax: plots.descent_on_parabola(
        ax, 2.0, {"ηλ = 2.2": (-1.2) ** np.arange(20)}
    ),
    "training_runs": lambda ax: plots.training_runs(ax, {"σ_w = 16": RUN}),
}


@pytest.fixture
def ax(request):
    is_training = request.node.callspec.id == "training_runs"
    return figure(3 if is_training else 1)[1]


@pytest.fixture(params=DRAWINGS.values(), ids=DRAWINGS.keys())
def draw(request):
    return request.param


def test_every_figure_returns_the_axes_it_was_given(ax, draw):
    assert draw(ax) is ax


def test_no_figure_changes_the_settings_of_matplotlib(ax, draw):
    before = dict(mpl.rcParams)
    draw(ax)
    assert dict(mpl.rcParams) == before


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
