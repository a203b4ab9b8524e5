"""The smallest figure that answers to a slider."""

from course_lib.figures.display import figure
from course_lib.figures.style import GRAY, INK, VERMILLION
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget


def slider_test():
    """Make the smallest figure that answers to a slider, to see that sliders work.

    Returns
    -------
    LiveWidget
    """
    fig, ax = figure(height=1.3)
    ax.set(xlim=(-0.5, 10.5), ylim=(-0.6, 1.0), yticks=[], xticks=range(11))
    ax.axhline(0, color=GRAY, linewidth=1, zorder=0)
    (point,) = ax.plot([0], [0], "o", color=VERMILLION, markersize=16)
    text = ax.text(0, 0.6, "", ha="center", va="center", fontsize=15, color=INK)

    def update(number):
        point.set_xdata([number])
        text.set(x=number, text=str(number))
        return f"The slider stands at {number}, and so does the point."

    about = "A point on a number line from 0 to 10."
    controls = {"number": Control("Drag me, or type here", 3, 0, 10)}
    return LiveWidget(LiveFigure(fig, [point, text]), controls, update, about)
