"""Figures as a reader meets them: a picture, its alternative text, and a caption.

JupyterLab drops the alternative text of image outputs, so that a figure goes out as HTML.
"""

import base64
import re
import sys
from html import escape

import numpy as np
from IPython.display import display
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from course_lib._validation import require_count, require_positive
from course_lib.figures.png import encode_small
from course_lib.figures.style import style

__all__ = ["Picture", "figure", "show", "style"]

WIDTH = 8.0  # inches
CSS_PIXELS_PER_INCH = 100
_SHARPNESS = 2  # device pixels per CSS pixel, for screens of high density


def figure(n_columns=1, *, n_rows=1, height=3.2, width=WIDTH, **subplot_options):
    """Make a figure in the course's style, apart from pyplot and its global state.

    Parameters
    ----------
    n_columns, n_rows : int
        Panels beside and above each other.
    height, width : float
        Size in inches; one inch is 100 CSS pixels on the page.
    **subplot_options
        Passed on to ``Figure.subplots``: ``sharex``, ``sharey``, ``width_ratios``, ...

    Returns
    -------
    fig : matplotlib.figure.Figure
    ax : Axes, or ndarray of Axes
        One ``Axes`` for one panel; else an array of shape (n_columns,) or (n_rows, n_columns).

    Raises
    ------
    ValueError
        If a count is not a whole number >= 1 or a size is not > 0.
    """
    for name, count in (("n_columns", n_columns), ("n_rows", n_rows)):
        require_count(name, count)
    for name, inches in (("height", height), ("width", width)):
        require_positive(name, inches)
    with style():
        fig = Figure(figsize=(width, height))
        return fig, fig.subplots(n_rows, n_columns, **subplot_options)


class Picture:
    """A finished figure: pixels, alternative text and caption.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    alt : str
        What the picture shows, for those who don't see it.
    caption : str
        Plain text below the picture. Markup in it is shown as it stands.

    Raises
    ------
    ValueError
        If ``alt`` or ``caption`` is empty, or a panel has two titles in one place.
    """

    def __init__(self, fig, alt, caption):
        _require_text("alt", alt)
        _require_text("caption", caption)
        _require_one_title(fig)
        parts = fig.findobj()
        for text in (part for part in parts if isinstance(part, Text)):
            text.set_text(_drawn(text.get_text()))
        for axis in (part for part in parts if isinstance(part, Axis)):
            names = [label.get_text() for label in axis.get_ticklabels()]
            if any("_" in name and "$" not in name for name in names):
                axis.set_ticks(axis.get_ticklocs(), [*map(_drawn, names)])  # written anew
        self.alt = " ".join(alt.split())
        self.caption = " ".join(caption.split())
        self.png = encode_small(_pixels(fig))
        self._css_size = css_size(fig)

    def __repr__(self):
        """Return the alternative text, which is what a terminal shows."""
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        html = figure_html(self.png, self._css_size, self.alt, self.caption)
        return {"text/html": html, "text/plain": self.alt}


def show(fig, alt, caption):
    """Show a figure with its alternative text and its caption, once, and close it.

    It works in the middle of a cell as well as on its last line, and returns nothing, so that
    no figure is shown twice.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        From :func:`figure` or from pyplot, which forgets it.
    alt : str
        What the picture shows, for those who don't see it: the finding, not the looks.
    caption : str
        One or two sentences of plain text below the picture.

    Raises
    ------
    ValueError
        If ``alt`` or ``caption`` is empty, or a panel has two titles in one place.
    """
    picture = Picture(fig, alt, caption)
    _forget(fig)
    display(picture)


def figure_html(png, css_size, alt, caption):
    """Return the HTML of a picture: ``<figure>`` with ``<img alt>`` and ``<figcaption>``.

    Parameters
    ----------
    png : bytes
    css_size : tuple of int
        Width and height on the page, in CSS pixels; a narrow page shrinks the picture.
    alt, caption : str
        Plain text; escaped here.

    Returns
    -------
    str
    """
    width, height = css_size
    data = base64.b64encode(png).decode("ascii")
    return (
        '<figure style="margin: 0.5em 0; font-size: 0.92em; font-style: italic">'
        f'<img alt="{escape(alt)}" width="{width}" height="{height}" '
        f'style="max-width: 100%; height: auto" src="data:image/png;base64,{data}">'
        f"<figcaption>{with_indices(escape(caption))}</figcaption></figure>"
    )


def _drawn(text):
    return text if "$" in text else with_indices(text, r"$\1_{\2}$")


def with_indices(text, pattern=r"\1<sub>\2</sub>"):
    """Return a text in which indices such as that of σ_w are set as such.

    Parameters
    ----------
    text : str
    pattern : str
        What becomes of a letter and its index, groups 1 and 2.

    Returns
    -------
    str
    """
    return re.sub(r"(?<![^\W\d_])([^\W\d_])_([^\W²³]+)", pattern, text)


def _pixels(fig):
    """Draw a figure, once, whatever canvas it has, and leave that canvas alone."""
    own, dots_per_inch = fig.canvas, fig.dpi
    canvas = FigureCanvasAgg(fig)  # `savefig` would draw twice, for the layout
    try:
        with style():
            fig.set_dpi(CSS_PIXELS_PER_INCH * _SHARPNESS)
            canvas.draw()
    finally:
        fig.set_dpi(dots_per_inch)
        fig.set_canvas(own)
    return np.asarray(canvas.buffer_rgba())[..., :3]


def css_size(fig):
    """Return width and height on the page, in CSS pixels."""
    return tuple(round(inches * CSS_PIXELS_PER_INCH) for inches in fig.get_size_inches())


def _forget(fig):
    # a figure that pyplot still knows would be shown again when the cell ends
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _require_one_title(fig):
    """Refuse a panel with two titles: drawn over each other, neither can be read."""
    for panel in fig.axes:
        titles = [panel.get_title(loc) for loc in ("left", "center")]
        if all(titles):
            raise ValueError(
                f"a panel must have one title, got {titles[0]!r} and over it {titles[1]!r}: "
                "the course's titles stand on the left, set_title(..., loc='left')"
            )


def _require_text(name, text):
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} must be a sentence about the figure, got {text!r}")
