"""Lesson 11 judges every section of the article, with evidence, and says who covers it."""

import re
from collections import Counter
from typing import NamedTuple

import pytest
from article_outline import SECTIONS, VERDICTS
from lesson_pages import NOTEBOOKS

from tools.notebook_format import notebook_from_source

LESSON = NOTEBOOKS / "source" / "11_reading_the_article.md"
CELLS = notebook_from_source(LESSON).cells
TEXT = "\n\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
_ROW = re.compile(
    r"^\| (?:\[(?P<shown>[\d.]+)\]\(#(?P<anchor>[^)]+)\)|(?P<told>[\d., ]+)) \| "
    r"(?P<claim>[^|]+? \([^|]+\)[^|]*?) \| "
    r"(?:(?P<mark>[●◐○]) )?(?P<verdict>[^|]+?) \| (?P<holds>[^|]*?) ?\| "
    r"\[(?P<number>\d\d)\]\((?P<lesson>\w+)\.ipynb\) \|$",
    re.MULTILINE,
)


class Claim(NamedTuple):
    """A heading that begins with a section's number, and what follows up to the next one."""

    heading: str
    text: str
    code: list

    @property
    def section(self):
        return self.heading.partition(" ")[0]

    @property
    def verdicts(self):
        return re.findall(r"\*\*Verdict: ([a-z ]+)\.?\*\*", self.text)


def read_claims(cells):
    """Return the claims of the lesson, in order; exercises belong to the claim before them."""
    claims = []
    for cell in cells:
        if cell.cell_type == "code":
            if claims:
                claims[-1].code.append(cell.source)
            continue
        for part in re.split(r"(?m)^(?=#{2,3} )", cell.source):
            heading = re.match(r"#{2,3} (.+)", part)
            if heading and re.match(r"\d(\.\d)* [A-Z]", heading[1]):
                claims.append(Claim(heading[1], part, []))
            elif heading and part.startswith("## The whole article"):
                return claims
            elif claims:
                claims[-1] = claims[-1]._replace(text=claims[-1].text + "\n" + part)
    raise AssertionError("the lesson has no section with the table")


CLAIMS = read_claims(CELLS)
ROWS = [match.groupdict() for match in _ROW.finditer(TEXT)]
TESTABLE = [row for row in ROWS if row["mark"]]
MARKS = {"right": "●", "half right": "◐", "wrong": "○"}
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.heading)
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["claim"][:30])


def section(row):
    return row["shown"] or row["told"]


def test_the_table_has_a_row_for_every_section_of_the_article_in_its_order():
    untestable = ROWS[-1]["told"].split(", ")
    testable = [name for name in SECTIONS if name not in untestable]
    assert list(dict.fromkeys(map(section, TESTABLE))) == testable
    assert [name for name in SECTIONS if name not in testable] == untestable
    assert ROWS[:-1] == TESTABLE


def test_every_line_of_the_table_is_read():
    body = TEXT.partition("| § | the claim |")[2].split("\n\n")[0]
    assert len(ROWS) == body.count("\n|") - 1 >= len(SECTIONS)


def test_the_claims_with_evidence_are_rows_with_the_same_verdicts():
    rows = {}
    for row in TESTABLE:
        if row["anchor"]:
            assert row["anchor"].startswith(f"{row['shown']}-")
            rows.setdefault(row["anchor"], []).append(row["verdict"])
    claims = {c.heading.replace(" ", "-"): c.verdicts for c in CLAIMS}
    assert {k: sorted(v) for k, v in rows.items()} == {k: sorted(v) for k, v in claims.items()}


def test_the_lesson_stays_within_three_thousand_words():
    """Whatever holds a letter or a digit; neither cells nor the bars of tables."""
    assert sum(bool(re.search(r"\w", word)) for word in TEXT.split()) <= 3000


@each_row
def test_each_row_names_an_existing_lesson(row):
    lessons = {path.stem for path in (NOTEBOOKS / "source").glob("*.md")}
    assert row["lesson"] in lessons
    assert row["lesson"].startswith(f"{row['number']}_")


@each_row
def test_each_row_has_a_verdict_and_says_what_holds(row):
    assert row["verdict"] in VERDICTS
    assert row["mark"] == MARKS.get(row["verdict"])
    assert bool(row["holds"]) == (row["mark"] is not None)


@each_claim
def test_each_claim_is_told_and_predicted_and_its_verdict_is_folded(claim):
    told, folded, judged = (
        claim.text.find(word) for word in ("> **Claim", "<details>", "**Verdict:")
    )
    assert 0 < told < folded < judged
    assert claim.code[0].startswith("predict(")


@each_claim
def test_each_claim_is_tested_by_a_cell(claim):
    assert set(claim.verdicts) <= set(VERDICTS) - {"says nothing testable"}
    assert claim.verdicts and any("print(" in code for code in claim.code)


def test_the_verdicts_are_counted_rightly():
    count = Counter(row["verdict"] for row in TESTABLE)
    sections = "§" + ROWS[-1]["told"].replace(", ", " and §")
    said = (
        f"Of {len(TESTABLE)} claims, {count['right']} are right, {count['half right']} half "
        f"right and {count['wrong']} wrong; {sections} say nothing testable."
    )
    assert said in TEXT


def test_every_reference_of_the_table_is_in_the_list():
    table = " ".join(row["holds"] for row in ROWS)
    cited = re.findall(r"([A-Z]\w+)(?: & [A-Z]\w+| et al\.)? (\d{4})", table)
    listed = TEXT.partition("## References")[2]
    assert len(set(cited)) > 5
    for name, year in cited:
        assert re.search(rf"^- .*{name}.*{year}", listed, re.MULTILINE), (name, year)


def test_every_reference_in_the_list_is_cited():
    argument, _, listed = TEXT.partition("## References")
    for line in re.findall(r"^- (.*(?:19|20)\d\d.*)$", listed, re.MULTILINE):
        authors, year = line.partition(":")[0], re.findall(r"\b(?:19|20)\d\d\b", line)[-1]
        first = authors.split(",")[0].split()[-1]
        assert re.search(rf"{first}.{{0,40}}{year}", argument), line
