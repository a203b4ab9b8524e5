import numpy as np
import pytest
import sympy as sp

from course_lib import derivations
from course_lib.activations import sigmoid


@pytest.mark.parametrize(
    "identity",
    [
        derivations.sigmoid_derivative,
        derivations.sigmoid_slope_bound,
        derivations.tanh_from_sigmoid,
    ],
)
def test_sympy_shows_the_identity(identity):
    assert derivations.holds(identity())


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_sympy_shows_that_the_derivative_of_a_chain_is_a_product(depth):
    assert derivations.holds(derivations.chain_derivative(depth))


def test_a_false_identity_does_not_hold():
    slope = derivations.sigmoid_derivative().lhs
    assert not derivations.holds(sp.Eq(slope, derivations.z * (1 - derivations.z)))
    assert not derivations.holds(sp.Eq(sp.Integer(1), sp.Integer(2)))


def test_a_deep_chain_agrees_with_numbers():
    depth = 6
    equation = derivations.chain_derivative(depth)
    weights = np.linspace(-2, 3, depth)
    values = {
        derivations.x: 0.7,
        **dict(zip(derivations.chain_weights(depth), weights, strict=True)),
    }
    a, product = 0.7, 1.0
    for w in weights:
        product *= w * sigmoid.derivative(w * a)
        a = sigmoid(w * a)
    assert float(equation.lhs.subs(values)) == pytest.approx(product, rel=1e-10)
    assert float(equation.rhs.subs(values)) == pytest.approx(product, rel=1e-10)
    assert float(derivations.chain_output(depth).subs(values)) == pytest.approx(a, rel=1e-10)


@pytest.mark.parametrize("depth", [2.5, -1, "3"])
def test_a_bad_depth_is_named(depth):
    with pytest.raises(ValueError, match="depth must be a whole number >= 0, got"):
        derivations.chain_derivative(depth)
