"""Take pictures of lessons as JupyterLab shows them, for those who review them."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tools.failures import CourseError, run_cli
from tools.lab_browser import Lesson, chromium_page, lab_server
from tools.variables import chromium
from tools.workspace import NOTEBOOKS, find_lesson

OVERLAP = 80  # CSS pixels that a piece shares with the one before

_SCROLLER = """() => {
  const holds = (e) => e.scrollHeight > e.clientHeight + 1
    && /auto|scroll/.test(getComputedStyle(e).overflowY);
  let area = document.querySelector(".jp-Notebook .jp-Cell");
  while (area && !holds(area)) area = area.parentElement;
  window.courseScroller = area ?? document.scrollingElement;
  const { scrollHeight, clientHeight } = window.courseScroller;
  return [scrollHeight, clientHeight];
}"""
_SCROLL = """(top) => { window.courseScroller.scrollTop = top;
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))); }"""


def take(page: Page, stem: str, folder: Path) -> list[Path]:
    """Save the page's notebook from top to bottom in pieces of the window's size.

    They are ``stem-01.png``, ``stem-02.png``, ... in the folder; return their paths.
    """
    height, window = page.evaluate(_SCROLLER)
    paths = []
    for number, top in enumerate(_tops(height, window), start=1):
        page.evaluate(_SCROLL, top)
        paths.append(folder / f"{stem}-{number:02d}.png")
        page.screenshot(path=paths[-1])
    return paths


def main(arguments: list[str] | None = None) -> int:
    """Run the named lessons in JupyterLab and save their pictures."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 01; default: all")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--notebooks", type=Path, default=NOTEBOOKS, metavar="DIR")
    parser.add_argument("--stored", action="store_true", help="as opened, without running")
    options = parser.parse_args(arguments)
    known = sorted(options.notebooks.glob("*.ipynb"))
    names = [find_lesson(lesson, known).name for lesson in options.lessons]
    if not (program := chromium()):
        raise CourseError("No Chromium or Chrome is on the search path.", "install one.")
    options.out.mkdir(parents=True, exist_ok=True)
    _take_all(names or [path.name for path in known], program, options)
    return 0


def _take_all(names: list[str], program: str, options: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as state,
        lab_server(Path(state), options.notebooks) as address,
        chromium_page(program) as page,
    ):
        for name in names:
            lesson = Lesson(page, address, name)
            if options.stored:
                lesson.wait_until_drawn()
            else:
                lesson.run_all()
            pieces = take(page, Path(name).stem, options.out)
            print(f"{name}: {len(pieces)} pictures in {os.fspath(options.out)}", flush=True)


def _tops(height: int, window: int) -> list[int]:
    last = max(height - window, 0)
    return [*range(0, last, window - OVERLAP), last]


if __name__ == "__main__":
    sys.exit(run_cli(main))
