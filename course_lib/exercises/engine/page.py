"""A page of feedback: written once, shown as HTML and as plain text.

In every text, `backticks` mark code. Status is said by a symbol and a word, never by color
alone.
"""

import html
import re
import sys
from dataclasses import dataclass, replace

from course_lib.exercises.engine.model import FAILED, NOT_ATTEMPTED, PASSED

MARKS = {PASSED: "✔", FAILED: "✘", NOT_ATTEMPTED: "○"}
# Okabe-Ito
COLORS = {PASSED: "#009E73", FAILED: "#D55E00", NOT_ATTEMPTED: "#0072B2"}
PANEL = "border-left:4px solid {color};padding:0.2em 0 0.2em 1em;margin:0.4em 0;max-width:60em"
CELL = 'style="text-align:left;vertical-align:top;padding:0.1em 1em 0.1em 0"'
TABLE = 'style="margin:0.3em 0;font-size:inherit"'
CODE = "background:#f7f7f7;color:#1a1a1a;padding:0.6em;overflow-x:auto;line-height:1.4"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    sentence: str

    def text(self):
        """Return the paragraph as plain text."""
        return self.sentence

    def html(self):
        """Return the paragraph as HTML."""
        return f'<p style="margin:0.4em 0">{_inline(self.sentence)}</p>'


@dataclass(frozen=True)
class Items:
    """A list with a heading, which may be empty."""

    heading: str
    items: tuple

    def text(self):
        """Return heading and items, one a line."""
        heading = [self.heading] if self.heading else []
        return "\n".join([*heading, *(f"  {item}" for item in self.items)])

    def html(self):
        """Return heading and items as an HTML list."""
        rows = "".join(f"<li>{_inline(item)}</li>" for item in self.items)
        style = "list-style:none;margin:0;padding-left:1em"
        heading = Paragraph(self.heading).html() if self.heading else ""
        return f'{heading}<ul style="{style}">{rows}</ul>'


@dataclass(frozen=True)
class Table:
    """Rows of text; the first cell of a row names it."""

    rows: tuple
    header: tuple = ()

    def text(self):
        """Return the rows with their columns aligned."""
        rows = [row for row in (self.header, *self.rows) if row]
        columns = range(max(map(len, rows)))
        widths = [max(_width(row, column) for row in rows) for column in columns]
        return "\n".join(_text_row(row, widths) for row in rows)

    def html(self):
        """Return an HTML table with row and column headers."""
        head = "".join(f'<th scope="col" {CELL}>{_inline(cell)}</th>' for cell in self.header)
        body = "".join(self._html_row(row) for row in self.rows)
        return f"<table {TABLE}>{f'<tr>{head}</tr>' if head else ''}{body}</table>"

    def _html_row(self, row):
        name, *cells = row
        data = "".join(f"<td {CELL}>{self._html_cell(cell)}</td>" for cell in cells)
        return f'<tr><th scope="row" {CELL}>{_inline(name)}</th>{data}</tr>'

    def _html_cell(self, cell):
        # without a header the cells are values, in columns of digits
        if self.header:
            return _inline(cell)
        return f'<pre style="margin:0;background:transparent">{html.escape(cell)}</pre>'


@dataclass(frozen=True)
class Code:
    """Python code, highlighted where Pygments is at hand."""

    source: str

    def text(self):
        """Return the code, indented."""
        return "\n".join(f"    {line}".rstrip() for line in self.source.splitlines())

    def html(self):
        """Return the code as highlighted HTML."""
        return f'<pre style="{CODE}">{_highlighted(self.source)}</pre>'


@dataclass(frozen=True)
class Page:
    """A heading, a status that colors the edge, and blocks."""

    heading: str
    blocks: tuple
    status: str = NOT_ATTEMPTED
    mark: str = ""

    def text(self):
        """Return the page as plain text."""
        title = f"{self.mark} {self.heading}".strip()
        return "\n".join([title, *(block.text() for block in self.blocks)])

    def html(self):
        """Return the page as HTML that needs no style sheet and no script."""
        color = COLORS[self.status]
        mark = f'<span aria-hidden="true" style="color:{color}">{self.mark}</span> '
        title = f"<strong>{mark if self.mark else ''}{_inline(self.heading)}</strong>"
        body = "".join(block.html() for block in self.blocks)
        return f'<div style="{PANEL.format(color=color)}">{title}{body}</div>'

    def and_say(self, sentence):
        """Return the page with one more paragraph."""
        return replace(self, blocks=(*self.blocks, Paragraph(sentence)))


def verdict(name, status, words, blocks):
    """Return the page that says how an answer to the exercise ``name`` fares."""
    return Page(f"{name}: {words}", tuple(blocks), status, MARKS[status])


def publish(page):
    """Show a page: rich in a notebook, plain text elsewhere."""
    if in_ipython():
        from IPython.display import display

        display({"text/html": page.html(), "text/plain": page.text()}, raw=True)
    else:
        _print(page.text())


def in_ipython():
    """Say whether this runs in a notebook or another IPython."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return get_ipython() is not None


def _print(text):
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def _inline(text):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _width(row, column):
    cell = row[column] if column < len(row) else ""
    return max(map(len, cell.splitlines() or [""]))


def _text_row(row, widths):
    cells = [cell.splitlines() or [""] for cell in row]
    lines = []
    for i in range(max(map(len, cells))):
        parts = [cell[i] if i < len(cell) else "" for cell in cells]
        padded = (part.ljust(width) for part, width in zip(parts, widths, strict=False))
        lines.append(f"  {'  '.join(padded)}".rstrip())
    return "\n".join(lines)


def _highlighted(source):
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return html.escape(source)
    return highlight(source, PythonLexer(), HtmlFormatter(noclasses=True, nowrap=True))
