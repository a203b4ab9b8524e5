import numpy as np
import pytest

from course_lib.optimizers import Transform, chain, momentum, scale
from course_lib.schedules import warm_up

G = np.array([1.0, -4.0])


def factors(link, n_steps):
    """What a gradient of one is multiplied by, step after step."""
    state, seen = link.init(np.zeros(1)), []
    for _ in range(n_steps):
        update, state = link.update(np.ones(1), state)
        seen.append(update[0])
    return seen


def test_warm_up_rises_in_equal_steps_to_one_and_stays_there():
    assert factors(warm_up(4), 7) == [0.25, 0.5, 0.75, 1, 1, 1, 1]


def test_a_warm_up_of_one_step_changes_nothing():
    assert factors(warm_up(1), 3) == [1, 1, 1]


def test_after_the_last_step_of_the_warm_up_every_gradient_passes_unchanged():
    link, state = warm_up(3), 3
    update, _ = link.update(G, state)
    assert np.array_equal(update, G)


def test_warm_up_before_momentum_scales_what_is_accumulated_and_behind_it_the_step():
    before = factors(chain(warm_up(2), momentum(0.5), scale(-1.0)), 2)
    behind = factors(chain(momentum(0.5), warm_up(2), scale(-1.0)), 2)
    assert before == [-0.5, -1.25] and behind == [-0.5, -1.5]


def test_warm_up_is_a_link_that_changes_neither_gradient_nor_state():
    link, g = warm_up(10), G.astype(np.float32)
    assert isinstance(link, Transform)
    state = link.init(g)
    first, _ = link.update(g, state)
    again, _ = link.update(g, state)
    assert np.array_equal(first, again) and first.dtype == np.float32
    assert np.array_equal(g, G)


@pytest.mark.parametrize("n_steps", [0, -3, 2.5, None, True, "4"])
def test_a_bad_length_is_named(n_steps):
    with pytest.raises(ValueError, match="n_steps must be a whole number >= 1, got"):
        warm_up(n_steps)
