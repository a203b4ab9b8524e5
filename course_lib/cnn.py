"""A small convolutional net: filters, ReLU, max-pooling, one dense layer.

A convolution is a dense layer that every patch of the image passes through: the patches are
rows, the filters are the rows of W, and the code reads ``z = patches @ filters.T + b``. (As in
the whole field, the filters are not flipped: strictly speaking it is a cross-correlation.)
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib._validation import in_precision_of, inexact, require_count
from course_lib.activations import relu
from course_lib.initializers import he
from course_lib.losses import softmax_cross_entropy
from course_lib.mlp import dense, dense_backward
from course_lib.nets import Net

FILTER_SIZE = 3
POOL_SIZE = 2


class CNNViews(NamedTuple):
    """The parameters of a `CNN` by name.

    Attributes
    ----------
    filters : ndarray, shape (..., n_filters, 3, 3)
        The filters.
    filter_b : ndarray, shape (..., n_filters)
        One bias a filter.
    w : ndarray, shape (..., n_classes, n_features)
        Weights of the dense layer.
    b : ndarray, shape (..., n_classes)
        Its biases.
    """

    filters: np.ndarray
    filter_b: np.ndarray
    w: np.ndarray
    b: np.ndarray


class CNNTrace(NamedTuple):
    """Everything a forward pass computed.

    Attributes
    ----------
    patches : ndarray, shape (..., n_batch · height · width, 9)
        The 3 × 3 pixels that each position of the filters sees.
    z : ndarray, shape (..., n_batch, height, width, n_filters)
        Pre-activations of the filters.
    chosen : ndarray of int, shape (..., n_batch, height // 2, width // 2, n_filters)
        Which of the four entries of each pool was the largest, from 0 to 3.
    features : ndarray, shape (..., n_batch, n_features)
        What the dense layer sees: the largest activation of each pool.
    logits : ndarray, shape (..., n_batch, n_classes)
        The output.
    """

    patches: np.ndarray
    z: np.ndarray
    chosen: np.ndarray
    features: np.ndarray
    logits: np.ndarray

    @property
    def output(self):
        """The logits."""
        return self.logits


def image_patches(images):
    """Return the 3 × 3 patches of images, every position at which a filter fits ("valid").

    Parameters
    ----------
    images : ndarray, shape (..., n_rows, n_columns)
        Gray values.

    Returns
    -------
    ndarray, shape (..., n_rows - 2, n_columns - 2, 9)
        Each patch row by row.
    """
    images = inexact(images, "images")
    if images.ndim < 2 or min(images.shape[-2:]) < FILTER_SIZE:
        raise ValueError(
            f"images must have shape (..., n_rows >= 3, n_columns >= 3), got {images.shape}"
        )
    windows = sliding_window_view(images, (FILTER_SIZE, FILTER_SIZE), axis=(-2, -1))
    return windows.reshape(*windows.shape[:-2], FILTER_SIZE**2)


def max_pool(a):
    """Return the largest of every 2 × 2 entries, and which of them it was.

    A last row or column that fills no pool is left out.

    Parameters
    ----------
    a : ndarray, shape (..., height, width, n_filters)
        Activations.

    Returns
    -------
    pooled : ndarray, shape (..., height // 2, width // 2, n_filters)
        The largest entries.
    chosen : ndarray of int, shape (..., height // 2, width // 2, n_filters)
        Where in its pool each stood, from 0 to 3, row by row; the first of equal ones.
    """
    corners = np.stack(_pool_corners(inexact(a, "a")))
    return corners.max(axis=0), corners.argmax(axis=0)


def max_pool_backward(grad_pooled, chosen, shape):
    """Backward pass of `max_pool`: the gradient goes to the entry that was the largest.

    Parameters
    ----------
    grad_pooled : ndarray, shape (..., height // 2, width // 2, n_filters)
        ∂ℓ/∂pooled.
    chosen : ndarray of int, shape (..., height // 2, width // 2, n_filters)
        What `max_pool` returned beside the pooled activations.
    shape : tuple of int
        (height, width), of what was pooled.

    Returns
    -------
    ndarray, shape (..., height, width, n_filters)
        ∂ℓ/∂a: zero wherever an entry was not the largest.
    """
    grad_pooled, chosen = inexact(grad_pooled, "grad_pooled"), np.asarray(chosen)
    *leading, _, _, n_filters = grad_pooled.shape
    grad = np.zeros((*leading, *shape, n_filters), grad_pooled.dtype)
    for place, corner in enumerate(_pool_corners(grad)):
        corner[...] = grad_pooled * (chosen == place)
    return grad


def _pool_corners(a):
    """Return four views of a: upper left, upper right, lower left, lower right of each pool."""
    rows, columns = (size // POOL_SIZE * POOL_SIZE for size in a.shape[-3:-1])
    return [
        a[..., i:rows:POOL_SIZE, j:columns:POOL_SIZE, :]
        for i in range(POOL_SIZE)
        for j in range(POOL_SIZE)
    ]


class CNN(Net):
    """3 × 3 filters without padding, ReLU, 2 × 2 max-pooling, then one dense layer.

    It takes x of shape (..., n_batch, rows, columns) or (..., n_batch, rows · columns).

    Parameters
    ----------
    image_shape : (int, int), optional
        Rows and columns of an image, ≥ 4 each.
    n_filters : int, optional
        How many filters.
    n_classes : int, optional
        How many outputs (logits).
    loss : callable, optional
        ``loss(output, y) -> (value, gradient)``; softmax cross-entropy unless given.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector: the filters, then the dense layer.
    n_params : int
        Its length.

    Raises
    ------
    ValueError
        If an image is too small for filter and pool, or a count is not a whole number ≥ 1.

    Notes
    -----
    Source: LeCun et al. 1998, §II; ReLU and max-pooling in place of its sigmoids and means.
    """

    def __init__(
        self, image_shape=(8, 8), n_filters=8, n_classes=10, loss=softmax_cross_entropy
    ):
        if len(image_shape) != 2:
            raise ValueError(f"image_shape must be (rows, columns), got {image_shape!r}")
        for size in image_shape:
            require_count(
                "every entry of image_shape", size, at_least=FILTER_SIZE + POOL_SIZE - 1
            )
        require_count("n_filters", n_filters)
        require_count("n_classes", n_classes)
        self.image_shape = tuple(int(size) for size in image_shape)
        self.n_filters, self.n_classes = int(n_filters), int(n_classes)
        height, width = (size - FILTER_SIZE + 1 for size in self.image_shape)
        n_features = (height // POOL_SIZE) * (width // POOL_SIZE) * self.n_filters
        super().__init__([(self.n_filters, FILTER_SIZE**2), (self.n_classes, n_features)], loss)

    def __repr__(self):
        """Name the sizes."""
        return f"CNN({self.image_shape}, {self.n_filters}, {self.n_classes})"

    def init(self, rng, initializer=None, shape=(), dtype=np.float64):
        """Draw parameters.

        Parameters
        ----------
        rng, shape, dtype
            As for `Net.init`.
        initializer : callable, optional
            One of `course_lib.initializers`; He's, which is made for ReLU, unless given. A
            filter has a fan-in of 9.

        Returns
        -------
        ndarray, shape (*shape, n_params)
        """
        return super().init(rng, he() if initializer is None else initializer, shape, dtype)

    def _named(self, filters, filter_b, w, b):
        filters = filters.reshape(*filters.shape[:-1], FILTER_SIZE, FILTER_SIZE)
        return CNNViews(filters, filter_b, w, b)

    def _forward(self, p, x):
        patches = image_patches(x)
        n_batch, height, width = patches.shape[-4:-1]
        patches = patches.reshape(*patches.shape[:-4], n_batch * height * width, -1)
        z = dense(patches, _flat(p.filters), p.filter_b)
        z = z.reshape(*z.shape[:-2], n_batch, height, width, self.n_filters)
        pooled, chosen = max_pool(relu(z))
        features = pooled.reshape(*pooled.shape[:-3], -1)
        return CNNTrace(patches, z, chosen, features, dense(features, p.w, p.b))

    def _backward(self, p, trace, grad_output, grad):
        grad.w[...], grad.b[...], grad_features = dense_backward(
            grad_output, trace.features, p.w
        )
        *_, height, width, n_filters = trace.z.shape
        grad_pooled = grad_features.reshape(trace.chosen.shape)
        grad_a = max_pool_backward(grad_pooled, trace.chosen, (height, width))
        delta = grad_a * relu.derivative(trace.z)
        delta = delta.reshape(*delta.shape[:-4], -1, n_filters)
        grad_filters, grad.filter_b[...], _ = dense_backward(
            delta, trace.patches, _flat(p.filters)
        )
        grad.filters[...] = grad_filters.reshape(grad.filters.shape)

    def _checked_input(self, theta, x):
        """Return the images with rows and columns as axes of their own."""
        x, (rows, columns) = in_precision_of(theta, x, "x"), self.image_shape
        if x.ndim >= 2 and x.shape[-1] == rows * columns:
            x = x.reshape(*x.shape[:-1], rows, columns)
        if x.ndim < 3 or x.shape[-2:] != self.image_shape:
            raise ValueError(
                f"x must have shape (..., n_batch, {rows * columns}) or "
                f"(..., n_batch, {rows}, {columns}), got {x.shape}"
            )
        return x


def _flat(filters):
    return filters.reshape(*filters.shape[:-2], FILTER_SIZE**2)
