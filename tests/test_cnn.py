import autograd.numpy as anp
import numpy as np
import pytest
from oracles import assert_gradient_is_autograds

from course_lib.cnn import CNN, image_patches, max_pool, max_pool_backward
from course_lib.gradcheck import check_gradient, numerical_gradient
from course_lib.initializers import normal


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def problem(rng, image_shape=(8, 8), n_filters=3, n_classes=4):
    model = CNN(image_shape, n_filters, n_classes)
    theta = model.init(rng, normal(sigma_w=2.0, sigma_b=0.5))
    x = rng.standard_normal((6, *image_shape))
    return model, theta, x, rng.integers(n_classes, size=6)


def output_in_autograd(model, take, x):
    """Pixel by pixel, without patches."""
    (rows, columns), n = model.image_shape, model.n_filters
    filters, bias = take(n, 3, 3), take(n)

    def unit(i, j):
        seen = x[:, None, i : i + 3, j : j + 3]
        return anp.maximum(anp.sum(seen * filters, axis=(2, 3)) + bias, 0.0)

    features = []
    for i in range(0, (rows - 2) // 2 * 2, 2):
        for j in range(0, (columns - 2) // 2 * 2, 2):
            pool = [unit(i, j), unit(i, j + 1), unit(i + 1, j), unit(i + 1, j + 1)]
            features.append(anp.max(anp.stack(pool), axis=0))
    features = anp.concatenate(features, axis=1)
    w, b = take(model.n_classes, features.shape[1]), take(model.n_classes)
    return anp.dot(features, w.T) + b


@pytest.mark.parametrize("image_shape", [(8, 8), (7, 6), (4, 9)])
def test_gradient_agrees_with_autograd(rng, image_shape):
    assert_gradient_is_autograds(output_in_autograd, *problem(rng, image_shape))


@pytest.mark.parametrize("image_shape", [(8, 8), (7, 6)])
def test_gradient_agrees_with_pytorch(rng, torch, image_shape):
    model, theta, x, y = problem(rng, image_shape)
    loss, grad = model.loss_and_gradient(theta, x, y)
    filters, filter_b, w, b = (
        torch.tensor(v.copy(), requires_grad=True) for v in model.unpack(theta)
    )
    functional = torch.nn.functional
    a = functional.conv2d(torch.tensor(x)[:, None], filters[:, None], filter_b)
    a = functional.max_pool2d(torch.relu(a), 2).permute(0, 2, 3, 1).flatten(1)
    expected = functional.cross_entropy(functional.linear(a, w, b), torch.tensor(y))
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    for ours, theirs in zip(model.unpack(grad), (filters, filter_b, w, b), strict=True):
        assert ours == pytest.approx(theirs.grad.numpy(), abs=1e-13)


def test_blank_images_give_each_pool_one_largest_entry(rng):
    # every patch is alike: all four entries of a pool are equal, and count once
    model, theta, x, y = problem(rng)
    model.unpack(theta).filter_b[...] = 0.3
    check = check_gradient(lambda t: model.loss_and_gradient(t, 0 * x, y), theta, rng)
    assert check.relative_error < 1e-7


def test_flat_images_and_images_with_rows_are_the_same(rng):
    model, theta, x, y = problem(rng, (7, 6))
    loss, grad = model.loss_and_gradient(theta, x, y)
    flat_loss, flat_grad = model.loss_and_gradient(theta, x.reshape(6, 42), y)
    assert flat_loss == loss and np.array_equal(flat_grad, grad)
    assert np.array_equal(model.forward(theta, x), model.forward(theta, x.reshape(6, 42)))


def test_patches_are_what_a_filter_sees_at_each_place(rng):
    images = rng.standard_normal((2, 5, 6))
    patches = image_patches(images)
    assert patches.shape == (2, 3, 4, 9)
    for i, j in np.ndindex(3, 4):
        assert np.array_equal(patches[:, i, j], images[:, i : i + 3, j : j + 3].reshape(2, 9))


def test_a_pool_keeps_its_largest_entry_and_says_which():
    a = np.array([[1.0, 2, 9], [4, 3, 9], [9, 9, 9]])[..., None]
    pooled, chosen = max_pool(a)
    assert pooled.ravel() == [4] and chosen.ravel() == [2]


def test_pooling_backward_agrees_with_differences(rng):
    a, weights = rng.standard_normal((2, 5, 6, 3)), rng.standard_normal((2, 2, 3, 3))
    grad = max_pool_backward(weights, max_pool(a)[1], (5, 6))
    expected = numerical_gradient(lambda v: (max_pool(v)[0] * weights).sum(), a)
    assert grad == pytest.approx(expected, abs=1e-9)


def test_parameters_are_drawn_by_he_unless_told_otherwise():
    model = CNN(n_filters=400)
    views = model.unpack(model.init(np.random.default_rng(0)))
    assert views.filters.std() == pytest.approx(np.sqrt(2 / 9), rel=0.05)
    assert views.w.std() == pytest.approx(np.sqrt(2 / 3600), rel=0.05)
    assert not views.filter_b.any() and not views.b.any()


def test_bad_arguments_are_named_with_what_was_expected(rng):
    with pytest.raises(ValueError, match=r"every entry of image_shape must be .* >= 4, got 3"):
        CNN((8, 3))
    with pytest.raises(ValueError, match=r"image_shape must be \(rows, columns\), got \(8,\)"):
        CNN((8,))
    with pytest.raises(ValueError, match="n_filters must be a whole number >= 1, got 0"):
        CNN(n_filters=0)
    model, theta, x, _ = problem(rng)
    with pytest.raises(ValueError, match=r"or \(..., n_batch, 8, 8\), got \(6, 63\)"):
        model.forward(theta, x.reshape(6, 64)[:, 1:])
