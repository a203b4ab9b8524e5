import numpy as np
import pytest

from course_lib.gradcheck import check_gradient
from course_lib.optimizers import scale
from course_lib.stability import largest_stable_lr, quadratic
from course_lib.training import train

each_seed = pytest.mark.parametrize("seed", range(5))


def bowl(seed, n=4):
    """Return a positive definite Hessian and its eigenvalues, rising."""
    rng = np.random.default_rng(seed)
    curvatures = np.sort(rng.uniform(0.5, 5.0, size=n))
    directions, _ = np.linalg.qr(rng.normal(size=(n, n)))
    return (directions * curvatures) @ directions.T, curvatures


def distance_after(hessian, lr, n_steps=400):
    """Return how far gradient descent is from the minimum, from θ = (1, 1, ...)."""
    loss_and_gradient = quadratic(hessian)
    theta = np.ones(len(hessian))
    for _ in range(n_steps):
        theta = theta - lr * loss_and_gradient(theta)[1]
    return np.linalg.norm(theta)


@each_seed
def test_the_limit_is_two_over_the_largest_curvature(seed):
    hessian, curvatures = bowl(seed)
    assert largest_stable_lr(hessian) == pytest.approx(2 / curvatures[-1], rel=1e-12)


@each_seed
def test_below_the_limit_descent_converges_and_above_it_diverges(seed):
    hessian, _ = bowl(seed)
    limit = largest_stable_lr(hessian)
    assert distance_after(hessian, 0.98 * limit) < 1e-3
    assert distance_after(hessian, 1.02 * limit) > 1e3


def test_at_the_limit_itself_the_steepest_direction_neither_shrinks_nor_grows():
    hessian = np.diag([1.0, 10.0])
    assert distance_after(hessian, largest_stable_lr(hessian)) == pytest.approx(1)


@each_seed
def test_negative_curvature_has_no_say(seed):
    hessian, curvatures = bowl(seed)
    directions = np.linalg.eigh(hessian)[1]
    curvatures[0] = -100
    mixed = (directions * curvatures) @ directions.T
    assert largest_stable_lr(mixed) == pytest.approx(2 / curvatures[-1], rel=1e-9)


@pytest.mark.parametrize(
    "hessian", [[[-1.0]], [[0.0]], np.zeros((3, 3)), -np.eye(2), np.diag([-2, 0])]
)
def test_without_positive_curvature_there_is_no_limit(hessian):
    assert largest_stable_lr(hessian) == np.inf


def test_a_curvature_that_is_only_rounding_is_none():
    direction = np.array([0.1, 0.2, 0.3]) / np.sqrt(0.14)
    assert largest_stable_lr(-np.outer(direction, direction)) == np.inf


def test_a_steeper_bowl_has_a_smaller_limit_in_proportion():
    hessian, _ = bowl(7)
    assert largest_stable_lr(8 * hessian) == pytest.approx(largest_stable_lr(hessian) / 8)


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_other_numbers_than_float64_are_numbers_too(dtype):
    assert largest_stable_lr(np.array([[2, 1], [1, 2]], dtype)) == pytest.approx(2 / 3)


@each_seed
def test_the_gradient_of_the_quadratic_is_its_slope(seed):
    hessian, _ = bowl(seed)
    rng = np.random.default_rng(seed)
    assert check_gradient(quadratic(hessian), rng.normal(size=4), rng).relative_error < 1e-8


def test_the_quadratic_takes_many_points_at_once():
    hessian, _ = bowl(1)
    theta = np.random.default_rng(2).normal(size=(3, 2, 4))
    loss, grad = quadratic(hessian)(theta)
    single_loss, single_grad = quadratic(hessian)(theta[1, 0])
    assert loss.shape == (3, 2)
    assert loss[1, 0] == pytest.approx(single_loss)
    np.testing.assert_allclose(grad[1, 0], single_grad, rtol=1e-12)


def test_the_quadratic_can_be_trained():
    class Bowl:
        n_params = 2
        loss_and_gradient = staticmethod(quadratic(np.diag([1.0, 4.0])))

    data = np.zeros((1, 1))
    history = train(Bowl(), np.ones(2), data, data, scale(-0.3), 50, progress=False)
    assert history.loss[0] == pytest.approx(2.5)
    assert history.loss[-1] < 1e-12


@pytest.mark.parametrize("function", [largest_stable_lr, quadratic])
@pytest.mark.parametrize(
    ("hessian", "message"),
    [
        (np.ones((2, 3)), r"hessian must have shape \(n, n\), got \(2, 3\)"),
        (np.ones(4), r"hessian must have shape \(n, n\), got \(4,\)"),
        (np.ones((0, 0)), r"got \(0, 0\)"),
        ([[1.0, np.nan], [np.nan, 1.0]], "hessian must hold finite numbers"),
        ([[1.0, 2.0], [0.5, 1.0]], "hessian must be symmetric, got mirror entries 1.5 apart"),
    ],
)
def test_what_is_no_hessian_is_named(function, hessian, message):
    with pytest.raises(ValueError, match=message):
        function(hessian)
