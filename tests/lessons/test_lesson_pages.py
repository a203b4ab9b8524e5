"""What the tests of notebooks look at is really seen: each finding is planted once."""

import nbformat
import pytest
from lesson_pages import anchors, images, plant_a_wrong_number, shown_texts, targets

from tools.notebook_outputs import STATE

PICTURE = '<figure><img alt="a curve" src="data:image/png;base64,AAAA"></figure>'
PROSE = """\
# The *chain* rule and `σ'`

![](data:image/png;base64,AAAA) and [a page](01_chain_rule.ipynb#The-rule "title"),
<a href="glossary.ipynb">words</a>, `[not](a-link)`

```python
# not a heading
```
"""


@pytest.fixture
def notebook():
    """A notebook with an image in prose, in an output and in a widget."""
    data = {"text/html": PICTURE, "text/plain": "a curve"}
    printed = nbformat.v4.new_output("stream", name="stdout", text="slope = 0.25\n")
    shown = nbformat.v4.new_output("display_data", data=data)
    cells = [
        nbformat.v4.new_markdown_cell(PROSE),
        nbformat.v4.new_code_cell("1", outputs=[shown]),
        nbformat.v4.new_code_cell("2", outputs=[printed]),
    ]
    widget = {"model_name": "HTMLModel", "state": {"value": "<img src='data:image/png;,'>"}}
    state = {STATE: {"state": {"a": widget}}}
    return nbformat.v4.new_notebook(cells=cells, metadata={"widgets": state})


def test_images_are_found_in_prose_outputs_and_widgets(notebook):
    assert [image.get("alt") for image in images(notebook)] == ["", "a curve", None]


def test_links_are_found_in_markdown_and_html_but_not_in_code(notebook):
    assert targets(notebook) == ["01_chain_rule.ipynb#The-rule", "glossary.ipynb"]


def test_anchors_are_those_that_jupyterlab_gives(notebook):
    assert anchors(notebook) == {"The-chain-rule-and-σ'"}


def test_texts_are_found_in_outputs_and_widgets(notebook):
    assert "slope = 0.25\n" in shown_texts(notebook)
    assert "<img src='data:image/png;,'>" in shown_texts(notebook)


def test_a_planted_number_differs_in_one_digit_and_leaves_the_original(notebook):
    planted, number = plant_a_wrong_number(notebook)
    assert number == 2
    assert planted.cells[2].outputs[0].text == "slope = 0.95\n"
    assert notebook.cells[2].outputs[0].text == "slope = 0.25\n"
