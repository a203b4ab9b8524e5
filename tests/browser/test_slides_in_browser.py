"""A lesson presented: every slide fits on the screen, and a slider answers on its slide."""

import contextlib
import re
import subprocess
import sys

import pytest
from playwright.sync_api import TimeoutError

from tools.lab_browser import Lesson
from tools.workspace import ROOT

pytestmark = pytest.mark.thorough("needs the extra for slides")
NAME, SCREEN = "03_deep_sigmoid_nets.ipynb", {"width": 1280, "height": 720}
DO = "(command) => window.jupyterapp.commands.execute(command)"
# top and bottom of what a slide shows
EXTENT = """() => {
  const cells = [...document.querySelectorAll(".jp-Cell.jp-deck-mod-onscreen")];
  const places = cells.filter((c) => c.checkVisibility()).map((c) => c.getBoundingClientRect());
  return [Math.min(...places.map((p) => p.top)), Math.max(...places.map((p) => p.bottom))];
}"""
FITS = f"""(height) => {{
  const [top, bottom] = ({EXTENT})();
  return top >= 0 && bottom <= height;
}}"""
PICTURE = """() => {
  const shown = ".jp-deck-mod-onscreen .jp-OutputArea :is(img, path)";
  return [...document.querySelectorAll(shown)].map((e) => e.src ?? e.getAttribute("d")).join();
}"""
FIRST = "() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }"
AT = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
WAYS = {
    way: f".jp-deck-mod-direction-{way}:not(.jp-mod-disabled)" for way in ("down", "forward")
}


@pytest.fixture(scope="module")
def presented(page):
    """The lesson as `course.py present` opens it, run from top to bottom."""
    command = [sys.executable, "course.py", "--here", "present", "03", "--no-browser", "--"]
    command += ["--allow-root", "--expose-app-in-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        try:
            found = (
                re.search(r"open at (http\S+/lab)\?(\S+)", line) for line in process.stdout
            )
            address, token = next(match for match in found if match).groups()
            own = page.context.browser.new_page(viewport=SCREEN)
            own.set_default_timeout(120_000)
            lesson = Lesson(own, f"{address}/tree/{{name}}?{token}", NAME)
            lesson.run_all()
            yield lesson
            own.close()
        finally:
            process.terminate()
            process.stdout.read()


def test_no_slide_is_taller_than_the_screen_and_a_slider_on_one_answers(presented):
    page = presented.page
    page.evaluate(FIRST)
    page.evaluate(DO, "deck:start")
    page.locator(WAYS["forward"]).wait_for()
    seen, answered = 0, False
    while True:
        with contextlib.suppress(TimeoutError):  # a busy machine draws it in the meantime
            page.wait_for_function(FITS, arg=SCREEN["height"], timeout=10_000)
        top, bottom = page.evaluate(EXTENT)
        assert top >= 0 and bottom <= SCREEN["height"], (seen, top, bottom)
        seen += 1
        slider = page.locator(".jp-deck-mod-onscreen input[type=range]").first
        if not answered and slider.count() and slider.is_visible():
            before, place = page.evaluate(PICTURE), slider.bounding_box()
            middle = place["y"] + place["height"] / 2
            page.mouse.move(place["x"] + 0.4 * place["width"], middle)
            page.mouse.down()
            page.mouse.move(place["x"] + 0.8 * place["width"], middle, steps=4)
            page.mouse.up()
            page.wait_for_function(f"(before) => ({PICTURE})() !== before", arg=before)
            answered = True
        way = next((way for way, button in WAYS.items() if page.locator(button).count()), None)
        if way is None:
            break
        before = page.evaluate(AT)
        page.evaluate(DO, f"deck:{way}")
        page.wait_for_function(f"(before) => ({AT})() !== before", arg=before)
    assert answered and seen > 20
