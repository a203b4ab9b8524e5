"""What the tests of figures ask of axes."""

from fnmatch import fnmatchcase

from course_lib.figures import plots
from course_lib.figures.display import figure

N_PANELS = {"training_runs": 3, "recorded_run": 4, "image_grid": 2}


def curve(ax, label):
    """Return the only line with this label; in ``"run*"`` the star stands for anything."""
    (line,) = [line for line in ax.lines if fnmatchcase(line.get_label(), label)]
    return line


def texts(ax):
    """Return the texts in the axes."""
    return {text.get_text() for text in ax.texts}


def legend(ax):
    """Return the words of the legend, in order."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def n_looks(lines, *keys):
    """Return how many colors, line styles, ... some lines have."""
    return [len({getattr(line, f"get_{key}")() for line in lines}) for key in keys]


def draw(name, arguments):
    """Draw a figure on new axes ("NAME", "NAME on 2 panels"); return both axes."""
    figure_name, _, words = name.partition(" ")
    n_panels = words.removeprefix("on ").removesuffix(" panels")
    axes = figure(int(n_panels) if n_panels.isdigit() else N_PANELS.get(figure_name, 1))[1]
    return axes, getattr(plots, figure_name)(axes, *arguments)
