"""What a reader can set: a number, by slider or field, or one of several things."""

import math
from dataclasses import dataclass

import ipywidgets

from course_lib._validation import require_count, require_positive

_FIELD = {"style": {"description_width": "14em"}, "layout": {"width": "21em"}}
_LIST = _FIELD | {"layout": {"width": "26em"}}  # words are longer than numbers


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

    def make(self):
        """Return a slider and a number field that follow each other.

        A slider has no accessible name in JupyterLab; the field's label names both. What is
        typed beyond the range becomes the range's end. What is typed between two steps of the
        slider stays as it is, though the slider then stands at the nearest one.
        """
        slider_type, field_type = self._types()
        numbers = {"value": self.start, "min": self.low, "max": self.high, "step": self.step}
        slider = slider_type(
            **numbers | self._slider_numbers(),
            **{"readout": False, "tooltip": self.label, "layout": {"width": "24em"}},
        )
        field = field_type(**numbers, description=self.label, **_FIELD)
        self._connect(slider, field)
        return slider, field

    def _connect(self, slider, field):
        def slid(change):
            # the browser reports the step nearest to what was typed as if it had been slid to
            new = change["new"]
            if new != field.value and not self._is_step_nearest(new, field.value):
                field.value = self._rounded(new)

        def typed(change):
            if not self._is_step_nearest(slider.value, change["new"]):
                slider.value = change["new"]

        slider.observe(slid, "value")
        field.observe(typed, "value")

    def _types(self):
        if self.per_doubling is not None:
            return ipywidgets.FloatLogSlider, ipywidgets.BoundedFloatText
        if isinstance(self.step, int):
            return ipywidgets.IntSlider, ipywidgets.BoundedIntText
        return ipywidgets.FloatSlider, ipywidgets.BoundedFloatText

    def _slider_numbers(self):
        """Return what a logarithmic slider needs instead: exponents of 2."""
        if self.per_doubling is None:
            return {}
        ends = {"min": math.log2(self.low), "max": math.log2(self.high)}
        return ends | {"step": 1 / self.per_doubling, "base": 2.0}

    def _position(self, value):
        """Return how many steps from its low end the slider stands at a value."""
        if self.per_doubling is None:
            return (value - self.low) / self.step
        return math.log2(value / self.low) * self.per_doubling

    def _is_step_nearest(self, slid, typed):
        at = self._position(slid)
        return abs(at - round(at)) < 1e-6 and abs(at - self._position(typed)) < 0.5 + 1e-6

    def _rounded(self, slid):
        """Return what the field shows: not 0.30000000000000004, nor 4.756828460010884."""
        rounded = round(slid, 9) if self.per_doubling is None else float(f"{slid:.3g}")
        return min(max(rounded, self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """One of several things, by name, that the reader picks from a list.

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
        if self.start not in self.options:
            raise ValueError(f"start must be one of {self.options}, got {self.start!r}")

    def make(self):
        """Return a list to pick from, twice: it is slider and field in one."""
        picked = ipywidgets.Dropdown(
            options=self.options, value=self.start, description=self.label, **_LIST
        )
        return picked, picked
