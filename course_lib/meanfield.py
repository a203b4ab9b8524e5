"""Mean-field theory of wide networks at initialization: how signals and gradients grow.

With weights of variance σ_w²/fan_in and biases of variance σ_b², the pre-activations of a wide
layer are normal with some variance q. From layer to layer q follows the variance map; its fixed
point q* decides χ₁, the factor by which a layer multiplies the expected square of the gradient.

Sources: Poole et al. 2016 (variance map, eq. 3; χ₁, eq. 7) and Schoenholz et al. 2017
(χ₁ and gradients, §4).
"""

import functools

import numpy as np

from course_lib._validation import real, require_count, require_non_negative, require_positive
from course_lib.activations import relu

# E[f(z)], z ~ N(0, 1), by the midpoint rule in t after z = c sinh(t). Gauss-Hermite nodes would
# not do: at large scales φ'(√q ξ) is a needle at 0 that falls between them (60 nodes are wrong
# by half at σ_w = 16). Here the nodes crowd around 0 and hold at any scale; none lies on 0
# itself, where ReLU's step would count for one side only.
_C, _N_NODES = 0.003, 600


def _nodes(c, n_nodes):
    t = np.arcsinh(12 / c) * (2 * (np.arange(n_nodes) + 0.5) / n_nodes - 1)
    z = c * np.sinh(t)
    weights = np.exp(-(z**2) / 2) * c * np.cosh(t)
    return z, weights / weights.sum()


_Z, _WEIGHTS = _nodes(_C, _N_NODES)
_WIDEST = 3 / _C  # √q up to which a needle is as wide as several nodes


def gaussian_mean(f, q):
    """Return E[f(√q ξ)] for a standard normal ξ.

    Parameters
    ----------
    f : callable
        Applied to an array of pre-activations, entry by entry.
    q : float or array_like
        The variance of the pre-activations, ≥ 0.

    Returns
    -------
    float or ndarray, shape of q

    Raises
    ------
    ValueError
        If q is negative.
    """
    q = real(q, "q")
    if np.any(np.less(q, 0)):
        raise ValueError(f"q must be >= 0, got {q}")
    # at q = 0 the limit from above: a step at 0 then counts half, as it does at any q > 0
    scale = np.sqrt(np.maximum(q, np.nextafter(0, 1)))
    mean = np.asarray(f(scale[..., None] * _Z) @ _WEIGHTS)
    for i in np.argwhere((scale > _WIDEST) & np.isfinite(scale)):
        mean[tuple(i)] = _wide_mean(f, scale[tuple(i)])
    return mean[()]


def _wide_mean(f, scale):
    """Return E[f(scale · z)] where φ' is a needle narrower than the usual nodes are apart."""
    c = 3 / scale
    n_nodes = 2 * int(_N_NODES / 2 * np.arcsinh(12 / c) / np.arcsinh(12 / _C))
    z, weights = _nodes(c, n_nodes)
    return f(scale * z) @ weights


def variance_map(q, activation, sigma_w, sigma_b=0.0):
    """Return the variance of the next layer's pre-activations.

    σ_w² E[φ(√q ξ)²] + σ_b² (Poole et al. 2016, eq. 3).

    Parameters
    ----------
    q : float or array_like
        The variance of this layer's pre-activations, ≥ 0.
    activation : Activation
        φ.
    sigma_w, sigma_b : float
        Scales of weights and biases, ≥ 0.

    Returns
    -------
    float or ndarray, shape of q

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    sigma_w, sigma_b = _checked_scales(sigma_w, sigma_b)
    return sigma_w**2 * gaussian_mean(lambda z: activation(z) ** 2, q) + sigma_b**2


def variance_fixed_point(activation, sigma_w, sigma_b=0.0):
    """Return q*, the variance of the pre-activations far from the input.

    Found as the root of V(q)/q = 1, not by iterating the map, which crawls where the map nearly
    touches the diagonal (tanh near σ_w = 1).

    Parameters
    ----------
    activation, sigma_w, sigma_b
        As for `variance_map`.

    Returns
    -------
    float
        inf where the variance grows without bound (ReLU beyond σ_w = √2). At σ_w = √2 exactly
        and without biases, every variance is a fixed point of ReLU; then it is 1.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    return _fixed_point(activation, *_checked_scales(sigma_w, sigma_b))


