"""A lesson as slides: where each begins, so that it fits on a screen of 1280 x 720."""

import html
import re

from nbformat import NotebookNode

from tools.notebook_outputs import VIEW
from tools.teaching import TAG, split_at_headings

ROOM = 540  # CSS pixels: what of a screen is left for cells
LINE, CODE_LINE, GAP = 26, 19, 18  # height of a line of text, one of code, and between blocks
COLUMNS = 92  # letters in a line of text
TABLE_ROW, FORMULA, HEADING, WIDGET, FIGURE, CARD = 34, 80, 60, 480, 380, 260
_SIZE = re.compile(r'<img\b[^>]*\bheight="(\d+)"')
ITEM = re.compile(r"\n(?=- |\d+\. )")  # where the next one of a list begins
_TAG = re.compile(r"<[^>]+>")


def slides(notebook: NotebookNode) -> NotebookNode:
    """Return a lesson whose cells say where a slide begins.

    A section begins a slide; where the next cell has no room on it, another slide goes on.
    Long texts are cut between paragraphs. Notes for those who teach are notes of the slide.

    Parameters
    ----------
    notebook : NotebookNode
        The instructor's edition of a lesson; it stays as it is.
    """
    shown = type(notebook)(notebook | {"cells": []})
    used = 0
    for cell in (part for whole in split_at_headings(notebook) for part in pieces(whole)):
        cell.metadata = type(cell.metadata)(cell.metadata)
        shown.cells.append(cell)
        if TAG in cell.metadata.get("tags", ()):
            begin(cell, "notes")
            continue
        if cell.source.startswith("progress("):  # a table of its own, longer than a screen
            begin(cell, "skip")
            continue
        needed = height(cell)
        if not used or cell.source.startswith(("# ", "## ")):
            begin(cell, "slide")
            used = needed
        elif used + needed > ROOM:
            begin(cell, "subslide")
            used = needed
        else:
            used += needed
    return shown


def begin(cell: NotebookNode, kind: str) -> None:
    """Mark a cell as one that begins a slide, or as a note."""
    cell.metadata["slideshow"] = {"slide_type": kind}


def pieces(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell in parts that fit on a slide: text cut between its blocks, or in one."""
    if cell.cell_type != "markdown" or height(cell) <= ROOM:
        return [cell]
    parts: list[list[str]] = [[]]
    for block in (part for whole in blocks(cell.source) for part in cut(whole)):
        if parts[-1] and text_height("\n\n".join([*parts[-1], block])) > ROOM:
            parts.append([])
        parts[-1].append(block)
    return [
        type(cell)(cell | {"source": "\n\n".join(part), "id": f"{cell.id}-part{number}"})
        for number, part in enumerate(parts)
    ]


def blocks(source: str) -> list[str]:
    """Return the blocks of a text; what is folded is one, and so is a listing."""
    found: list[str] = []
    for block in re.split(r"\n{2,}", source):
        last = found[-1] if found else ""
        if last.count("<details") > last.count("</details") or last.count("```") % 2:
            found[-1] += f"\n\n{block}"
        else:
            found.append(block)
    return found


def cut(block: str) -> list[str]:
    """Return a block in parts that fit: a list by items, a table by rows below its head."""
    head, lines = [], [block] if "<details" in block else ITEM.split(block)
    if block.startswith("|"):
        *head, lines = *block.splitlines()[:2], block.splitlines()[2:]
    parts = [[*head]]
    for line in lines:
        if len(parts[-1]) > len(head) and block_height("\n".join([*parts[-1], line])) > ROOM:
            parts.append([*head])
        parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def height(cell: NotebookNode) -> int:
    """Return about how many pixels high a cell is on a slide."""
    if cell.cell_type != "code":
        return text_height(cell.source)
    if cell.source.startswith("predict("):
        return CARD
    is_hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
    own = 30 if is_hidden else CODE_LINE * (cell.source.count("\n") + 1) + GAP
    return own + sum(map(output_height, cell.outputs))


def text_height(source: str) -> int:
    """Return about how many pixels high a text is."""
    folded = re.sub(r"(?s)</summary>.*?</details>", "", source)
    return sum(map(block_height, re.split(r"\n{2,}", folded)))


def block_height(block: str) -> int:
    """Return about how many pixels high a paragraph, list, table, formula or heading is."""
    lines = block.splitlines()
    if block.startswith("#"):
        return HEADING
    if block.startswith("|"):
        return TABLE_ROW * len(lines) + GAP
    if "$$" in block:
        return FORMULA + LINE * max(len(lines) - 3, 0) + GAP
    if block.startswith(("- ", "1. ")):
        return LINE * sum(-(-len(item) // COLUMNS) for item in ITEM.split(block)) + GAP
    return LINE * -(-len(" ".join(lines)) // COLUMNS) + GAP


def output_height(output: NotebookNode) -> int:
    """Return about how many pixels high an output is."""
    data = output.get("data", {})
    if VIEW in data:
        return WIDGET
    page = data.get("text/html", "")
    if "<img" in page:
        size = _SIZE.search(page)
        caption = html.unescape(_TAG.sub("", page))
        return (int(size[1]) if size else FIGURE) + LINE * -(-len(caption) // COLUMNS) + GAP
    if page:
        rows = page.count("<tr") + page.count("<p") + page.count("<li") + page.count("<pre")
        return (TABLE_ROW + 10) * max(rows, 1) + GAP
    printed = output.get("text", data.get("text/plain", ""))
    return CODE_LINE * (printed.rstrip("\n").count("\n") + 1) + GAP
