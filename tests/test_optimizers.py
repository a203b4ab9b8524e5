import numpy as np
import pytest

from course_lib.optimizers import Transform, chain, scale, stateless

THETA = np.array([1.0, -2.0])
G = np.array([0.5, 3.0])


def counting():
    """A link that adds how many gradients it has seen before."""
    return Transform(init=lambda theta: 0, update=lambda g, n: (g + n, n + 1))


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
    updates = run(chain(counting(), scale(2.0), counting()), 3)
    for n, update in enumerate(updates):
        assert update == pytest.approx(2 * (G + n) + n)


def test_chains_are_links():
    nested, flat = (
        chain(chain(counting(), scale(2.0)), counting()),
        chain(counting(), scale(2.0), counting()),
    )
    for a, b in zip(run(nested, 3), run(flat, 3), strict=True):
        assert np.array_equal(a, b)


def test_an_old_state_can_be_used_again():
    optimizer = chain(counting(), scale(-1.0))
    state = optimizer.init(THETA)
    first, _ = optimizer.update(G, state)
    again, _ = optimizer.update(G, state)
    assert np.array_equal(first, again)


def test_scale_keeps_float32_and_the_gradient():
    g = G.astype(np.float32)
    update, _ = scale(np.float64(-0.1)).update(g, ())
    assert update.dtype == np.float32
    assert np.array_equal(g, G)


@pytest.mark.parametrize("factor", [np.nan, np.inf, "1", None, [1.0]])
def test_scale_names_a_bad_factor(factor):
    with pytest.raises(ValueError, match="factor must be a finite number, got"):
        scale(factor)


def test_chain_names_a_bad_link():
    with pytest.raises(TypeError, match=r"links\[1\] must be a Transform, got 0.1"):
        chain(scale(1.0), 0.1)
    with pytest.raises(ValueError, match="the number of links must be a whole number >= 1"):
        chain()
