"""Laws of the live run: it is the course's own training, and its words are its numbers."""

import re

import numpy as np
import pytest

from course_lib.widgets import training_run_widget

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
