"""What the sources' prose may hold: tied numbers, counts in place of True, nothing too wide.

What lessons of an earlier style still hold is counted in `LEFT`: it may only become less.
"""

import re

import pytest
from lesson_pages import NOTEBOOKS, code_cells, read
from lesson_sources import SOURCES, says_only_true_or_false, text_of, too_wide
from tied_numbers import tied_numbers, untied

from course_lib.predictions.markup import MARK
from tools.notebook_format import notebook_from_source

# lesson: numbers in prose that are not tied, cells that print nothing but True or False
LEFT = {
    "00": (0, 0),
    "01": (0, 0),
    "02": (0, 0),
    "03": (0, 0),
    "04": (0, 0),
    "05": (0, 0),
    "06": (0, 0),
    "07": (0, 0),
    "08": (0, 0),
    "09": (0, 0),
    "10": (0, 0),
    "11": (4, 0),
    "12": (0, 0),
}

every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
every_lesson = pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.stem[:2] in LEFT], ids=lambda path: path.stem
)


@every_lesson
def test_numbers_in_prose_are_tied_to_what_is_computed(path):
    found = untied(text_of(path))
    allowed, _ = LEFT[path.stem[:2]]
    assert len(found) <= allowed, f"{len(found)}, tie some of these: {found}"


@every_source
def test_no_comment_that_ties_a_number_reaches_the_notebook(path):
    notebook = notebook_from_source(path)
    assert not any("<!-- =" in cell.source for cell in notebook.cells)
    # without its comment, "1." at the beginning of a line would begin a list
    assert not re.search(
        rf"^{re.sub(r'[?]P<[a-z]+>', '?:', MARK.pattern)}\d+[.)]\s", text_of(path), re.M
    )


@every_source
def test_code_tables_and_formulas_fit_the_page(path):
    assert not too_wide(text_of(path))


@every_source
def test_a_paragraph_after_a_folded_answer_is_a_cell_of_its_own(path):
    sticking = re.findall(r"^</details>\n\n(?!\+\+\+|```|<details>|#)(.+)", text_of(path), re.M)
    assert not sticking


@every_lesson
def test_cells_print_what_was_counted_and_not_only_true_or_false(path):
    _, allowed = LEFT[path.stem[:2]]
    stored = code_cells(read(NOTEBOOKS / f"{path.stem}.ipynb"))
    found = [cell.source for cell in stored if says_only_true_or_false(_said(cell))]
    assert len(found) <= allowed, "\n---\n".join(found)


def _said(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.21 per layer", 1.21, 0.01),
        ("70,000, then", 70_000, 1),
        ("−2 where", -2, 1),
        ("10⁻¹⁹: with", 1e-19, 1e-19),
        ("2.4·10⁸ of", 2.4e8, 1e7),
        ("$10^{-9}$", 1e-9, 1e-9),
        ("$2 \\cdot 10^8$", 2e8, 1e8),
        ("**1e-5**", 1e-5, 1e-5),
        ("twelve of", 12, 1),
        ("¼,", 0.25, 1),
    ],
)
def test_a_number_is_read_as_a_reader_reads_it(text, value, unit):
    (tied,) = tied_numbers(f"about <!-- = f(2) ± 0.1 -->{text}")
    assert (tied.value, tied.unit) == (pytest.approx(value), pytest.approx(unit))
    assert (tied.expression, tied.tolerance) == ("f(2)", "0.1")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("<!-- = x -->1.21", True),
        ("<!-- = x -->1.22", False),
        ("<!-- = x ± 0.02 -->1.22", True),
        ("<!-- = 1e19 * x ± 0.5 decade -->10¹⁹", True),
        ("<!-- = 1e18 * x ± 0.5 decade -->10¹⁹", False),
        ("<!-- = -x -->−1.21", True),
        ("<!-- = -x -->1.21", False),
    ],
)
def test_a_wrong_digit_in_the_text_is_found(text, right):
    (tied,) = tied_numbers(text)
    assert (tied.fault({"x": 1.2143}) == "") == right


def test_a_comment_without_a_number_and_one_without_an_expression_are_refused():
    with pytest.raises(ValueError, match="no number follows"):
        tied_numbers("<!-- = x -->about 3")
    with pytest.raises(SyntaxError):
        tied_numbers("<!-- = x of y -->3")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A factor of 1.21 and 10⁻⁹ and 70,000.", ["1.21", "10⁻⁹", "70,000"]),
        ("<!-- = x -->1.21 and **<!-- = y ± 1 -->12** and $<!-- = z -->10^{9}$", []),
        ("Lesson 03, section 5, §7, 1994, `f(3.5)`, $x = 3.5$, w = 8, 1 per layer", []),
        ("<!-- = np.sum(x < 2) -->5 of 7.5, and 3.5 < y, but 4.5 > y", ["7.5", "3.5", "4.5"]),
        ("<!-- = x ± 1 decade -->$10^{38}$, or $10^{308}$", []),
        ("```{code-cell}\nx = 3.5\n```\n## 4 · Four\n\n| [01 x](01_x.ipynb) | 3 |\n", []),
    ],
)
def test_numbers_that_are_not_tied_are_listed(text, found):
    assert untied(text) == found


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("```python\n" + "x" * 89 + "\n```\n", 1),
        ("```python\n" + "x" * 88 + "\n```\n", 0),
        ("| a | b |\n| --- | --- |\n| " + "x" * 40 + " | `" + "y" * 40 + "` |\n", 1),
        ("| a | b |\n| --- | --- |\n| " + "x " * 40 + " | [" + "y " * 40 + "](z) |\n", 0),
        ("$$" + "x + " * 30 + "y$$", 1),
        (r"$$\frac{" + "x + " * 20 + r"y}{\partial \alpha_{ij}}$$", 0),
    ],
)
def test_what_is_too_wide_is_found(text, n):
    assert len(too_wide(text)) == n


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("some run explodes: True\n", True),
        ("True\nFalse\n", True),
        ("7 of 12 runs\nall of them: False\n", False),
        ("", False),
    ],
)
def test_a_cell_that_only_says_true_is_found(printed, found):
    assert says_only_true_or_false(printed) == found
