"""The course's look: its style sheet, its line styles, and numbers as people write them."""

import functools
import inspect
import math
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex, to_rgb

STYLE_SHEET = Path(__file__).with_name("course.mplstyle")

# after Okabe & Ito 2008, by what the course uses each for
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#C76A9B"
INK, GRAY = "#222222", "#767676"
MARKERS = ("o", "s", "^", "D", "v", "P")

_RETURNS = "Returns\n-------\nAxes, or ndarray of Axes\n    As they came.\n"
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
    """Make a drawing function draw in the course's style, wherever it is called.

    It returns the axes that it was given, which its docstring is made to say.
    """

    @functools.wraps(draw)
    def in_style(*args, **kwargs):
        with style():
            return draw(*args, **kwargs)

    told, raises, errors = inspect.cleandoc(draw.__doc__ or "").partition("Raises\n")
    in_style.__doc__ = f"{told.rstrip()}\n\n{_RETURNS}\n{raises}{errors}"
    return in_style


def line_looks():
    """Return the (color, linestyle, marker) of the first, second, ... curve of a figure."""
    cycle = _settings()["axes.prop_cycle"]
    return [look | {"marker": marker} for look, marker in zip(cycle, MARKERS, strict=True)]


def contrast(one, other):
    """Return the contrast of two colors, from 1 to 21, by WCAG 2.2."""
    brightness = [_luminance(color) + 0.05 for color in (one, other)]
    return max(brightness) / min(brightness)


def readable(color, ground="white"):
    """Return a color for text, darkened until its contrast to the ground is 4.5."""
    shade = np.array(to_rgb(color))
    while contrast(shade, ground) < 4.5:
        shade *= 0.97
    return to_hex(shade)


def _luminance(color):
    shade = np.array(to_rgb(color))
    linear = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def power_of_ten(exponent):
    """Return 10 to a whole exponent as text: ``power_of_ten(-8)`` is ``"10⁻⁸"``."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPTS)


def number(value):
    """Return a number as figures write it: ``"0.105"``, ``"−12"``, ``"1.6·10⁻¹⁰"``."""
    if 1000 <= abs(value) < 1e4:
        text = f"{value:.0f}"
    elif value == 0 or not math.isfinite(value) or 1e-3 <= abs(value) < 1e4:
        text = f"{value:.3g}"
    else:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa.removesuffix('.0')}·{power_of_ten(int(exponent))}"
    return text.replace("-", "−")


def log_tick(value, _position=None):
    """Label a tick of a logarithmic axis: ``"10⁻⁸"``, but ``"0.2"`` between whole powers."""
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) > 1e-6:
        return number(value)
    return power_of_ten(round(exponent))
