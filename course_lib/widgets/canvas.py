"""A figure that is redrawn many times a second: only what changes, on one Agg canvas."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib._validation import require_positive
from course_lib.figures.display import CSS_PIXELS_PER_INCH
from course_lib.figures.png import encode_fast, encode_small
from course_lib.figures.style import style


class LiveFigure:
    """Keep one figure, and redraw only the artists that change.

    All else (axes, grid, labels, fixed curves) is drawn once and copied back each time; it is
    drawn anew only where the limits of an axis have changed.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    artists : sequence of Artist
        The artists that will change, in drawing order. They are drawn above all others.
    sharpness : float
        Device pixels per CSS pixel. Time and bytes grow with its square.

    Raises
    ------
    ValueError
        If ``sharpness`` is not > 0, or an artist is not in an axes of ``fig``.
    """

    def __init__(self, fig, artists, sharpness=1.5):
        require_positive("sharpness", sharpness)
        for artist in artists:
            if artist.axes is None or artist.figure is not fig:
                raise ValueError(f"artists must be in an axes of fig, got {artist}")
            artist.set_animated(True)
        self.fig, self.artists = fig, list(artists)
        fig.set_dpi(CSS_PIXELS_PER_INCH * sharpness)
        self._canvas = FigureCanvasAgg(fig)
        self._background, self._limits = None, None
        self.n_backgrounds = 0

    @property
    def css_size(self):
        """Width and height on the page, in CSS pixels."""
        return tuple(
            round(inches * CSS_PIXELS_PER_INCH) for inches in self.fig.get_size_inches()
        )

    def pixels(self):
        """Draw what has changed and return the picture.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
            A view of the canvas, valid until the next call.
        """
        with style():
            if self._background is None or self._limits != self._current_limits():
                self._draw_background()
            self._canvas.restore_region(self._background)
            for artist in self.artists:
                artist.axes.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[..., :3]

    def fast_png(self):
        """Return the present picture as a PNG, within milliseconds."""
        return encode_fast(self.pixels())

    def small_png(self):
        """Return the present picture as a small PNG, to be kept in a notebook."""
        return encode_small(self.pixels())

    def forget_background(self):
        """Draw everything anew next time: for a change in what is not among ``artists``."""
        self._background = None

    def _draw_background(self):
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self.fig.bbox)
        self._limits = self._current_limits()
        self.n_backgrounds += 1

    def _current_limits(self):
        return [(ax.get_xlim(), ax.get_ylim()) for ax in self.fig.axes]