@functools.lru_cache(maxsize=1024)  # χ₁ asks again
def _fixed_point(activation, sigma_w, sigma_b):
    if activation == relu:
        return _relu_fixed_point(sigma_w, sigma_b)
    starts_at_zero = activation(0.0) == 0 and sigma_b == 0
    if starts_at_zero and sigma_w * activation.derivative(0.0) <= 1:
        return 0.0
    return float(_root_of_ratio(lambda q: variance_map(q, activation, sigma_w, sigma_b) / q))


def chi_1(activation, sigma_w, sigma_b=0.0):
    """Return χ₁, by which each layer multiplies the expected square of the gradient.

    σ_w² E[φ'(√q* ξ)²] (Poole et al. 2016, eq. 7; Schoenholz et al. 2017, eq. 10). Gradients
    vanish where it is below 1 and explode where it is above.

    Parameters
    ----------
    activation, sigma_w, sigma_b
        As for `variance_map`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    sigma_w, sigma_b = _checked_scales(sigma_w, sigma_b)
    if activation == relu:  # half of its slopes are 1, half are 0, whatever the variance
        return sigma_w**2 / 2
    return float(sigma_w**2 * _slope_moment(activation, sigma_w, sigma_b, 2))


def growth_rate(activation, sigma_w, sigma_b=0.0, width=None):
    """Return by how many powers of ten the gradient's norm grows per layer, on its way back.

    ½ log₁₀ χ₁ in a network of infinite width. At a finite width N the typical norm grows more
    slowly, by (3κ - 1)/(4N ln 10) with κ = E[φ'⁴]/E[φ'²]²: a logarithm's mean is below the
    logarithm of the mean, by half the relative variance (lesson 04 derives it).

    Parameters
    ----------
    activation, sigma_w, sigma_b
        As for `variance_map`, with σ_w > 0.
    width : int, optional
        N; infinite unless given.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The correction is the first term of a series in 1/N. Where it is large it explains only a
    part: a sigmoid net at σ_w = 32 and N = 64 grows more slowly still.
    """
    require_positive("sigma_w", sigma_w)
    rate = 0.5 * np.log10(chi_1(activation, sigma_w, sigma_b))
    if width is None:
        return float(rate)
    require_count("width", width)
    kappa = _kurtosis_of_slopes(activation, sigma_w, sigma_b)
    return float(rate - (3 * kappa - 1) / (4 * int(width) * np.log(10)))


def _kurtosis_of_slopes(activation, sigma_w, sigma_b):
    """Return E[φ'⁴]/E[φ'²]² at the fixed point."""
    if activation == relu:
        return 2.0
    second = _slope_moment(activation, sigma_w, sigma_b, 2)
    return _slope_moment(activation, sigma_w, sigma_b, 4) / second**2


def _slope_moment(activation, sigma_w, sigma_b, power):
    q = variance_fixed_point(activation, sigma_w, sigma_b)
    return gaussian_mean(lambda z: activation.derivative(z) ** power, q)


def _relu_fixed_point(sigma_w, sigma_b):
    remainder = 1 - sigma_w**2 / 2  # V(q) = σ_w² q/2 + σ_b²
    if abs(remainder) < 1e-15 and sigma_b == 0:
        return 1.0
    return sigma_b**2 / remainder if remainder > 0 else np.inf


def _root_of_ratio(ratio, n_halvings=64):
    """Return where a falling function of q crosses 1, by halving an interval of log q."""
    low, high = -300.0, 300.0
    for _ in range(n_halvings):
        middle = (low + high) / 2
        low, high = (middle, high) if ratio(10**middle) > 1 else (low, middle)
    return 10**middle


def _checked_scales(sigma_w, sigma_b):
    """Return the scales as floats: the square of a small whole number type may overflow."""
    require_non_negative("sigma_w", sigma_w)
    require_non_negative("sigma_b", sigma_b)
    return tuple(s if isinstance(s, np.floating) else float(s) for s in (sigma_w, sigma_b))
