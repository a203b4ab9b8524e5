import numpy as np
import pytest

from course_lib.activations import sigmoid
from course_lib.gradcheck import check_gradient, numerical_gradient

RNG = np.random.default_rng(2)
THETA = RNG.standard_normal(7)


def wave(theta):
    return np.sin(theta).sum(), np.cos(theta)


def test_numerical_gradient_of_a_wave():
    measured = numerical_gradient(lambda theta: wave(theta)[0], THETA)
    assert measured == pytest.approx(np.cos(THETA), abs=1e-9)


def test_numerical_gradient_takes_any_shape_and_integers():
    theta = np.arange(6).reshape(2, 3)
    assert numerical_gradient(lambda t: (t**2).sum(), theta) == pytest.approx(
        2 * theta, abs=1e-8
    )
    assert numerical_gradient(np.sin, 0.0) == pytest.approx(1.0)


def test_numerical_gradient_leaves_theta_as_it_was():
    theta = THETA.copy()
    numerical_gradient(lambda t: (t**2).sum(), theta)
    assert np.array_equal(theta, THETA)


def test_a_right_gradient_agrees_and_a_wrong_one_does_not():
    right = check_gradient(wave, THETA, np.random.default_rng(0))
    assert right.relative_error < 1e-8
    wrong = check_gradient(
        lambda t: (wave(t)[0], 1.01 * wave(t)[1]), THETA, np.random.default_rng(0)
    )
    assert 1e-3 < wrong.relative_error < 0.1


def test_one_wrong_entry_among_many_is_found():
    theta = RNG.standard_normal(500)

    def one_entry_wrong(t):
        value, grad = wave(t)
        grad[123] += 0.5
        return value, grad

    assert (
        check_gradient(one_entry_wrong, theta, np.random.default_rng(0)).relative_error > 1e-3
    )


def test_the_report_shows_both_numbers():
    text = str(check_gradient(wave, THETA, np.random.default_rng(0), n_directions=2))
    assert text.count("derived") == text.count("measured") == 2


def test_the_error_is_relative_to_what_a_random_direction_sees_of_the_gradient():
    grad = np.array([2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # typical: 2/√9
    check = check_gradient(lambda t: (0.0, grad), np.zeros(9), np.random.default_rng(3))
    assert not check.numerical.any()
    assert check.relative_error == pytest.approx(np.abs(check.analytic).max() / (2 / 3))


def test_or_relative_to_the_largest_slope_that_was_measured():
    check = check_gradient(
        lambda t: (t.sum(), np.zeros_like(t)), np.zeros(9), np.random.default_rng(3)
    )
    assert not check.analytic.any() and np.ptp(np.abs(check.numerical)) > 0.1
    assert check.relative_error == pytest.approx(1)


def test_slopes_are_measured_along_unit_directions():
    theta, slopes = np.zeros(1), np.array([5.0])
    check = check_gradient(lambda t: (5.0 * t.sum(), slopes), theta, np.random.default_rng(3))
    assert np.abs(check.analytic) == pytest.approx(np.full(5, 5.0))
    assert check.numerical == pytest.approx(check.analytic)


@pytest.mark.parametrize("theta", [[1.0, 2.0], [1, 2], (1, 2), np.array([1, 2], np.uint8)])
def test_lists_and_whole_numbers_are_float64(theta):
    def f(t):
        return (t**3).sum()

    assert numerical_gradient(f, theta) == pytest.approx([3.0, 12.0], rel=1e-9)
    check = check_gradient(lambda t: (f(t), 3 * t**2), theta, np.random.default_rng(0))
    assert check.relative_error < 1e-9


@pytest.mark.parametrize("theta", [3.0, 3, np.float64(3), np.array(3)])
def test_one_number_is_measured_as_well_as_an_array(theta):
    assert numerical_gradient(lambda t: t**2, theta) == pytest.approx(6, rel=1e-9)


def test_a_zero_gradient_agrees():
    check = check_gradient(lambda t: (0.0, np.zeros_like(t)), THETA, np.random.default_rng(0))
    assert check.relative_error == 0


def test_bad_arguments_are_named():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"grad must have theta's shape \(7,\), got \(1,\)"):
        check_gradient(lambda t: (0.0, np.zeros(1)), THETA, rng)
    with pytest.raises(ValueError, match="step must be a finite number > 0, got 0"):
        numerical_gradient(sigmoid, THETA, step=0)
    for theta in (np.zeros((2, 3)), np.zeros(0), 1.0):
        with pytest.raises(ValueError, match=r"theta must have shape \(n_params >= 1,\), got"):
            check_gradient(wave, theta, rng)
    with pytest.raises(ValueError, match=r"f\(theta\) must be one number, got an .* \(7,\)"):
        numerical_gradient(sigmoid, THETA)
    with pytest.raises(ValueError, match="n_directions must be a whole number >= 1, got 0"):
        check_gradient(wave, THETA, rng, n_directions=0)
