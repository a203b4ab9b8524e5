"""Functions that can be shown: an exercise hands them to the learner's function."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Formula:
    """A scalar function of a vector θ that knows how it is written.

    Attributes
    ----------
    shown_as : str
        The formula, for the verdict.
    function : callable
        Takes an array of shape (n_params,), returns a number.
    n_params : int
        How many parameters it takes.
    """

    shown_as: str
    function: Callable
    n_params: int

    def __call__(self, theta):
        """Return the value at θ.

        Raises
        ------
        ValueError
            If θ has another shape than (n_params,).
        """
        return float(self.function(self._whole(theta, "f")))

    def _whole(self, theta, name):
        if np.shape(theta) != (self.n_params,):
            given = f"shape {np.shape(theta)}" if np.ndim(theta) else "one number"
            raise ValueError(
                f"{name} needs the whole vector theta, of shape ({self.n_params},), got {given}"
            )
        return np.asarray(theta)

    def __str__(self):
        """Return the formula."""
        return f"f(θ) = {self.shown_as}"


class Slope(Formula):
    """The gradient of a loss as a function of θ that knows how the loss is written.

    ``shown_as`` is the loss; ``function`` returns its gradient.
    """

    def __call__(self, theta):
        """Return the gradient at θ.

        Raises
        ------
        ValueError
            If θ has another shape than (n_params,).
        """
        return self.function(self._whole(theta, "gradient"))

    def __str__(self):
        """Return what it is the gradient of."""
        return f"the gradient of ℓ(θ) = {self.shown_as}"


def listed(theta, form=".4g"):
    """Return the entries of a vector as text, in parentheses."""
    entries = ("0" if entry == 0 else f"{entry:{form}}" for entry in np.ravel(theta))
    return f"({', '.join(entries)})"
