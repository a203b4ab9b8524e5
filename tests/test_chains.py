from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.chains import Transform, chain, stateless
from course_lib.optimizers import momentum, scale

THETA, G = np.array([1.0, -2.0]), np.array([0.5, 3.0])
# adds how many gradients it has seen before
COUNTING = Transform(init=lambda theta: 0, update=lambda g, n: (g + n, n + 1))


def run(optimizer, n_steps):
    state, updates = optimizer.init(THETA), []
    for _ in range(n_steps):
        update, state = optimizer.update(G, state)
        updates.append(update)
    return updates


def test_links_act_from_left_to_right():
    first = run(chain(stateless(np.square), scale(-1)), 1)[0]
    last = run(chain(scale(-1), stateless(np.square)), 1)[0]
    assert np.array_equal(first, -(G**2)) and np.array_equal(last, G**2)


def test_every_link_keeps_its_own_state():
    updates = run(chain(COUNTING, scale(2.0), COUNTING), 3)
    for n, update in enumerate(updates):
        assert update == pytest.approx(2 * (G + n) + n)


def test_chains_are_links():
    nested = chain(chain(COUNTING, scale(2.0)), COUNTING)
    assert np.array_equal(run(nested, 3), run(chain(COUNTING, scale(2.0), COUNTING), 3))


def test_an_old_state_can_be_used_again():
    optimizer = chain(COUNTING, scale(-1.0))
    state = optimizer.init(THETA)
    first, _ = optimizer.update(G, state)
    again, _ = optimizer.update(G, state)
    assert np.array_equal(first, again)


def test_behind_a_link_that_passes_nothing_on_no_link_is_called_and_the_step_is_zero():
    silent = Transform(lambda theta: 0, lambda g, n: (None, n + 1))
    optimizer = chain(silent, COUNTING)
    update, state = optimizer.update(G.astype(np.float32), optimizer.init(THETA))
    assert update.dtype == np.float32 and not update.any() and state == (1, 0)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ((scale(1.0), 0.1), r"links\[1\] must be a link, .*, got 0.1"),
        ((momentum, scale(-1.0)), r"got the function momentum: call it, momentum\("),
        (([scale(-1.0)],), r"links\[0\] must be a link, .* got a list: chain\(\*links\)"),
        ((SimpleNamespace(update=abs),), r"links\[0\] must be a link"),
        ((), "the number of links must be a whole number >= 1"),
    ],
)
def test_a_bad_link_is_named(links, message):
    with pytest.raises((TypeError, ValueError), match=message):
        chain(*links)


def test_a_class_of_ones_own_with_init_and_update_is_a_link():
    class Halved:
        def init(self, theta):
            return 0

        def update(self, g, n):
            return g / 2, n + 1

    optimizer = chain(Halved(), scale(-1.0))
    update, state = optimizer.update(np.array([4.0]), optimizer.init(np.zeros(1)))
    assert (update, state[0]) == (-2.0, 1)
