"""Whether text and lines of a figure stand out from what is behind them, and lines differ."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from course_lib.figures.style import contrast, style


def faint(fig):
    """Return lines with less than 3 to white, and text with less than 4.5 to its ground."""
    lines = [line for ax in fig.axes for line in ax.lines]
    pale = [line.get_label() for line in lines if contrast(line.get_color(), "white") < 3]
    canvas = FigureCanvasAgg(fig)
    canvas.get_renderer().draw_text = lambda *_, **__: None  # a frame around it stays
    with style():
        canvas.draw()
    texts = [text for text in fig.findobj(Text) if text.get_visible() and text.get_text()]
    boxes = [Text.get_window_extent(text) for text in texts]  # no arrows
    pixels = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    for text, box in zip(texts, boxes, strict=True):
        behind = _ground(pixels, box)
        if behind is not None and contrast(text.get_color(), behind) < 4.5:
            pale.append((text.get_text(), text.get_color(), behind))
    return pale


def alike(fig):
    """Return names of labeled lines in one panel that differ by nothing, or by color alone."""
    found = []
    for ax in fig.axes:
        looks = {}
        for line in ax.lines:
            if line.get_label()[0] != "_":
                parts = (
                    line._dash_pattern,
                    line.get_linestyle(),
                    line.get_marker(),
                    line.get_mfc() == "none",
                )
                look = str(parts)
                looks.setdefault(look, []).append(line.get_label())
        found += [names for names in looks.values() if len(names) > 1]
    return found


def behind_legends(fig):
    """Return names of lines that have a point behind the legend of their panel."""
    found = []
    for ax in fig.axes:
        if ax.get_legend() is None:
            continue
        box = Bbox.intersection(ax.get_legend().get_window_extent(), ax.bbox)
        for line in ax.lines if box else ():
            x, y = line.get_transform().transform(line.get_xydata()).T
            if np.any((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)):
                found.append(line.get_label())
    return found


def _ground(pixels, box):
    """Return the most frequent color in a box, or None where it lies outside."""
    height, width = pixels.shape[:2]
    rows = slice(max(0, int(height - box.y1)), max(0, int(np.ceil(height - box.y0))))
    columns = slice(max(0, int(box.x0)), min(width, int(np.ceil(box.x1))))
    part = pixels[rows, columns].reshape(-1, 3)
    if not len(part):
        return None
    colors, counts = np.unique(part, axis=0, return_counts=True)
    return tuple(colors[counts.argmax()])
