"""Read lessons' sources: cells, what they ask, what is too wide for a page."""

import re
from functools import cache
from pathlib import Path

from course_lib.predictions.markup import unmarked

SOURCES = sorted(Path(__file__).parents[2].glob("notebooks/source/*.md"))


@cache
def text_of(path):
    """Return a source as text."""
    return path.read_text(encoding="utf-8")


def called(path, function):
    """Return the names that a source calls a function such as ``predict`` with, in order."""
    cells = re.findall(r"```\{code-cell\}[^\n]*\n(.*?)```", text_of(path), re.DOTALL)
    return [n for cell in cells for n in re.findall(rf'\b{function}\("(\w+)"', cell)]


def says_only_true_or_false(printed):
    """Say whether each line that a cell prints ends in True or False, and none in a number."""
    lines = [line for line in printed.splitlines() if line.strip()]
    return bool(lines) and all(re.search(r"\b(?:True|False)\W*$", line) for line in lines)


def too_wide(text, code=88, table=75, formula=58):
    """Return lines of code and tables, and formulas, that may not fit 800 pixels.

    Parameters
    ----------
    text : str
        A lesson's source.
    code : int
        Characters that fit a line of code.
    table : int
        Characters that fit a row, each cell as wide as its longest word or piece of code.
    formula : int
        Signs that fit a line of a displayed formula.

    Returns
    -------
    list of str
    """
    prose = re.sub(r"```\{code-cell\}.*?```", "", unmarked(text), flags=re.DOTALL)
    blocks = re.findall(r"```\w*\n(.*?)```", prose, re.DOTALL)
    wide = [line for block in blocks for line in block.splitlines() if len(line) > code]
    prose = re.sub(r"```.*?```", "", prose, flags=re.DOTALL)
    for rows in re.findall(r"(?:^\|.*\n)+", prose, re.MULTILINE):
        cells = [re.split(r"(?<!\\)\|", row.strip().strip("|")) for row in rows.splitlines()]
        columns = range(max(map(len, cells)))
        if sum(max(_widest(row[c]) for row in cells if c < len(row)) for c in columns) > table:
            wide.append(rows.splitlines()[0])
    formulas = (f.strip() for f in re.findall(r"\$\$(.*?)\$\$", prose, re.DOTALL))
    lines = (line for f in formulas for line in f.split(r"\\"))
    return wide + [line for line in lines if _signs(line) > formula]


def _widest(cell):
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell).replace("`", "").split()
    return max(map(len, words), default=0) + 2


def _signs(formula):
    """Return how many signs a formula is wide, a fraction as wide as its longer part."""
    plain = re.sub(
        r"\\(?:[a-zA-Z]*(?:frac|begin|end|text|mathrm|operatorname))\b", _mark_fraction, formula
    )
    plain = re.sub(r"[_^]\{([^{}]*)\}", r"\1", plain)
    while (shorter := re.sub(r"÷\{([^{}]*)\}\s*\{([^{}]*)\}", _longer, plain)) != plain:
        plain = re.sub(r"(?<!÷)(?<!\})\{([^{}]*)\}", r"\1", shorter)
    return len(re.sub(r"[\s{}$_^&\\]", "", re.sub(r"\\[a-zA-Z]+|\\.", "x", plain)))


def _mark_fraction(command):
    return "÷" if command[0].endswith("frac") else ""


def _longer(fraction):
    return max(fraction[1], fraction[2], key=len)
