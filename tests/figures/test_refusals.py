"""Every figure names the argument that it cannot draw."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawn import draw

from course_lib.activations import sigmoid
from course_lib.figures import plots

SCALES = np.array([1.0, 4.0, 16.0])
DEPTHS = [2, 3, 4]
GRID = np.linspace(-3, 3, 6).reshape(2, 3)
GAMMAS = np.array([0.0, 0.5, 0.9])
LIMITS = {"EMA": 2 * (1 + GAMMAS) / (1 - GAMMAS)}
G, CLIPPED = [3.0, 1.2], {"by global norm": [0.9, 0.36]}


def history(loss=(2.0, 1.0), update_ratio=(0.1, 0.2)):
    """A run as `train` returns it, but for what a figure does not ask for."""
    return SimpleNamespace(
        loss=loss, grad_norm=[1.0, 9.0], update_ratio=update_ratio, stopped=None
    )


# by a figure's name: what it is given beside the axes, and the words of its refusal
REFUSED = {
    "activation_curves": [((sigmoid, 1.0), r"^z must .* got shape \(\)")],
    "layer_norm_profile": [
        (({},), r"^norms_by_label must .* got \{\}"),
        (({"a": 1},), r"^norms_by_label\['a'\] must"),
    ],
    "factor_products": [(({"a": [[1]]},), r"^factors_by_label\['a'\] must")],
    "loss_curves": [
        (({"a": []},), r"^losses_by_label\['a'\] must .* \(0,\)"),
        (({i: [1] for i in range(7)},), r"at most 6 .* got 7"),
    ],
    "gradient_check_curve": [
        (([1, 2], {"a": [1]}), r"^errors_by_label\['a'\] must .* \(2,\), got \(1,\)"),
    ],
    "image_grid": [
        (([], ["a", "b"]), r"^images must .* 2, got 0"),
        (([[[1]]] * 2, []), r"^titles must .* 2, got 0"),
    ],
    "network_diagram": [
        (([2],), r"^sizes must .* got \[2\]"),
        (([2, 0],), r"^sizes must .* got 0"),
        (([2, 1], [np.ones((2, 1))]), r"^weights must .* \[\(1, 2\)\], got \[\(2, 1\)\]"),
    ],
    "computation_graph": [
        (({"x": (0, 0)}, {}, [1, 2], [1]), r"^forward_values must have 1 entries, got 2"),
        (
            ({"x": (0, 0)}, {("x", "z"): 1}, [1], [1]),
            r"^edges must join boxes of places, got \['z'\]",
        ),
    ],
    "computation_chain": [
        ((["x"], [1], [1]), r"^labels must"),
        (("xy", [1], [1, 1]), r"^forward_values .* got 1"),
        (("xy", [1, 1], [1]), r"^backward_values .* got 1"),
        (("xy", [1, 1], [1, 1], [1, 1]), r"^factors must have 1 entries, got 2"),
    ],
    "growth_curves": [
        ((SCALES, {}), r"^growth_by_label must .* got \{\}"),
        ((SCALES, {"a": [1]}), r"^growth_by_label\['a'\] must .* \(3,\), got \(1,\)"),
        ((SCALES, {"a": SCALES}, {"b": SCALES}), r"^predicted_by_label must .* got 'b'"),
        (
            (SCALES, {"a": SCALES}, None, {"a": [1]}),
            r"^errors_by_label\['a'\] must .* got \(1,\)",
        ),
        ((1.0, {"a": [1]}), r"^sigma_ws must .* got shape \(\)"),
    ],
    "rates_compared": [
        ((["a"], [1], [1, 2], [1], [1]), r"^corrected must .* \(1,\), got \(2,\)"),
        (([], [], [], [], []), r"^labels must .* \(0,\)"),
    ],
    "cobweb": [
        (([1], [1], [1]), r"^q_values must .* 2 or more .* \(1,\)"),
        (([1, 2], [1], [1]), r"^mapped must .* \(2,\), got \(1,\)"),
        (([1, 2], [1, 2], []), r"^path must .* \(0,\)"),
    ],
    "singular_values": [(({},), r"^values_by_label must .* got \{\}")],
    "growth_map": [
        ((DEPTHS, [1.0, 8.0], GRID.T), r"^decades must have shape \(2, 3\).* got \(3, 2\)"),
        (([1], SCALES, [[1]]), r"^depths must .* \(1,\)"),
        ((DEPTHS, [1.0, 8.0], GRID, 0), r"^limit must .* got 0"),
    ],
    "phase_map": [
        (
            ([1, 2], [0, 1, 2], np.ones((2, 3))),
            r"^chi must have shape \(3, 2\).* got \(2, 3\)",
        ),
    ],
    "gradient_arrows": [
        (([0], [0, 1], [[1], [2]], [], []), r"^first must .* \(1,\)"),
        (([0, 1], [0, 1], np.ones(2), [], []), r"^losses must have shape \(2, 2\).* \(2,\)"),
        (([0, 1], [0, 1], np.eye(2), [[1]], []), r"^points must have shape \(1, 2\)"),
        (
            ([0, 1], [0, 1], np.eye(2), [[1, 2]], [[1]]),
            r"^gradients must have shape \(1, 2\)",
        ),
    ],
    "wall_surface": [
        (([1, 2], [0, 1], np.ones(2)), r"^errors must have shape \(2, 2\).* got \(2,\)"),
        (
            ([1, 2], [0, 1], np.eye(2), {"a": [[1, 2, 3]]}),
            r"^paths\['a'\] must have shape \(n_points, 2\), got \(1, 3\)",
        ),
        (
            ([1, 2], [0, 1], np.eye(2), {"a": [[1, np.nan]]}),
            r"^paths\['a'\] must begin with a finite point, got",
        ),
    ],
    "descent_on_parabola": [
        ((0, {"a": [1]}), r"^curvature must .* got 0"),
        ((1, {}), r"^paths must .* got \{\}"),
    ],
    "training_runs": [
        (({},), r"^histories_by_label must .* \{\}"),
        (({"a": history(loss=[])},), r"^histories_by_label\['a'\] must .* \(0,\)"),
        (({"a": history(update_ratio=None)},), r"^update_ratios must .* got none for 'a'"),
    ],
    "training_runs on 2 panels": [(({"a": history()},), r"^axes must .* got 2")],
    "recorded_run": [
        ((SimpleNamespace(history=history(loss=[])),), "^loss must have one dimension"),
    ],
    "recorded_run on 3 panels": [((None,), r"^axes must be four, got 3")],
    "before_and_after": [
        (([0.1, 0.2], [0.9]), r"^after must have the shape of before, \(2,\), got")
    ],
    "responses": [
        (({},), r"^steps_by_label must .* got \{\}"),
        (({"a": np.eye(2)},), r"^steps_by_label\['a'\] .*\(2, 2\)"),
    ],
    "spike_recovery": [
        (({"a": [1, 2]}, 1), r"^spike_at must be < 1, got 1"),
        (({"a": [1, 2]}, -1), r"^spike_at must .* got -1"),
        (({"a": [1, 2]}, 0, 0), r"^true_sign must be -1 or 1, got 0"),
    ],
    "stability_regions": [
        ((GAMMAS, {}), r"^limits_by_label must .* \{\}"),
        (
            (GAMMAS, {"a": [1, 2]}),
            r"^limits_by_label\['a'\] must have the shape of gammas, \(3,\), got \(2,\)",
        ),
        (
            (GAMMAS, LIMITS, {"Adam": ([0], [1])}),
            r"^points must name methods with a curve, got 'Adam'",
        ),
        ((GAMMAS, LIMITS, {"EMA": ([0, 1], [1])}), r"^points\['EMA'\] .* \(2,\) and \(1,\)"),
    ],
    "success_rates": [
        ((SCALES, {}, 20), r"^fractions_by_label must .* got \{\}"),
        (
            (SCALES, {"a": [0.5, 0.5]}, 20),
            r"^fractions_by_label\['a'\] .* lrs, \(3,\), got \(2,\)",
        ),
        (
            (SCALES, {"a": [0.5, 0.33, 0.0]}, 20),
            r"^fractions_by_label\['a'\] .* of 20 runs, got",
        ),
        (
            (SCALES, {"a": [0.5, np.nan, 0.0]}, 20),
            r"^fractions_by_label\['a'\] .* of 20 runs, got",
        ),
        (
            (SCALES, {"a": [0.5, 1.5, 0.0]}, 20),
            r"^successes must be whole numbers in \[0, 20\]",
        ),
        ((SCALES, {"a": [0.5, 0.5, 0.0]}, 0), r"^n_runs must .* got 0"),
    ],
    "clip_geometry": [
        (([0, 0], CLIPPED, {}), r"^g must .* got \[0, 0\]"),
        (([1], CLIPPED, {}), r"^g must be two .* got \[1\]"),
        ((G, {}, {}), r"^clipped_by_label must .* \{\}"),
        (
            (G, {"a": [1, np.nan]}, {}),
            r"^clipped_by_label\['a'\] must be two finite numbers",
        ),
        (
            (G, CLIPPED, {"norm": 1}),
            r"^limits must be among \('max_norm', 'max_value'\), got 'norm'",
        ),
        ((G, CLIPPED, {"max_norm": 0}), r"^limits\['max_norm'\] must .* got 0"),
    ],
    "direction_errors": [
        (
            ({"a": [1, 1]}, [1]),
            r"^cosines_by_label\['a'\] must have one entry per threshold, 1, got shape \(2,\)",
        ),
        (({"a": [1.1]}, [1]), r"^cosines_by_label\['a'\] must lie in \[-1, 1\]"),
        (({"a": [np.nan]}, [1]), r"^cosines_by_label\['a'\] must lie in \[-1, 1\]"),
    ],
    "remedies_compared": [
        (({}, 10), "at least one remedy"),
        (({"a": {}}, 10), "at least one remedy"),
        (
            ({"a": {"x": 1}, "b": {"y": 1}}, 10),
            r"counts_by_label\['b'\] must have the remedies",
        ),
        (({"a": {"x": 11}}, 10), "successes must be whole numbers"),
    ],
    "confusion_matrix": [
        (([[1, 2]],), "counts must have shape"),
        (([[0.5]],), "counts must be whole numbers"),
        (([[-1]],), "counts must be whole numbers"),
        (([[1]], ["a", "b"]), "labels must be 1, one per row, got 2"),
    ],
    "filter_bank": [
        ((rows,), "filters_by_label must")
        for rows in (
            {},
            {"a": np.ones((2, 2))},
            {"a": np.ones((2, 2, 2)), "b": np.ones((3, 2, 2))},
        )
    ],
    "loss_bands": [(({"a": np.ones(3)},), "losses_by_label")],
    "growth_against_bound": [
        (([1, 2], {"tanh": [1, 2, 3]}, {"tanh": 1}), r"must have the shape of gains, \(2,\)"),
        (([1, 2], {"tanh": [1, 2]}, {"sigmoid": 1}), "slopes_by_label must have 'tanh'"),
        (([1, 2], {}, {}), "at least one curve"),
        (([1], {"tanh": [1]}, {"tanh": 1}), "gains"),
    ],
    "rescued": [
        (({"a": 1}, {"b": 1}, 5), "n_clipped_by_label must have the labels"),
        (({}, {}, 5), "n_clipped_by_label"),
        (({"a": 6}, {"a": 1}, 5), "successes must be"),
        (({"a": 1}, {"a": 1}, 0), "n_runs"),
    ],
    "norm_histogram": [
        (([0, np.inf],), r"^norms must .* got \[ 0. inf\]"),
        (([1, -2],), r"^norms must be >= 0 .* -2"),
        ((np.eye(2),), r"^norms must .* \(2, 2\)"),
        (([1.0], dict.fromkeys("abcdef", 1.0)), r"^thresholds must be at most 5, got 6"),
        (([1.0], {"c": 0}), r"^thresholds\['c'\] must .* got 0"),
    ],
}
CASES = [
    pytest.param(name, *refused, id=f"{name} {i}")
    for name, rows in REFUSED.items()
    for i, refused in enumerate(rows)
]


def test_every_public_figure_refuses_something():
    figures = set(plots.__all__) - {"log_axis"}  # which draws on a figure
    assert {name.split()[0] for name in REFUSED} == figures


@pytest.mark.parametrize(("name", "arguments", "message"), CASES)
def test_a_figure_refuses_what_it_cannot_draw_and_names_it(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(name, arguments)
