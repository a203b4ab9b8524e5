"""Laws of the live run: it is the course's own training, and its words are its numbers."""

import re

import numpy as np
import pytest

from course_lib.optimizers import chain, clip_by_global_norm, momentum, record, scale
from course_lib.widgets import training_run_widget
from course_lib.widgets.training_run import _MODEL as MODEL
from course_lib.widgets.training_run import Trainings

make = training_run_widget


@pytest.mark.parametrize(
    ("lr", "threshold", "verdict"),
    [
        (2.0, 0.2, "it learns"),
        (2.0, 3.2, "it does not learn"),  # hardly a gradient is clipped
        (0.5, 3.2, "it learns"),
        (0.5, 0.05, "it does not learn"),  # too short, these steps
        (8.0, 0.4, "it does not learn"),
    ],
)
def test_words_and_curves_are_those_of_a_run_that_turns_out_as_the_lesson_says(
    widget, lr, threshold, verdict
):
    widget.move(lr=lr, threshold=threshold)
    losses, norms, limit = (np.array(artist.get_ydata()) for artist in widget.live.artists)
    pattern = r"(\d+) of 100 gradients .* loss of (\S+), .* reads (\d+) %"
    clipped, loss, read = map(float, re.search(pattern, widget.sentence).groups())
    assert clipped == np.sum(norms > threshold)
    assert loss == pytest.approx(losses[-20:].mean(), abs=0.005)
    assert set(limit) == {threshold}
    assert widget.sentence.endswith(f"{verdict}.")
    assert (read > 50) == (verdict == "it learns")


@pytest.fixture
def trainings():
    return Trainings(np.random.default_rng(0), [0.5, 1.0, 2.0], [0.1, 0.4])


def test_a_run_among_others_is_the_courses_own_training(trainings):
    trainings.run(1.0, 0.4)
    losses, norms, _ = trainings.run(2.0, 0.4)  # with all rates at this threshold
    theta, log = trainings.theta, []
    link = chain(record(log), clip_by_global_norm(0.4), momentum(0.9), scale(-2.0))
    state = link.init(theta)
    for batch, loss in zip(trainings.batches, losses, strict=True):
        x, y = trainings.digits.x_train[batch], trainings.digits.y_train[batch]
        own_loss, g = MODEL.loss_and_gradient(theta, x, y)
        assert loss == pytest.approx(own_loss, rel=1e-4)
        update, state = link.update(g, state)
        theta = theta + update
    assert norms == pytest.approx(np.array(log), rel=1e-4)


def test_what_lies_on_the_way_of_a_slider_is_trained_at_once_and_is_the_same(trainings):
    seen, alone = [], trainings.run(0.5, 0.1)
    trained = trainings._train
    trainings._train = lambda settings: seen.append(len(settings)) or trained(settings)
    walk = [(1.0, 0.1), (2.0, 0.1), (2.0, 0.4), (2.0, 0.1), (0.7, 0.1), (0.5, 0.1)]
    last = [trainings.run(*setting) for setting in walk][-1]
    assert seen == [3, 2, 1]  # the rates, the thresholds, and a number that was typed
    for value, expected in zip(last, alone, strict=True):
        np.testing.assert_array_equal(value, expected)
