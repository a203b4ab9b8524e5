"""How long from a hand's input to the frame that shows it? In Chromium, in JupyterLab.

``python -m benchmarks.widget_latency`` prints a table: for each widget, the median and the 95 %
quantile over presses of arrow keys on each of its sliders, through the kernel, and beside them
those of ``ipywidgets.interact`` with ``plt.show`` in the same run.
"""

import tempfile
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import TimeoutError as NoChange

from course_lib import widgets
from tools.lab_browser import Lesson, chromium_page, lab_server
from tools.variables import chromium

N_PRESSES = 20  # for each slider
GOAL, HALF_GOAL = 33, 17  # ms at 95 %: each widget, half of the widgets
NAMES = [name for name in widgets.__all__ if name.endswith("_widget")]
INTERACT = """
import ipywidgets, matplotlib.pyplot as plt, numpy as np
from course_lib.activations import sigmoid
@ipywidgets.interact(depth=(1, 30), z=(-6.0, 6.0), w=(0.1, 16.0))
def chain(depth=10, z=2.0, w=1.0):
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
    at = np.linspace(-6, 6, 241)
    left.plot(at, sigmoid(at), at, sigmoid.derivative(at), [z], [sigmoid(z)], "o")
    n = np.arange(1, depth + 1)
    right.semilogy(n, (w * sigmoid.derivative(z)) ** n, "s--", n, (w / 4) ** n)
    plt.show()
"""
# From an input event to the end of the first frame after the picture has changed. Keys move
# what `interact` makes without an input event.
WATCH = """([picture, event]) => {
  let begin;
  window.courseTimes = [];
  document.addEventListener(event, (e) => { begin = e.timeStamp; }, true);
  const seen = () => {
    if (begin === undefined) return;
    const from = begin, channel = new MessageChannel();
    begin = undefined;
    channel.port1.onmessage = () => window.courseTimes.push(performance.now() - from);
    requestAnimationFrame(() => channel.port2.postMessage(0));
  };
  new MutationObserver((changes) => changes.some((c) => c.type === "attributes"
    || [...c.addedNodes].some((node) => node.querySelector?.("img"))) && seen())
    .observe(document.querySelector(picture),
      { subtree: true, childList: true, attributes: true, attributeFilter: ["d", "src"] });
}"""


def presses(page, slider, n):
    """Press arrow keys on a slider, each when the last one has been shown."""
    slider.focus()
    for i in range(n):
        before = page.evaluate("window.courseTimes.length")
        page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
        try:
            page.wait_for_function(
                "n => window.courseTimes.length > n", arg=before, timeout=2000
            )
        except NoChange:
            return  # a threshold without a clip moves nothing


def times_of(page, address, cell, picture, sliders, event):
    """Run a notebook of one cell and return what each press took, in milliseconds."""
    lesson = Lesson(page, address, f"{cell}.ipynb")
    lesson.run_all()
    page.wait_for_selector(picture)
    page.evaluate(WATCH, [picture, event])
    for slider in page.locator(sliders).all():
        slider.press("ArrowRight")  # away from where the table's first states are
        page.wait_for_timeout(300)
        presses(page, slider, N_PRESSES)
    return np.array(page.evaluate("window.courseTimes"))


def write_notebooks(folder):
    """Write a notebook of one cell for each widget, and one for `interact`."""
    cells = {name: f"from course_lib import widgets\nwidgets.{name}()" for name in NAMES}
    for name, cell in (cells | {"interact": INTERACT}).items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / f"{name}.ipynb")


def table():
    """Measure, and return a table in Markdown with the goals below it."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        state, notebooks = Path(name, "state"), Path(name, "notebooks")
        (state / "workspace").mkdir(parents=True)
        notebooks.mkdir()  # no lesson
        write_notebooks(state / "workspace")
        with lab_server(state, notebooks) as address, chromium_page(chromium()) as page:
            for name in NAMES:
                ours = ".course-live .stage", ".course-live input[type=range]", "input"
                found[name] = times_of(page, address, name, *ours)
            theirs = ".widget-output", ".noUi-handle", "keydown"
            reference = times_of(page, address, "interact", *theirs)
    slow = np.array([np.percentile(times, 95) for times in found.values()])
    rows = {f"`{name}`": times for name, times in found.items()}
    rows |= {"`interact` with `plt.show`": reference}
    return "\n".join(
        [
            "| from input to frame, through the kernel | median, ms | 95 %, ms |",
            "| --- | --- | --- |",
            *(
                f"| {name} | {np.median(times):.0f} | {np.percentile(times, 95):.0f} |"
                for name, times in rows.items()
            ),
            "",
            f"Goal at 95 %: each widget at most {GOAL} ms, half of them {HALF_GOAL}. "
            f"{np.sum(slow <= GOAL)} of {len(slow)} are within {GOAL} ms, "
            f"{np.sum(slow <= HALF_GOAL)} within {HALF_GOAL} ms.",
        ]
    )


if __name__ == "__main__":
    print(table())
