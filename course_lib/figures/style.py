"""The course's look: its style sheet, its line styles, and numbers as people write them."""

import functools
import math
from pathlib import Path

import matplotlib as mpl

STYLE_SHEET = Path(__file__).with_name("course.mplstyle")

# Okabe & Ito 2008, by what the course uses each for
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK, GRAY = "#222222", "#767676"
MARKERS = ("o", "s", "^", "D", "v", "P")

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@functools.cache
def _settings():
    return dict(mpl.rc_params_from_file(STYLE_SHEET, use_default_template=False))


def style():
    """Return a context in which matplotlib draws in the course's style.

    Outside it matplotlib's settings are what they were before.
    """
    return mpl.rc_context(_settings())


def styled(draw):
    """Make a drawing function draw in the course's style, wherever it is called."""

    @functools.wraps(draw)
    def in_style(*args, **kwargs):
        with style():
            return draw(*args, **kwargs)

    return in_style


def line_looks():
    """Return the (color, linestyle, marker) of the first, second, ... curve of a figure."""
    cycle = _settings()["axes.prop_cycle"]
    return [look | {"marker": marker} for look, marker in zip(cycle, MARKERS, strict=True)]


def power_of_ten(exponent):
    """Return 10 to a whole exponent as text: ``power_of_ten(-8)`` is ``"10⁻⁸"``."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPTS)


def number(value):
    """Return a number as the lessons print it: ``"0.105"``, ``"1.6e-10"``, ``"12"``."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1000 <= abs(value) < 1e4:
        return f"{value:.0f}"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"


def log_tick(value, _position=None):
    """Label a tick of a logarithmic axis: ``"10⁻⁸"``, but ``"0.2"`` between whole powers."""
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) > 1e-6:
        return number(value)
    return power_of_ten(round(exponent))
