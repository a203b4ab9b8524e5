"""Read notebooks as a reader meets them: images, links, headings, what was printed."""

import functools
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tools.lockfile import differences
from tools.notebook_outputs import outputs, texts, widget_states

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PAGES = sorted(NOTEBOOKS.glob("*.ipynb"))
LESSONS = [path for path in PAGES if re.match(r"\d\d_", path.name)]

UNLOCKED = differences()
locked_only = pytest.mark.skipif(bool(UNLOCKED), reason=f"not the lock: {'; '.join(UNLOCKED)}")

ANSWER = re.compile(r"^(\w+) = check\(\"(\w+)\"", re.MULTILINE)
CALL = re.compile(r"^widgets\.\w+\(.*\)$", re.MULTILINE)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)


@functools.cache
def read(path: Path) -> NotebookNode:
    """Read a notebook file, once for all tests: what comes back is not to be changed."""
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def widget_calls(notebook: NotebookNode) -> list[str]:
    """Return the calls that make a lesson's widgets, as its cells write them."""
    return [call for cell in code_cells(notebook) for call in CALL.findall(cell.source)]


def answers(notebook: NotebookNode) -> dict[str, str]:
    """Return which exercise each name of a lesson's answers belongs to."""
    return dict(ANSWER.findall("\n".join(cell.source for cell in code_cells(notebook))))


def prose(notebook: NotebookNode) -> str:
    """Return all Markdown cells as one text."""
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def widget_texts(notebook: NotebookNode) -> list[str]:
    """Return the values of the stored HTML and text widgets."""
    values = [model["state"].get("value") for model in widget_states(notebook).values()]
    return [value for value in values if isinstance(value, str)]


def shown_texts(notebook: NotebookNode) -> list[str]:
    """Return every text in outputs and widgets, image data cut out of the outputs."""
    in_outputs = [text for _, _, output in outputs(notebook) for text in texts(output)]
    return in_outputs + widget_texts(notebook)


def images(notebook: NotebookNode) -> list[dict]:
    """Return the attributes of every image: in prose, in outputs, in widgets."""
    found = [{"alt": alt, "src": src} for mark, alt, src in links(notebook) if mark == "!"]
    bundles = [output.get("data", {}) for _, _, output in outputs(notebook)]
    pages = [bundle["text/html"] for bundle in bundles if "text/html" in bundle]
    return found + list(_tags("img", [prose(notebook), *pages, *widget_texts(notebook)]))


def links(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    """Return (``!`` for an image, text, target) of every Markdown link outside code."""
    return _LINK.findall(_CODE.sub("", prose(notebook)))


def targets(notebook: NotebookNode) -> list[str]:
    """Return the targets of all links, in prose, outputs and widgets."""
    pages = [prose(notebook), *shown_texts(notebook)]
    anchors = [attributes.get("href", "") for attributes in _tags("a", pages)]
    return [target for mark, _, target in links(notebook) if not mark] + anchors


def anchors(notebook: NotebookNode) -> set[str]:
    """Return the anchors that JupyterLab gives to the headings."""
    text = re.sub(r"```.*?```", "", prose(notebook), flags=re.DOTALL)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", h) for h in _HEADING.findall(text)]
    return {heading.replace(" ", "-") for heading in plain}


def plant_a_wrong_number(notebook):
    """Return the notebook with one printed digit changed, and the number of that code cell."""
    planted = nbformat.from_dict(json.loads(json.dumps(notebook)))
    for number, _, output in outputs(planted):
        for held, key in ((output, "text"), (output.get("data", {}), "text/plain")):
            found = re.search(r"\d\.\d*?([1-8])", held.get(key, ""))
            if found and "<" not in held[key]:
                at = found.start(1)
                held[key] = f"{held[key][:at]}9{held[key][at + 1 :]}"
                return planted, number
    return None


def _tags(name: str, pages: list[str]) -> Iterator[dict]:
    for page in pages:
        finder = _TagFinder(name)
        finder.feed(page)
        yield from finder.found


class _TagFinder(HTMLParser):
    def __init__(self, name: str):
        super().__init__()
        self.name, self.found = name, []

    def handle_starttag(self, tag, attrs):
        if tag == self.name:
            self.found.append({key: value or "" for key, value in attrs})
