"""What artists of matplotlib draw, as SVG paths in tenths of a CSS pixel."""

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path

from course_lib.figures.display import CSS_PIXELS_PER_INCH

UNITS = 10  # to a CSS pixel
_POINTS_PER_INCH = 72
_PARTS = {  # letter of SVG, and how many points belong to it
    Path.MOVETO: ("m", 1),
    Path.LINETO: ("l", 1),
    Path.CURVE3: ("q", 2),
    Path.CURVE4: ("c", 3),
}
_TRIANGLES = {  # by the marker of matplotlib that points that way
    "^": "m-70 70l140 0l-70 -140z",
    "v": "m-70 -70l140 0l-70 140z",
    "<": "m70 -70l0 140l-140 -70z",
    ">": "m-70 -70l0 140l140 -70z",
}
_MARGIN = 30  # CSS pixels around the figure within which lines are kept


class MarkRenderer(RendererBase):
    """A renderer of matplotlib that notes paths and their looks in ``marks``.

    Each mark is ``[look, clip, data, places]``: a CSS style; the rectangle outside which
    nothing is seen (x, y, width, height), or None; path data; and the points at which a marker
    is repeated, or None.

    Parameters
    ----------
    width, height : float
        Size of the figure in CSS pixels.
    """

    def __init__(self, width, height):
        super().__init__()
        self.width, self.height, self.marks = width, height, []

    def flipy(self):
        """Return that y points upward, as in matplotlib itself."""
        return False

    def get_canvas_width_height(self):
        """Return the size in CSS pixels."""
        return self.width, self.height

    def points_to_pixels(self, points):
        """Return a printer's points in CSS pixels."""
        return points * CSS_PIXELS_PER_INCH / _POINTS_PER_INCH

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Note a path."""
        around = (-_MARGIN, -_MARGIN, self.width + _MARGIN, self.height + _MARGIN)
        is_line = rgbFace is None and (path.codes is None or path.codes.max() <= Path.LINETO)
        path = path.cleaned(
            transform, remove_nans=True, clip=around if is_line else None,
            simplify=None if is_line else False, curves=True,
        )  # fmt: skip
        vertices = np.clip(path.vertices, -10 * self.width, 10 * self.width)
        self._note(gc, rgbFace, path_data(vertices * [1, -1] + [0, self.height], path.codes))

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Note the path of one marker, and the places of all."""
        x, y = trans.transform(path.vertices).T
        seen = (abs(x - self.width / 2) < self.width) & (abs(y) < self.width)  # nan is not
        places = _units(np.stack([x, self.height - y], axis=1)[seen])
        moved = np.any(places[1:] != places[:-1], axis=1)  # a marker on a marker is not seen
        places = [*places[:1].tolist(), *places[1:][moved].tolist()]
        shape = marker_path.cleaned(marker_trans, curves=True)
        data = path_data(shape.vertices * [1, -1], shape.codes, first="m")
        self._note(gc, rgbFace, data if places else "", places)

    def draw_triangles(self, color, direction, places):
        """Note triangles that point in a direction: ``^``, ``v``, ``<`` or ``>``."""
        places = _units([(x, self.height - y) for x, y in places]).tolist()
        self.marks.append([f"fill:{to_hex(color)}", None, _TRIANGLES[direction], places])

    def _note(self, gc, face, data, places=None):
        mark = [self._look(gc, face), self._clip(gc), data, places]
        if places is None and self.marks and self.marks[-1][:2] == mark[:2]:
            self.marks[-1][2] += data  # one of a collection
        elif data:
            self.marks.append(mark)

    def _look(self, gc, face):
        stroke, fill = gc.get_rgb(), face if face is None or len(face) == 4 else (*face, 1.0)
        if gc.get_forced_alpha():
            stroke, fill = (c and (*c[:3], gc.get_alpha()) for c in (stroke, fill))
        look = {"fill": "none"} if fill is None else _paint("fill", fill)
        width, dashes = self.points_to_pixels(gc.get_linewidth()), gc.get_dashes()[1]
        if width > 0:
            cap = "butt" if gc.get_capstyle() == "butt" else "round"
            look |= _paint("stroke", stroke)
            look |= {"stroke-width": f"{UNITS * width:.3g}", "stroke-linecap": cap}
            look["stroke-linejoin"] = gc.get_joinstyle()
        if width > 0 and dashes is not None:
            lengths = (f"{UNITS * self.points_to_pixels(dash):.3g}" for dash in dashes)
            look["stroke-dasharray"] = " ".join(lengths)
        return ";".join(f"{name}:{value}" for name, value in look.items())

    def _clip(self, gc):
        box = gc.get_clip_rectangle()
        if box is None:
            return None
        corner = _units([box.x0, self.height - box.y1])
        return [*corner.tolist(), *_units([box.width, box.height]).tolist()]


def path_data(vertices, codes, first="M"):
    """Return a path as SVG writes it, relative wherever it can be: ``M10 20l5 0q3 0 3 4z``.

    Parameters
    ----------
    vertices : ndarray, shape (n, 2)
        In CSS pixels, y downward.
    codes : ndarray, shape (n,)
        Matplotlib's: each of them a part of a path.
    first : {"M", "m"}
        How a part begins: at a point of the figure, or of a marker, which is moved as a whole.

    Returns
    -------
    str
    """
    data, here, start, n_left = [], (0, 0), (0, 0), 0
    for code, (x, y) in zip(codes.tolist(), _units(vertices).tolist(), strict=True):
        if code == Path.CLOSEPOLY:
            data.append("z")
            here = start
        elif code != Path.STOP:
            letter, n_points = _PARTS[code]
            n_left = n_left or n_points
            begins = n_left == n_points
            from_x, from_y = (0, 0) if letter == first.lower() and first == "M" else here
            name = (first if letter == "m" else letter) if begins else " "
            data.append(f"{name}{x - from_x} {y - from_y}")
            n_left -= 1
            if n_left == 0:
                here = (x, y)
            if letter == "m":
                start = here
    return "".join(data)


def _units(pixels):
    return np.rint(UNITS * np.asarray(pixels, float)).astype(int)


def _paint(what, color):
    paint = {what: to_hex(color[:3])}
    return paint if color[3] == 1 else paint | {f"{what}-opacity": f"{color[3]:.3g}"}
