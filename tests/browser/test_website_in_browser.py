"""The website as a reader has it, opened from files: whole, readable, and alone."""

import argparse
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from tools.lab_browser import VIEWPORT

pytestmark = pytest.mark.thorough("makes the website")

DRAWN = """() => [...document.images].every((image) => image.complete)
  && ![...document.querySelectorAll(".math")].some((e) => !e.querySelector("mjx-container"))"""
THEME = "(theme) => { document.documentElement.dataset.theme = theme; }"
CARD = ".course-prediction"
REDRAWN = "(before) => document.querySelector('.course-live').innerHTML !== before"
# the words of each picture; where an image is part of one, those of the whole
ALTS = """[...document.images].map((image) => image.alt.trim()
  || image.closest("[role=img]")?.getAttribute("aria-label"))"""
WIDTH = "document.scrollingElement.scrollWidth"
# texts of an article whose contrast is below 4.5 (WCAG 2, level AA)
PALE = """() => {
  const rgb = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0.9) return color;
    }
    return [255, 255, 255];
  };
  const kinds = "p, li, td, th, h1, h2, h3, figcaption, pre, summary, a, code, label, span";
  return [...document.querySelectorAll(`.bd-article :is(${kinds})`)].filter((e) => {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest("mjx-container, .headerlink")) return false;
    const pair = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05) < 4.5;
  }).map((e) => e.textContent.trim().slice(0, 60));
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a website that was just made."""
    from tools import website

    if not shutil.which("npm"):
        pytest.skip("no npm: the website's scripts come from there")
    folder = tmp_path_factory.mktemp("made") / "site"
    assert website.main(argparse.Namespace(output_dir=folder, lite=False)) == 0
    return folder


class Reader:
    """Opens pages of the website and keeps what was asked of others, and errors."""

    def __init__(self, page, site):
        self.page, self.site, self.outside, self.errors = page, site, [], []
        page.on("request", self.note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self.errors.append(request.url))

    def note(self, request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, name, query=""):
        self.page.goto((self.site / name).as_uri() + query)
        self.page.wait_for_function(DRAWN)


@pytest.fixture(scope="module")
def reader(site, page):
    own = page.context.browser.new_page(viewport=VIEWPORT)
    yield Reader(own, site)
    own.close()


class Links(HTMLParser):
    """The targets and the anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.targets += [found[key] for key in ("href", "src") if found.get(key)]
        self.anchors |= {found["id"]} if "id" in found else set()


def test_every_page_is_whole_readable_on_a_telephone_and_asks_no_other_server(reader, site):
    pages = sorted(site.glob("*.html"))
    assert len([page for page in pages if re.match(r"\d\d_", page.name)]) == 13
    for path in pages:
        reader.open(path.name)
        text = reader.page.locator("body").inner_text()
        assert not re.search(r"\\\(|\\\[|\$\$", text), path.name
        assert all(reader.page.evaluate(ALTS)), path.name
        for theme in ("light", "dark"):
            reader.page.evaluate(THEME, theme)
            assert reader.page.evaluate(PALE) == [], (path.name, theme)
        reader.page.set_viewport_size({"width": 390, "height": 800})
        assert reader.page.evaluate(WIDTH) <= 390, path.name
        reader.page.set_viewport_size(VIEWPORT)
    assert reader.outside == [] and reader.errors == []


def test_every_link_within_the_website_leads_to_a_file_and_to_an_anchor_there(site):
    pages = {path: Links(path) for path in site.glob("*.html")}
    followed = 0
    for path, links in pages.items():
        for target in links.targets:
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = unquote(target).partition("#")
            page = (path.parent / name.partition("?")[0]).resolve() if name else path
            assert page.exists(), (path.name, target)
            known = pages[page].anchors if page in pages else set()
            assert not anchor or page not in pages or anchor in known, (path.name, target)
            followed += 1
    assert followed > 1000


@pytest.mark.parametrize("words, lesson", [("Nesterov", "06 ·"), ("clipping", "07 ·")])
def test_a_search_finds_its_lesson(reader, words, lesson):
    reader.open("search.html", f"?q={words}")
    found = reader.page.locator("#search-results a", has_text=lesson)
    found.first.wait_for()
    assert found.count() >= 1


def test_without_a_kernel_a_slider_redraws_and_a_prediction_is_answered(reader):
    reader.open("00_start_here.html")
    figure, card = reader.page.locator(".course-live").first, reader.page.locator(CARD).first
    slider = figure.locator("input[type=range]").first
    slider.wait_for()
    before = figure.inner_html()
    slider.press("ArrowRight")
    reader.page.wait_for_function(REDRAWN, arg=before)
    card.locator("button").first.click()
    card.get_by_role("status").get_by_text("What came out").wait_for()
