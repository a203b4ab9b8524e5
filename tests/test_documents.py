"""README and the pages beside it: commands, files and pictures that they name are there."""

import re

import pytest

import course
from tools.website import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


@every_page
def test_every_command_that_a_page_names_is_one(path):
    named = re.findall(r"course\.py ([a-z]+)", path.read_text(encoding="utf-8"))
    assert (named and set(named) <= set(course.MODULES)) or path.name == "hub.md"


@every_page
def test_every_link_within_the_course_leads_to_a_file(path):
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    for link in links:
        assert link.startswith("https://") or (path.parent / link).exists(), link


def test_every_command_is_named_in_the_readme_or_in_contributing():
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert [name for name in course.MODULES if f"course.py {name}" not in text] == []


def test_the_picture_that_moves_is_small_and_has_words_for_those_who_do_not_see_it():
    (alt, path) = re.findall(r"!\[([^\]]+)\]\(([^)]+\.gif)\)", PAGES[0].read_text("utf-8"))[0]
    picture = ROOT / path
    assert len(alt.split()) > 10 and picture.read_bytes()[:6] == b"GIF89a"
    assert picture.stat().st_size < 1_000_000


def by_pinyin(name):
    """Return a key: the codes of the common characters are in the order of pinyin, with two
    exceptions here, 弹 that is read tán and 阈, a rare character."""
    return name.replace("弹", "探").replace("阈", "豫").encode("gb18030")


def test_the_glossary_lists_each_term_by_its_chinese_name_too_in_the_order_of_pinyin():
    text = (ROOT / "notebooks" / "source" / "glossary.md").read_text(encoding="utf-8")
    by_lesson, _, by_name = text.partition("## By the Chinese term")
    terms = re.findall(r"^\| ([^|]+) \|.*\]\(\d\d_.* \| ([^|]+) \|$", by_lesson, re.MULTILINE)
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", by_name, re.MULTILINE)
    wanted = sorted(((name, term) for term, name in terms), key=lambda row: by_pinyin(row[0]))
    assert rows[2:] == wanted and len(terms) > 50


def test_the_glossary_names_a_lesson_in_which_the_term_stands_in_the_order_of_lessons():
    sources = sorted((ROOT / "notebooks" / "source").glob("[01]*.md"))
    asked = ROOT / "course_lib" / "predictions"
    texts = {}
    for path in sources:
        number = path.name[:2]
        both = path, asked / f"lesson_{number}.py"
        told = [p.read_text(encoding="utf-8") for p in both if p.exists()]
        texts[number] = plain_words(" ".join(told))
    table = (ROOT / "notebooks" / "source" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \|.*\| \[(\d\d)\]\(", table, re.MULTILINE)
    lessons = [lesson for _, lesson in rows]
    assert lessons == sorted(lessons)
    names = {term: re.sub(r" \(.*?\)", "", term).split(", ") for term, _ in rows}
    absent = [
        (lesson, term)
        for term, lesson in rows
        if not any(re.search(stems(name), texts[lesson]) for name in names[term])
    ]
    assert absent == []


def plain_words(text):
    """Return a text in small letters, without emphasis and hyphens, on one line."""
    return " ".join(text.replace("*", "").replace("-", " ").lower().split())


def stems(term):
    """Return a pattern: the words of a term in order, whatever their endings."""
    return r"[\w']* ".join(
        re.escape(re.sub("'?s$", "", word)[:5]) for word in plain_words(term).split()
    )
