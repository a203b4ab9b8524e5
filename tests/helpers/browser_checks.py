"""What every lesson in the browser has to show, and what its widgets have to do."""

import re

import nbformat
from axe_playwright_python.sync_playwright import Axe
from lesson_pages import LESSONS, PAGES, answers, read, widget_calls
from playwright.sync_api import expect

FIRST = "00_start_here.ipynb"
WIDGETS = "widgets.ipynb"  # a notebook with one cell for each widget of the lessons
BUILT = "built"  # the folder, in the workspace, of the notebooks with their outputs
IMPORTS = (
    "from course_lib import widgets",
    "from course_lib.exercises.engine.registry import find",
    # the first lesson's slider has its hundred pictures sent ahead; these only answer
    "widgets.LiveWidget._send_ahead = lambda *_: None",
)
ANSWER_LIMIT = 15_000  # milliseconds until the page must have answered
# the widgets that each notebook calls
CALLED = {path.name: widget_calls(read(path)) for path in PAGES}


def write_widgets(path):
    """Write a notebook that makes every widget of the lessons, each in a cell of its own."""
    cells = []
    for page in LESSONS:
        own = [f"{name} = find({of!r}).reference" for name, of in answers(read(page)).items()]
        for call in CALLED[page.name]:
            used = [line for line in own if f"({line.partition(' ')[0]})" in call]
            cells.append(nbformat.v4.new_code_cell("\n".join([*IMPORTS, *used, call])))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def check_cells(lesson, ran):
    """Assert that the cells that ran left numbers, pictures and no error."""
    for cell in ran:
        kinds = {output.get("name", output["output_type"]) for output in cell["outputs"]}
        assert not kinds & {"error", "stderr"}, cell["source"]
    for image in lesson.images():
        assert image["alt"].strip(), "an image has no alternative text"
        assert image["width"] > 0, f"not drawn: {image['alt']}"
    notebook = lesson.page.locator(".jp-Notebook")
    expect(notebook).not_to_contain_text("Error displaying widget")
    expect(notebook).not_to_contain_text("Traceback")
    expect(notebook.locator(".jp-mod-error, merror, mjx-merror")).to_have_count(0)


def check_widgets(page, n_widgets):
    """Assert that each control moves its picture to both ends, and that all can be used."""
    widgets = page.locator(".course-live")
    expect(widgets).to_have_count(n_widgets, timeout=ANSWER_LIMIT)
    for widget in widgets.all():
        check_controls(widget)
    check_accessible(page)


def check_controls(widget):
    """Move each control to both its ends by keyboard; picture and words follow."""
    height = widget.bounding_box()["height"]
    for button in widget.locator("button").all():
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        button.press("ArrowDown")
        expect(button).to_be_focused()  # no key leads out of the cell
    for second in widget.locator("button:nth-child(2)").all():
        second.press(" ")  # the first may be one without momentum or without a clip
    settle(widget)
    for slider in widget.locator("input[type=range]").all():
        start = slider.input_value()
        field = slider.locator("xpath=..").locator("input[type=number]")
        for key, end in (("End", "max"), ("Home", "min")):
            before = seen(widget)
            slider.press(key)
            expect(slider).to_be_focused()
            expect(slider).to_have_value(slider.get_attribute(end))
            expect(field).to_have_value(field.get_attribute(end))
            expect(slider).to_have_attribute("aria-valuetext", field.get_attribute(end))
            follows(widget, before)
        slider.fill(start)
        settle(widget)
    assert widget.bounding_box()["height"] == height


def settle(widget):
    """Wait until the picture is that of the controls."""
    busy = widget.locator("[aria-busy=true]")
    expect(busy).to_have_count(0, timeout=ANSWER_LIMIT)


def follows(widget, before):
    """Assert that picture, alternative text and sentence are others, and say the same."""
    words, stage = widget.locator("figcaption"), widget.locator(".stage")
    expect(words).not_to_have_text(before[0], timeout=ANSWER_LIMIT)
    expect(words).not_to_contain_text(re.compile("kernel|could not"))
    sentence, paths, alt = seen(widget)
    assert alt.endswith(sentence)
    assert paths != before[1]
    expect(stage).not_to_have_class(re.compile("old"))


def seen(widget):
    """Return sentence, paths and alternative text of a widget."""
    return widget.evaluate("""el => [el.querySelector("figcaption").textContent,
        [...el.querySelectorAll(".stage path")].map((path) => path.outerHTML),
        el.querySelector(".stage").ariaLabel]""")


def check_accessible(page):
    """Assert that axe-core finds nothing serious in the widgets."""
    found = Axe().run(page, context={"include": [[".course-live"]]}).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [node["html"] for node in v["nodes"]]) for v in serious]
