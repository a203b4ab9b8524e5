"""Laws of the figures of steps: what links pass on, and where a sign is back."""

import numpy as np
from drawn import curve, legend, n_looks
from hypothesis import given
from hypothesis import strategies as st

from course_lib.figures import plots
from course_lib.figures.steps import steps_to_sign

RECOVERING = [1.0, 5.0, 3.0, 1.0, -1.0, -2.0]
AT_ONCE = [1.0, 5.0, -1.0, -1.0, -1.0, -1.0]


def test_steps_are_counted_from_0_on_a_linear_axis(ax):
    plots.responses(ax, {"plain": [1.0, -1.0, 2.0]}, ylabel="what comes out")
    np.testing.assert_array_equal(curve(ax, "plain*").get_xydata(), [(0, 1), (1, -1), (2, 2)])
    assert (ax.get_yscale(), ax.get_ylabel()) == ("linear", "what comes out")


def test_links_differ_in_color_line_style_and_marker(ax):
    labels = ("plain", "momentum", "EMA", "Nesterov")
    plots.responses(ax, {label: np.ones(30) for label in labels})
    lines = [curve(ax, f"{label}*") for label in labels]
    assert n_looks(lines, "color", "linestyle", "marker") == [4, 4, 4]
    assert legend(ax) == list(labels)


def test_names_may_be_left_to_the_panel_beside(ax):
    plots.responses(ax, {"plain": [1.0, 2.0]}, names=False)
    assert ax.get_legend() is None


def test_a_step_that_is_not_finite_leaves_a_gap(ax):
    plots.responses(ax, {"plain": [1.0, np.inf, np.nan, 2.0]})
    seen = np.isfinite(curve(ax, "plain*").get_ydata())
    np.testing.assert_array_equal(seen, [True, False, False, True])


def test_the_mark_and_the_words_say_when_the_true_sign_is_back(ax):
    plots.spike_recovery(ax, {"slow": RECOVERING, "fast": AT_ONCE}, spike_at=1)
    assert legend(ax) == ["slow:\ntrue sign after 3 steps", "fast:\ntrue sign after 1 step"]
    for label, at in (("slow", 4), ("fast", 2)):
        assert curve(ax, f"{label}*").get_markevery() == [at]
    assert curve(ax, "slow*").get_marker() != curve(ax, "fast*").get_marker()


def test_a_sign_that_is_not_regained_has_words_and_no_mark(ax):
    plots.spike_recovery(ax, {"lost": [1.0, 9.0, 8.0]}, spike_at=1)
    assert legend(ax) == ["lost:\ntrue sign not regained"]
    assert curve(ax, "lost*").get_markevery() == []


def test_the_spike_is_marked_at_its_step(ax):
    plots.spike_recovery(ax, {"slow": RECOVERING}, spike_at=1)
    assert [1, 1] in [list(line.get_xdata()) for line in ax.lines]
    assert ax.texts[0].get_text() == "spike"
    assert ax.texts[0].xy[0] == 1


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=20), st.data(), st.sampled_from([-1, 1]))
def test_from_the_mark_on_every_step_has_the_true_sign_and_the_one_before_has_not(
    steps, data, sign
):
    spike_at = data.draw(st.integers(0, len(steps) - 2))
    n_steps, signs = steps_to_sign(np.array(steps), spike_at, sign), np.sign(steps)
    if n_steps is None:
        assert signs[-1] != sign
    else:
        assert np.all(signs[spike_at + n_steps :] == sign)
        assert n_steps == 1 or signs[spike_at + n_steps - 1] != sign
