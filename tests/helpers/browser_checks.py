"""What every lesson in the browser has to show, and what its sliders have to do."""

import re

from playwright.sync_api import expect

from tools.workspace import NOTEBOOKS

FIRST = "00_start_here.ipynb"
BUILT = "built"  # the folder, in the workspace, of the notebooks with their outputs
ANSWER_LIMIT = 15_000  # milliseconds until the page must have answered
WIDGET = re.compile(r"\bwidgets\.(\w+)\(")
# the widgets that each notebook calls
CALLED = {
    path.name: WIDGET.findall(path.read_text(encoding="utf-8"))
    for path in sorted(NOTEBOOKS.glob("*.ipynb"))
}


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


def check_sliders(lesson, n_widgets):
    """Assert that each widget's picture and its alternative text follow the keyboard."""
    figures = figures_with_sliders(lesson)
    assert len(figures) == n_widgets
    for figure in figures:
        picture = figure.locator(".widget-html img").first
        field = figure.locator("input[type=number]").first
        before = {name: picture.get_attribute(name) for name in ("src", "alt")}
        number = field.input_value()
        figure.locator(".noUi-handle").first.press("ArrowRight")
        expect(field).not_to_have_value(number, timeout=ANSWER_LIMIT)
        for name, value in before.items():
            expect(picture).not_to_have_attribute(name, value, timeout=ANSWER_LIMIT)


def figures_with_sliders(lesson):
    """Return the outputs that hold a slider and a picture."""
    with_slider = lesson.page.locator(".jp-OutputArea-output:has(.noUi-handle)")
    return with_slider.filter(has=lesson.page.locator(".widget-html img")).all()
