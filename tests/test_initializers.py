import numpy as np
import pytest

from course_lib.initializers import centered, glorot, he, normal, orthogonal

FAN_OUT, FAN_IN = 300, 400


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("initializer", "variance_w", "variance_b"),
    [
        (normal(sigma_w=1.5, sigma_b=0.3), 1.5**2 / FAN_IN, 0.3**2),
        (glorot(), 2 / (FAN_IN + FAN_OUT), 0.0),
        (he(), 2 / FAN_IN, 0.0),
    ],
    ids=["normal", "glorot", "he"],
)
def test_variance_is_the_stated_one(rng, initializer, variance_w, variance_b):
    w, b = initializer(rng, (20, FAN_OUT, FAN_IN))
    # relative standard error of a variance is sqrt(2/n): five of them
    assert w.var() == pytest.approx(variance_w, rel=5 * np.sqrt(2 / w.size))
    assert b.var() == pytest.approx(variance_b, rel=5 * np.sqrt(2 / b.size))
    assert abs(w.mean()) < 5 * np.sqrt(variance_w / w.size)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (4, 6, 6)])
def test_orthogonal_has_one_singular_value(rng, shape):
    w, b = orthogonal(gain=1.7)(rng, shape)
    assert w.shape == shape and b.shape == shape[:-1]
    assert np.linalg.svd(w, compute_uv=False) == pytest.approx(1.7)


def test_orthogonal_is_not_biased_by_the_factorization(rng):
    # with QR's own signs the diagonal is mostly negative
    w, _ = orthogonal()(rng, (2000, 3, 3))
    assert abs(w.mean(axis=0)).max() < 5 / np.sqrt(3 * 2000)


def test_centered_biases_take_off_the_mean_activation(rng):
    w, b = centered(normal(sigma_w=4.0))(rng, (FAN_OUT, FAN_IN), index=1)
    assert w @ np.full(FAN_IN, 0.5) + b == pytest.approx(np.zeros(FAN_OUT), abs=1e-12)


def test_centered_leaves_the_first_layer_alone(rng):
    _, b = centered(normal(sigma_w=4.0))(rng, (FAN_OUT, FAN_IN), index=0)
    assert not b.any()


def test_equal_seeds_give_proportional_weights_at_every_scale():
    draws = [normal(s)(np.random.default_rng(3), (4, 5))[0] for s in (1.0, 8.0)]
    assert 8 * draws[0] == pytest.approx(draws[1])


@pytest.mark.parametrize("make", [normal, orthogonal])
@pytest.mark.parametrize("value", [-1.0, np.nan, "2", None, True])
def test_bad_scale_is_named_with_its_value(make, value):
    with pytest.raises(ValueError, match=r"(sigma_w|gain) must be .* got"):
        make(value)


@pytest.mark.parametrize("center", [None, "0.5", np.nan, 1j])
def test_a_bad_center_is_named(center):
    with pytest.raises(ValueError, match="center must be a finite number, got"):
        centered(normal(1.0), center)
