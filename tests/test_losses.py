import numpy as np
import pytest

from course_lib.gradcheck import numerical_gradient
from course_lib.losses import mse, softmax_cross_entropy

RNG = np.random.default_rng(1)
OUTPUT = RNG.standard_normal((6, 4))
CASES = {
    "mse": (mse, RNG.standard_normal((6, 4))),
    "cross-entropy": (softmax_cross_entropy, RNG.integers(4, size=6)),
}


@pytest.mark.parametrize(("loss", "y"), CASES.values(), ids=CASES)
def test_gradient_agrees_with_differences(loss, y):
    _, gradient = loss(OUTPUT, y)
    measured = numerical_gradient(lambda output: loss(output, y)[0], OUTPUT)
    assert gradient == pytest.approx(measured, abs=1e-9)


@pytest.mark.parametrize(("loss", "y"), CASES.values(), ids=CASES)
def test_leading_axes_are_whole_networks(loss, y):
    many = np.stack([OUTPUT, 2 * OUTPUT])
    values, gradients = loss(many, y)
    for i, output in enumerate(many):
        value, gradient = loss(output, y)
        assert values[i] == pytest.approx(value)
        assert gradients[i] == pytest.approx(gradient)


@pytest.mark.parametrize(("loss", "y"), CASES.values(), ids=CASES)
def test_float32_stays_float32(loss, y):
    value, gradient = loss(OUTPUT.astype(np.float32), y)
    assert value.dtype == gradient.dtype == np.float32


def test_mse_of_a_perfect_output_is_zero():
    value, gradient = mse(OUTPUT, OUTPUT)
    assert value == 0 and not gradient.any()


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    value, _ = softmax_cross_entropy(np.zeros((3, 10)), np.array([0, 5, 9]))
    assert value == pytest.approx(np.log(10))


def test_a_constant_added_to_the_logits_changes_nothing():
    y = CASES["cross-entropy"][1]
    near = softmax_cross_entropy(OUTPUT, y)
    with np.errstate(all="raise"):
        far = softmax_cross_entropy(OUTPUT + 1e4, y)
    assert far[0] == pytest.approx(near[0], rel=1e-10)
    assert far[1] == pytest.approx(near[1], abs=1e-10)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0.0] * 6, "labels must be integers, got an array of float64"),
        ([0] * 5, r"labels must have shape \(..., 6\), got \(5,\)"),
        ([0, 1, 2, 3, 4, 0], r"labels must lie in 0..3, got 0..4"),
    ],
)
def test_bad_labels_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(OUTPUT, labels)


def test_mse_refuses_a_target_of_another_shape():
    # without the check, (6, 1) against (6, 4) would broadcast without a word
    with pytest.raises(ValueError, match="target must have shape"):
        mse(OUTPUT, np.zeros((6, 1)))
