"""What a reader can set: a number, by slider or field, or one of several things."""

import functools
import math
from dataclasses import dataclass

import numpy as np

from course_lib._validation import require_count, require_positive


@dataclass(frozen=True)
class Control:
    """A number that the reader sets: its label, start, range and step.

    A whole ``step`` makes whole numbers. With ``per_doubling`` the slider is logarithmic: so
    many of its steps double the number, and ``step`` is that of the field alone.

    Raises
    ------
    ValueError
        If not ``low <= start <= high``, ``step`` or ``per_doubling`` is not > 0, or a
        logarithmic slider would have to begin at 0 or below.
    """

    label: str
    start: float
    low: float
    high: float
    step: float = 1
    per_doubling: int | None = None

    def __post_init__(self):
        """Check the numbers."""
        if not self.low <= self.start <= self.high:
            raise ValueError(f"start must be in [{self.low}, {self.high}], got {self.start}")
        if not self.step > 0:
            raise ValueError(f"step must be > 0, got {self.step}")
        if self.per_doubling is not None:
            require_count("per_doubling", self.per_doubling)
            require_positive("low", self.low)

    @functools.cached_property
    def options(self):
        """The numbers at which the slider can stand, ascending; ``start`` is one of them."""
        if self.per_doubling is None:
            n_steps = math.ceil((self.high - self.low) / self.step - 1e-9)
            numbers = [round(self.low + i * self.step, 9) for i in range(n_steps)]
        else:
            n_steps = math.ceil(math.log2(self.high / self.low) * self.per_doubling - 1e-9)
            grid = self.low * 2.0 ** (np.arange(n_steps) / self.per_doubling)
            numbers = [max(self.low, float(f"{number:.3g}")) for number in grid]
        numbers.append(self.high)
        nearest = min(range(len(numbers)), key=lambda i: abs(numbers[i] - self.start))
        numbers[nearest] = self.start
        return numbers

    @property
    def ends(self):
        """The two numbers at the ends of the range."""
        return self.low, self.high

    def fit(self, value):
        """Return a number as this control takes it: within its range, whole if it counts."""
        value = min(max(value, self.low), self.high)
        return round(value) if isinstance(self.step, int) else float(value)

    def describe(self):
        """Return what a browser needs to know."""
        return {"label": self.label, "options": self.options, "step": self.step}


@dataclass(frozen=True)
class Choice:
    """One of several things, by name, that the reader picks by a button.

    Raises
    ------
    ValueError
        If ``start`` is not among ``options``.
    """

    label: str
    start: str
    options: tuple

    def __post_init__(self):
        """Check the start."""
        self.fit(self.start)

    @property
    def ends(self):
        """All that can be picked."""
        return self.options

    def fit(self, value):
        """Return what was picked, having checked that it is on offer."""
        if value not in self.options:
            raise ValueError(f"{self.label} must be one of {self.options}, got {value!r}")
        return value

    def describe(self):
        """Return what a browser needs to know."""
        return {"label": self.label, "options": list(self.options)}
