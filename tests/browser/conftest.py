"""One JupyterLab and one browser page for all browser tests of a worker."""

import shutil

import pytest
from browser_checks import BUILT, WIDGETS, write_widgets

from tools.lab_browser import chromium_page, lab_server
from tools.workspace import NOTEBOOKS


@pytest.fixture(scope="session")
def address(tmp_path_factory, chromium_path):
    """The address of a JupyterLab on a fresh workspace with every lesson.

    The notebooks as they are built, with their outputs, lie in a folder beside, and one that
    makes every widget.
    """
    state = tmp_path_factory.mktemp("lab")
    (state / "workspace").mkdir()
    shutil.copytree(
        NOTEBOOKS, state / "workspace" / BUILT, ignore=shutil.ignore_patterns("source")
    )
    write_widgets(state / "workspace" / WIDGETS)
    with lab_server(state) as address:
        yield address


@pytest.fixture(scope="session")
def page(chromium_path, console):
    """A page of 1280 x 900."""
    with chromium_page(chromium_path) as page:
        page.on("console", lambda message: console.append(message.text))
        yield page


@pytest.fixture(scope="session")
def console():
    """What the page has written to the browser's console."""
    return []
