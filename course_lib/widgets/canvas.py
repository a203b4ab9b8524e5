"""A figure in two parts: what stays, and what moves."""

from contextlib import nullcontext
from io import BytesIO
from itertools import groupby
from operator import itemgetter

import matplotlib as mpl
import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.text import Text

from course_lib.figures.display import CSS_PIXELS_PER_INCH, css_size
from course_lib.figures.paths import exits
from course_lib.figures.style import style
from course_lib.widgets.marks import MarkRenderer

_SVG = {"svg.hashsalt": "course", "svg.fonttype": "path"}  # the same bytes each time
_AS_IT_IS = {"figure.constrained_layout.use": False}  # the panels are laid out already
_NO_NAMES = dict.fromkeys(("Creator", "Date", "Format", "Type"))


class LiveFigure:
    """A figure of which some artists move.

    All else (axes, grid, labels, fixed curves) goes out as one SVG, and as another one only
    where the limits of an axis have changed.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    artists : sequence of Artist
        The artists that will move, in drawing order. They are drawn above all others.
    handle : (Axes, str, str), optional
        Linear axes on which the reader can drag two controls, by the names of that which goes
        across and that which goes up.

    Attributes
    ----------
    stills : list of dict
        Each ``svg`` so far, and the ``handle`` on it, or None: names ``x`` and ``y``, its
        ``box`` (x, y, width, height in CSS pixels) and the limits ``xlim`` and ``ylim``.

    Raises
    ------
    ValueError
        If an artist is not in an axes of ``fig``.
    """

    def __init__(self, fig, artists, handle=None):
        for artist in artists:
            if artist.axes is None or artist.figure is not fig:
                raise ValueError(f"artists must be in an axes of fig, got {artist}")
        self.fig, self.artists = fig, list(artists)
        self.stills, self._limits, self._handle = [], [], handle
        fig.set_dpi(CSS_PIXELS_PER_INCH)
        for part in fig.findobj():
            if isinstance(part, (QuadMesh, ContourSet)):
                part.set_rasterized(True)  # thousands of cells or corners are smaller as pixels

    @property
    def css_size(self):
        """Width and height on the page, in CSS pixels."""
        return css_size(self.fig)

    def still(self):
        """Return which of ``stills`` belongs to the present limits, having drawn it if new."""
        limits = [(*ax.get_xlim(), *ax.get_ylim()) for ax in self.fig.axes]
        if limits not in self._limits:
            self.stills.append({"svg": self._draw_still(), "handle": self._place_of_handle()})
            self._limits.append(limits)
        return self._limits.index(limits)

    def marks(self):
        """Return what the moving artists draw now, as `MarkRenderer` notes it.

        Where a line ends outside its axes, a triangle on the edge points to where it went.
        """
        renderer = MarkRenderer(*self.css_size)
        for artist in self.artists:
            with (
                style() if isinstance(artist, Text) else nullcontext()
            ):  # it costs a millisecond
                artist.draw(renderer)
        for look, ways_out in groupby(sorted(_ways_out(self.artists)), itemgetter(0, 1)):
            renderer.draw_triangles(*look, [place for *_, place in ways_out])
        return renderer.marks

    def _place_of_handle(self):
        if self._handle is None:
            return None
        ax, x, y = self._handle
        box = ax.get_window_extent()
        place = [box.x0, self.fig.bbox.height - box.y1, box.width, box.height]
        limits = (list(map(float, limits)) for limits in (ax.get_xlim(), ax.get_ylim()))
        described = {"x": x, "y": y, "box": [round(float(pixels), 1) for pixels in place]}
        return described | dict(zip(("xlim", "ylim"), limits, strict=True))

    def _draw_still(self):
        buffer = BytesIO()
        with style(), mpl.rc_context(_SVG | _AS_IT_IS):
            if not self.stills:
                self.fig.get_layout_engine().execute(self.fig)  # lays the panels out
                self.fig.set_layout_engine(None)  # once and for all
            for artist in self.artists:
                artist.set_visible(False)
            self.fig.savefig(
                buffer, format="svg", dpi=2 * CSS_PIXELS_PER_INCH, metadata=_NO_NAMES
            )
            for artist in self.artists:
                artist.set_visible(True)
        return " ".join(buffer.getvalue().decode().split())


def _ways_out(artists):
    """Return color, direction and place (in pixels) of all that has left its axes."""
    lines = [line for line in artists if isinstance(line, Line2D) and line.get_clip_on()]
    ways_out, ends = set(), set()  # of a line whose end has a marker of its own, one is enough
    for line in sorted(lines, key=_is_points):
        last = tuple(map(tuple, line.get_xydata()[-1:]))
        if not (_is_points(line) and last in ends):
            ways_out |= {(line.get_color(), *way) for way in _ways_out_of(line)}
        ends.add(last)
    return ways_out


def _ways_out_of(line):
    """Yield direction and place where a line leaves its axes, or where points lie outside."""
    points = line.get_transform().transform(line.get_xydata())
    points[~np.isfinite(points)] = np.nan  # a gap
    low, high = line.axes.bbox.padded(1).get_points()
    if _is_points(line):  # the last one will do
        outside = points[((points < low) | (points > high)).any(axis=1)][-1:]
        points = np.concatenate([outside.clip(low, high), outside])
    window = list(zip(low, high, strict=True))
    leaving = list(zip(*exits(points, *window), strict=True))
    if len(points) and ((points[0] < low) | (points[0] > high)).any():
        leaving += list(zip(*exits(points[::-1], *window), strict=True))[-1:]
    for place, direction in leaving:
        yield direction, tuple(np.rint(place).tolist())


def _is_points(line):
    return line.get_linestyle() == "None"
