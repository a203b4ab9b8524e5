"""Lessons as JupyterLab shows them in a real browser: every notebook with its stored outputs.

That every cell runs without an error, and gives these outputs, is nbval's to tell; whether the
widgets answer stands in ``test_widgets_in_browser.py``.
"""

import json

import pytest
from playwright.sync_api import expect

from tools.lab_browser import Notebook
from tools.workspace import NOTEBOOKS

PAGES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module", params=PAGES)
def shown(request, address, page):
    """Each notebook, opened once."""
    return Notebook(page, address, f"built/{request.param}")


def stored(shown):
    """Return the notebook as it lies on the disk."""
    return json.loads((NOTEBOOKS / shown.name.partition("/")[2]).read_text(encoding="utf-8"))


def test_every_cell_and_every_image_is_there(shown):
    cells = stored(shown)["cells"]
    assert len(shown.cells()) == len(cells)
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    html = "".join("".join(o.get("data", {}).get("text/html", "")) for o in outputs)
    n_markdown = sum(
        "".join(cell["source"]).count("<img ") for cell in cells if cell["cell_type"] != "code"
    )
    assert len(shown.images()) >= html.count("<img ") + n_markdown


def test_every_image_is_drawn_and_has_alternative_text(shown):
    for image in shown.images():
        assert image["alt"].strip(), "an image has no alternative text"
        assert image["width"] > 0, f"not drawn: {image['alt']}"


def test_no_widget_and_no_formula_is_shown_as_an_error(shown):
    notebook = shown.page.locator(".jp-Notebook")
    expect(notebook).not_to_contain_text("Error displaying widget")
    expect(notebook).not_to_contain_text("Traceback")
    expect(notebook.locator(".jp-mod-error, merror, mjx-merror")).to_have_count(0)


def test_formulas_are_set(shown):
    sources = ["".join(cell["source"]) for cell in stored(shown)["cells"]]
    if any("$" in source for source in sources):
        assert shown.page.locator(".jp-Notebook mjx-container").count() > 0
