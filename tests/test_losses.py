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
        ([0, 1, -1, 3, 2, 0], r"labels must lie in 0..3, got -1..3"),
    ],
)
def test_bad_labels_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(OUTPUT, labels)


def test_mse_refuses_a_target_of_another_shape():
    # without the check, (6, 1) against (6, 4) would broadcast without a word
    with pytest.raises(ValueError, match="target must have shape"):
        mse(OUTPUT, np.zeros((6, 1)))


def test_each_row_has_a_shift_of_its_own():
    # shifted by the largest logit of the batch, a row far below it would lose its probabilities
    y = CASES["cross-entropy"][1]
    shifts = np.array([-2e4, -1e3, 0.0, 1e3, 2e4, 3e4])[:, None]
    with np.errstate(all="raise"):
        value, gradient = softmax_cross_entropy(OUTPUT + shifts, y)
    expected = softmax_cross_entropy(OUTPUT, y)
    assert value == pytest.approx(expected[0], rel=1e-10)
    assert gradient == pytest.approx(expected[1], abs=1e-10)


def test_logits_far_apart_cost_their_distance():
    # shifted by the row's least logit, exp would overflow
    with np.errstate(over="raise", invalid="raise"):
        value, gradient = softmax_cross_entropy(np.array([[0.0, 1e4], [0.0, 1e4]]), [0, 1])
    assert value == pytest.approx(1e4 / 2)
    assert gradient == pytest.approx(np.array([[-0.5, 0.5], [0.0, 0.0]]))


def test_an_impossible_class_takes_no_part():
    with np.errstate(all="raise"):
        value, gradient = softmax_cross_entropy([[0.0, 0.0, -np.inf]], [0])
    assert value == pytest.approx(np.log(2))
    assert gradient == pytest.approx(np.array([[-0.5, 0.5, 0.0]]))
    assert softmax_cross_entropy([[0.0, 0.0, -np.inf]], [2])[0] == np.inf


@pytest.mark.parametrize(("label", "expected"), [(0, 0.0), (1, np.inf)])
def test_float32_logits_of_any_size_have_a_cost_and_a_gradient(label, expected):
    with np.errstate(all="raise"):
        value, gradient = softmax_cross_entropy(np.array([[3e38, -3e38]], np.float32), [label])
    assert value == expected and value.dtype == np.float32
    assert gradient.tolist() == [[0.0, 0.0] if label == 0 else [1.0, -1.0]]


def test_mse_of_whole_numbers_and_lists():
    assert mse(np.array([[1, 2]]), [[0.5, 1.5]])[0] == 0.25
    assert mse([[1, 2]], np.array([[0, 0]]))[0] == 2.5


@pytest.mark.parametrize("loss", [mse, softmax_cross_entropy])
@pytest.mark.parametrize("output", [np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(3), 1.0])
def test_a_batch_without_examples_and_what_is_none_are_named(loss, output):
    with pytest.raises(ValueError, match=r"output must have shape \(\.\.\., n_batch >= 1"):
        loss(output, np.zeros(np.shape(output)[:-1], int))
