from itertools import pairwise

import numpy as np
import pytest

from course_lib.activations import centered_sigmoid, relu, sigmoid, tanh
from course_lib.diagnostics import backward_norms, growth_per_layer
from course_lib.initializers import normal
from course_lib.meanfield import (
    chi_1,
    gaussian_mean,
    growth_rate,
    variance_fixed_point,
    variance_map,
)
from course_lib.mlp import MLP

SMOOTH = [sigmoid, tanh, centered_sigmoid]
SCALES = [0.1, 0.5, 0.99, 1.0001, 1.5, 4.0, 10.149, 16.0, 32.0, 64.0]
by_name = pytest.mark.parametrize("activation", SMOOTH, ids=lambda a: a.name)


def adaptive_mean(f, q):
    """E[f(√q ξ)] by adaptive quadrature, in pieces that bracket the needle at 0."""
    from scipy.integrate import quad  # slow to import: not while tests are collected

    width = 1 / np.sqrt(q)
    inner = {sign * k * width for k in (1, 3, 10, 30) for sign in (-1, 1)}
    edges = sorted({-14.0, 0.0, 14.0} | {x for x in inner if abs(x) < 14})

    def integrand(z):
        return f(np.sqrt(q) * z) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    pieces = pairwise(edges)
    return sum(quad(integrand, a, b, epsabs=0, epsrel=1e-10, limit=200)[0] for a, b in pieces)


@by_name
@pytest.mark.parametrize("sigma_w", SCALES)
@pytest.mark.parametrize("sigma_b", [0.0, 0.05])
def test_fixed_point_and_chi_1_agree_with_adaptive_quadrature(activation, sigma_w, sigma_b):
    q = variance_fixed_point(activation, sigma_w, sigma_b)
    slope = chi_1(activation, sigma_w, sigma_b)
    if q == 0:
        assert slope == pytest.approx((sigma_w * activation.derivative(0.0)) ** 2, rel=1e-12)
        return
    mapped = sigma_w**2 * adaptive_mean(lambda z: activation(z) ** 2, q) + sigma_b**2
    assert mapped == pytest.approx(q, rel=1e-6)
    expected = sigma_w**2 * adaptive_mean(lambda z: activation.derivative(z) ** 2, q)
    assert slope == pytest.approx(expected, rel=1e-6)


@by_name
def test_iterating_the_map_leads_to_the_fixed_point(activation):
    q = 1.0
    for _ in range(200):
        q = variance_map(q, activation, 2.5, 0.3)
    assert q == pytest.approx(variance_fixed_point(activation, 2.5, 0.3), rel=1e-10)


def test_moments_of_the_normal_distribution():
    q = np.array([0.0, 0.25, 1e6])
    assert gaussian_mean(np.square, q) == pytest.approx(q, rel=1e-12)
    assert gaussian_mean(lambda z: z**4, q) == pytest.approx(3 * q**2, rel=1e-10)


def test_half_of_the_mass_of_a_step_lies_on_either_side():
    assert gaussian_mean(relu.derivative, 1.0) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(
    ("activation", "edge"), [(sigmoid, 10.149), (tanh, 1.0), (centered_sigmoid, 4.0)]
)
def test_the_edge_of_explosion_lies_where_the_course_says(activation, edge):
    assert chi_1(activation, 0.999 * edge) < 1 < chi_1(activation, 1.001 * edge)


def test_relu_is_known_in_closed_form():
    assert chi_1(relu, 2.0) == 2.0
    assert variance_fixed_point(relu, 1.0, 0.5) == pytest.approx(0.5)
    q = variance_fixed_point(relu, 1.2, 0.5)
    assert variance_map(q, relu, 1.2, 0.5) == pytest.approx(q, rel=1e-6)
    assert variance_fixed_point(relu, 1.5, 0.0) == np.inf
    assert variance_fixed_point(relu, np.sqrt(2), 0.1) == np.inf
    assert variance_fixed_point(relu, np.sqrt(2), 0.0) == 1.0
    assert variance_fixed_point(relu, 1.0, 0.0) == 0.0


def test_the_correction_for_finite_width_vanishes_with_the_width():
    wide, narrow = (growth_rate(sigmoid, 16, width=n) for n in (10**9, 64))
    limit = growth_rate(sigmoid, 16)
    assert wide == pytest.approx(limit, abs=1e-8)
    assert narrow < wide


