"""Activation functions: value and derivative, both in terms of the pre-activation z.

The derivative takes z, never a = φ(z). Mixing the two up is the commonest silent mistake in
hand-written backpropagation: ``a * (1 - a)`` is σ'(z), ``z * (1 - z)`` is not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from course_lib._validation import inexact, real


@dataclass(frozen=True)
class Activation:
    """A function φ applied to every entry of an array, with its derivative.

    Call it for the value: ``sigmoid(z)``.

    Attributes
    ----------
    name : str
        The function's name, for figures and messages.
    max_slope : float
        The largest value of φ', written φ'_max (the γ of Pascanu, Mikolov & Bengio 2013, §2.1).
    """

    name: str
    max_slope: float
    _value: Callable = field(repr=False)
    _derivative: Callable = field(repr=False)
    _slope: Callable | None = field(default=None, repr=False)

    def __call__(self, z):
        """Return φ(z).

        Parameters
        ----------
        z : array_like, any shape
            Pre-activations. float32 stays float32; whole numbers become float64.

        Returns
        -------
        ndarray, shape of z
            A NumPy scalar where z is one number.
        """
        return self._value(inexact(z, "z"))[()]

    def derivative(self, z):
        """Return φ'(z), in terms of the pre-activation z.

        Parameters
        ----------
        z : array_like, any shape
            Pre-activations, not activations.

        Returns
        -------
        ndarray, shape of z
        """
        return self._derivative(inexact(z, "z"))[()]

    def slope(self, z, a):
        """Return φ'(z) for a backward pass, which has a = φ(z) at hand and may use it.

        For the sigmoid that is σ(1 - σ). Rounding costs it the digits of slopes near 1e-16,
        which `derivative` has; beside the others of a layer such slopes count for nothing.

        Parameters
        ----------
        z, a : ndarray, any shape
            Pre-activations and activations.

        Returns
        -------
        ndarray, shape of z
        """
        return self.derivative(z) if self._slope is None else self._slope(a)


def _decay(z):
    """Return exp(-|z|), which cannot overflow; for complex z the sign is that of the real part.

    ``np.abs`` would throw the imaginary part away, and with it the complex step.
    """
    return np.exp(np.where(z.real >= 0, -z, z) if z.dtype.kind == "c" else -np.abs(z))


def _sigmoid(z):
    decay = _decay(z)
    if z.dtype.kind == "c":  # no order among complex numbers
        return np.where(z.real >= 0, 1, decay) / (1 + decay)
    return np.maximum(decay, z >= 0) / (1 + decay)  # 1 or decay, four times as fast as a choice


def _sigmoid_derivative(z):
    # σ(1 - σ) would be exactly 0 beyond z = 37; this form is right as far as floats reach.
    decay = _decay(z)
    return decay / (1 + decay) ** 2


def _tanh_derivative(z):
    # tanh'(z) = 4 σ'(2z), and exp(-2|z|) is the square of exp(-|z|).
    decay = _decay(z) ** 2
    return 4 * decay / (1 + decay) ** 2


def _relu(z):
    return np.maximum(z, 0)


def _relu_derivative(z):
    # At the corner z = 0 any slope from 0 to 1 will do; the field takes 0.
    return np.heaviside(real(z, "z"), np.zeros((), z.dtype))


sigmoid = Activation("sigmoid", 0.25, _sigmoid, _sigmoid_derivative, lambda a: a * (1 - a))
# σ(z) - ½, what biases of -½ΣW make of the sigmoid; as a difference it would cancel near 0
centered_sigmoid = Activation(
    "centered sigmoid",
    0.25,
    lambda z: np.tanh(z / 2) / 2,
    _sigmoid_derivative,
    lambda a: (0.5 - a) * (0.5 + a),
)
tanh = Activation("tanh", 1.0, np.tanh, _tanh_derivative, lambda a: 1 - a * a)
relu = Activation(
    "ReLU", 1.0, _relu, _relu_derivative, lambda a: (real(a, "z") > 0).astype(a.dtype)
)
