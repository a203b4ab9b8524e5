"""One JupyterLab and one browser page for all browser tests of a module."""

import pytest

from tools.lab_browser import chromium_page, lab_server


@pytest.fixture(scope="module")
def address(tmp_path_factory, chromium_path):
    """The address of a JupyterLab on a fresh workspace with every lesson."""
    with lab_server(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def page(chromium_path):
    """A page of 1280 x 900."""
    with chromium_page(chromium_path) as page:
        yield page