def test_relus_correction_is_that_of_a_fair_coin_per_unit():
    # φ' is 0 or 1 with equal chances: κ = 2, and (3·2 - 1)/(4 N ln 10)
    gap = growth_rate(relu, 2.0) - growth_rate(relu, 2.0, width=100)
    assert gap == pytest.approx(5 / (400 * np.log(10)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: chi_1(sigmoid, -1), "sigma_w must be a finite number >= 0, got -1"),
        (lambda: chi_1(relu, 1, np.nan), "sigma_b must be a finite number >= 0, got nan"),
        (lambda: variance_map(-0.1, tanh, 1), "q must be >= 0, got -0.1"),
        (lambda: growth_rate(tanh, 0), "sigma_w must be a finite number > 0, got 0"),
        (lambda: growth_rate(tanh, 1.5, width=0), "width must be a whole number >= 1, got 0"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("sigma_w", [4.004, 4.04, 4.4, 5.0, 20.0])
def test_a_centered_sigmoid_is_a_tanh_at_a_quarter_of_the_scale(sigma_w):
    # σ(z) - ½ = ½ tanh(z/2): with z = 2u the same net in u, at a quarter of the scale
    q = variance_fixed_point(centered_sigmoid, sigma_w)
    assert q == pytest.approx(4 * variance_fixed_point(tanh, sigma_w / 4), rel=1e-9)
    assert chi_1(centered_sigmoid, sigma_w) == pytest.approx(chi_1(tanh, sigma_w / 4), rel=1e-9)


@pytest.mark.parametrize("sigma_w", [0.5, 1.0, 1.4, 2.0])
def test_relus_slopes_average_alike_at_every_variance(sigma_w):
    q = variance_fixed_point(relu, sigma_w)
    mean = gaussian_mean(lambda z: relu.derivative(z) ** 2, q)
    assert sigma_w**2 * mean == pytest.approx(chi_1(relu, sigma_w))


@pytest.mark.parametrize(
    ("activation", "sigma_w", "sigma_b", "width", "depth", "n_nets"),
    [
        (sigmoid, 1.0, 0.0, 128, 30, 20),
        (sigmoid, 4.0, 0.0, 128, 30, 20),
        (sigmoid, 16.0, 0.0, 128, 50, 20),
        (tanh, 1.5, 0.05, 128, 50, 20),
        (relu, 2.0, 0.0, 128, 30, 20),
    ],
)
def test_corrected_prediction_and_measurement_agree(
    activation, sigma_w, sigma_b, width, depth, n_nets
):
    model, rng, slopes = MLP([width] * (depth + 1), activation), np.random.default_rng(0), []
    for _ in range(0, n_nets, 4):  # four at a time, to spare memory
        theta = model.init(rng, normal(sigma_w, sigma_b), shape=(4,))
        norms = backward_norms(model, theta, *rng.standard_normal((2, 4, 1, width)))
        slopes.extend(np.log10(growth_per_layer(norms[:, 5:-5])))
    predicted = growth_rate(activation, sigma_w, sigma_b, width=width)
    error = np.std(slopes, ddof=1) / np.sqrt(n_nets)
    assert abs(np.mean(slopes) - predicted) < max(0.05 * abs(predicted), 3 * error)


@pytest.mark.parametrize("sigma_w", [2e3, 1e5, 1e9])
def test_chi_1_is_right_where_the_slope_is_a_needle(sigma_w):
    # ∫ sech⁴(s z) dz = 4/(3 s), and q* = σ_w² but for the share of z near 0
    expected = sigma_w * 4 / 3 / np.sqrt(2 * np.pi)
    assert chi_1(tanh, sigma_w) == pytest.approx(expected, rel=1 / sigma_w)


def test_wide_and_narrow_variances_side_by_side_are_each_by_itself():
    q = np.array([[0.5, 1e11], [1e12, 3.0]])
    means = gaussian_mean(lambda z: tanh.derivative(z) ** 2, q)
    for i in np.ndindex(2, 2):
        one = gaussian_mean(lambda z: tanh.derivative(z) ** 2, q[i])
        assert means[i] == pytest.approx(one, rel=1e-12)


def test_a_negative_variance_is_named():
    with pytest.raises(ValueError, match=r"q must be >= 0, got -1"):
        gaussian_mean(np.cos, -1.0)
