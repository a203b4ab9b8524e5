"""Laws of the modes: what the formulas say is what the links do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.optimizers import chain, ema, momentum, nesterov, scale
from course_lib.widgets.modes import METHODS, growth_factor, largest_stable

LINKS = {"momentum": momentum, "EMA": ema, "Nesterov": nesterov}
methods = st.sampled_from(METHODS)
gammas = st.floats(0, 0.95)
each_method = pytest.mark.parametrize("method", METHODS)


def step_matrix(method, a, gamma):
    """Return the linear map of (θ, v) that one update of the links is, at η = 1, λ = a."""
    link = LINKS[method](gamma) if method in LINKS else scale(1.0)
    optimizer, columns = chain(link, scale(-1.0)), []
    for theta, v in np.eye(2):
        state = (np.array(v), ()) if method in LINKS else ((), ())
        update, state = optimizer.update(np.array(a * theta), state)
        columns.append([theta + update, state[0] if method in LINKS else 0.0])
    return np.array(columns).T


@given(methods, st.floats(0.01, 50), gammas)
def test_the_growth_factor_is_the_largest_eigenvalue_of_what_the_links_do(method, a, gamma):
    eigenvalues = np.linalg.eigvals(step_matrix(method, a, gamma))
    # next to a double eigenvalue rounding counts by its square root
    assert growth_factor(method, a, gamma) == pytest.approx(abs(eigenvalues).max(), abs=1e-6)


@given(methods, gammas, st.floats(0.01, 0.99))
def test_below_the_limit_every_mode_shrinks_and_above_it_grows(method, gamma, share):
    limit = largest_stable(method, gamma)
    assert growth_factor(method, share * limit, gamma) < 1
    assert growth_factor(method, limit, gamma) == pytest.approx(1)
    assert growth_factor(method, limit / share, gamma) > 1


@each_method
def test_without_momentum_every_method_is_gradient_descent(method):
    assert largest_stable(method, 0.0) == 2
    for a in (0.3, 1.0, 2.5):
        assert growth_factor(method, a, 0.0) == pytest.approx(abs(1 - a))


@each_method
def test_the_limits_of_many_gammas_come_at_once(method):
    gammas = np.array([0.0, 0.5, 0.9])
    expected = [largest_stable(method, gamma) for gamma in gammas]
    np.testing.assert_array_equal(largest_stable(method, gammas), expected)


def test_at_gamma_0_9_the_limits_are_the_known_ones():
    found = [largest_stable(method, 0.9) for method in METHODS]
    np.testing.assert_allclose(found, [3.8, 38, 3.8 / 2.8, 2])
