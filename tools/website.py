"""The website: Sphinx makes it from the executed notebooks; no page asks another server.

Run as ``python3 course.py site``.
"""

import argparse
import copy
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from tools import lite, vendor
from tools.failures import CourseError
from tools.installer import heartbeat
from tools.notebook_format import notebook_bytes
from tools.published import GITHUB, repository
from tools.workspace import NOTEBOOKS, ROOT

OUTPUT = ROOT / "build" / "site"
OWN = ROOT / "docs" / "site"
ANYWIDGET = Path(sys.prefix, "share", "jupyter", "nbextensions", "anywidget", "index.js")


def slug(heading: str) -> str:
    """Return a heading's anchor as JupyterLab has it, so that links hold in both."""
    return heading.replace(" ", "-")


def ways_in(name: str, address: str, has_lite: bool = False) -> str:
    """Return the line of links below a lesson's title, as HTML.

    Parameters
    ----------
    name : str
        The notebook's file name.
    address : str
        Where the course is published.
    has_lite : bool, optional
        Whether the website holds the edition that runs in the browser.
    """
    github = GITHUB.match(address)
    where = f"gh/{github[1]}" if github else f"git/{quote(address, safe='')}"
    binder = f"https://mybinder.org/v2/{where}/HEAD?urlpath=lab/tree/workspace/{name}"
    links = [("Notebook file", f"notebooks/{name}"), ("Run it on Binder", binder)]
    if has_lite:
        links.append(("Run it in this browser", f"lite/lab/index.html?path={name}"))
    if github:
        colab = (
            f"https://colab.research.google.com/github/{github[1]}/blob/HEAD/notebooks/{name}"
        )
        links.append(("Run it on Colab", colab))
    return " · ".join(f'<a href="{href}">{text}</a>' for text, href in links)


def page_of(notebook: NotebookNode, links: str) -> NotebookNode:
    """Return a notebook as the website shows it.

    Folded code stays folded, and the ways to run a lesson stand below its title.
    """
    page = copy.deepcopy(notebook)
    first = page.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{links}\n{rest}"
    for cell in page.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata.setdefault("tags", []).append("hide-input")
    return page


def prepare(folder: Path, address: str, has_lite: bool = False) -> None:
    """Put all that Sphinx reads into an empty folder."""
    static, extra = folder / "_static", folder / "extra" / "notebooks"
    for new in (static, extra):
        new.mkdir(parents=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        links = ways_in(path.name, address, has_lite)
        page = page_of(nbformat.read(path, as_version=4), links)
        (folder / path.name).write_bytes(notebook_bytes(page))
        shutil.copy(path, extra)
    docs = ROOT / "docs"
    for path in (OWN / "conf.py", OWN / "index.md", docs / "teaching.md", docs / "hub.md"):
        shutil.copy(path, folder)
    shutil.copy(ROOT / "assets" / "figures" / "headline.png", folder)
    for name in ("course.css", "widgets.js"):
        shutil.copy(OWN / name, static)


def main(options: argparse.Namespace) -> int:
    """Build the website; return an exit status."""
    folder = (options.output_dir or OUTPUT).resolve()
    source = folder.with_name(f"{folder.name}-source")
    browsers = folder.with_name(f"{folder.name}-lite")
    for old in (source, browsers):
        shutil.rmtree(old, ignore_errors=True)
    if options.lite:  # first: it is the part that a network may refuse
        lite.build(browsers)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if options.lite:
        browsers.rename(folder / "lite")
    prepare(source, repository(), options.lite)
    print(
        f"Building the website from {len(list(source.glob('*.ipynb')))} notebooks", flush=True
    )
    doctrees = folder.with_name(f"{folder.name}-doctrees")
    options_of_sphinx = (
        "-q",
        "-b",
        "html",
        "--fail-on-warning",
        "--keep-going",
        "-d",
        doctrees,
    )
    vendor.copy_scripts(folder)
    shutil.copy(ANYWIDGET, folder / "anywidget.js")  # where pages look for it
    command = [sys.executable, "-m", "sphinx", *options_of_sphinx, source, folder]
    with heartbeat():
        status = subprocess.run(command, cwd=ROOT).returncode
    if status:
        raise CourseError(f"Sphinx ended with status {status}.", "read what it says above.")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"The website ({size / 1e6:.0f} MB) is {(folder / 'index.html').as_uri()}")
    if options.lite:
        print(f"Its lessons run where it is served: python3 -m http.server -d {folder}")
    return 0
