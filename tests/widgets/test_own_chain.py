"""Laws of the spikes of lesson 12: curves are what the chains make, words count them."""

import re
from functools import partial

import numpy as np
import pytest

from course_lib.exercises.lesson_12.six_runs import mend_5
from course_lib.mlp import Layer
from course_lib.optimizers import accumulate_micro_batches, clip_by_layer_norm, scale
from course_lib.widgets import own_chain_widget
from course_lib.widgets.own_chain import gradients, steps_against
from course_lib.widgets.spike import clip_then_momentum, momentum_then_clip

make = partial(own_chain_widget, mend_5)


@pytest.mark.parametrize(("spike", "period"), [(1000.0, 6), (1000.0, 60), (10.0, 20)])
def test_the_curves_are_those_of_both_orders_and_the_words_count_their_signs(
    widget, spike, period
):
    widget.move(spike=spike, period=period)
    g = gradients(spike, period)
    counted = map(int, re.search(r"in (\d+) .* and (\d+) ", widget.sentence).groups())
    orders = momentum_then_clip, clip_then_momentum
    for line, order, count in zip(widget.live.artists[1:], orders, counted, strict=True):
        np.testing.assert_allclose(line.get_ydata(), 0.03 * order(g, 0.9, 1.0), atol=1e-12)
        assert count == np.sum(line.get_ydata()[g < 0] < 0)


def test_spikes_come_at_the_third_step_and_regularly_from_there():
    np.testing.assert_array_equal(np.flatnonzero(gradients(7.0, 50) == 7), [2, 52, 102])


def test_a_chain_that_clips_by_layer_or_gathers_can_be_shown_too():
    layers = (Layer.at(0, 3, 1), Layer.at(4, 11, 1))  # a quarter and three quarters of 16
    links = clip_by_layer_norm(0.5, layers), scale(-1.0)
    np.testing.assert_allclose(
        steps_against(links, [4.0], 16), 0.5 * 0.25**0.5 + 0.5 * 0.75**0.5
    )
    links = accumulate_micro_batches(2), scale(-0.5)
    np.testing.assert_allclose(steps_against(links, [-1.0, -3.0], 16), [0, -1])
