"""Drive a real JupyterLab in a headless Chromium, as a learner would, and look at it."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from tools.variables import SETTINGS, is_root
from tools.workspace import NOTEBOOKS, ROOT

VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
START_TIMEOUT, RUN_TIMEOUT = 120, 300  # seconds, on a busy machine

# `course.py lab` itself, for another workspace
_LAB = """
import pathlib, sys
import course
from tools import workspace

workspace.NOTEBOOKS, workspace.WORKSPACE = map(pathlib.Path, sys.argv[1:3])
course.main(["--here", "lab", *sys.argv[3:]])
"""
_SETTINGS = {
    # every cell is in the page, also those far below the window, and nothing after the last
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": (
        '{"windowingMode": "none", "scrollPastEnd": false}'
    )
}
_BROWSER_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_READY = """(name) => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  return panel?.context?.path === name && panel.context.isReady && panel.isVisible
    && kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
# another notebook in the page that is open: nothing is loaded again, and its kernel ends
_OPEN = """async (name) => {
  const { commands, restored, serviceManager, shell } = window.jupyterapp;
  await restored;
  for (const widget of [...shell.widgets("main")]) widget.dispose();
  await serviceManager.sessions.shutdownAll();
  await commands.execute("docmanager:open", { path: name, factory: "Notebook" });
}"""
_RUN_CELLS = """async (places) => {
  const { commands, shell } = window.jupyterapp;
  const notebook = shell.currentWidget.content;
  for (const place of places) {
    notebook.activeCellIndex = place;
    notebook.deselectAll();
    await commands.execute("notebook:run-cell");
  }
}"""
_RUN_ALL = """() => {
  const { commands } = window.jupyterapp;
  window.courseRun = "running";
  commands.execute("notebook:clear-all-cell-outputs")
    .then(() => commands.execute("notebook:run-all-cells"))
    .then(() => { window.courseRun = "done"; }, (error) => { window.courseRun = `${error}`; });
}"""
_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(
  ({ model }) => ({ ...model.toJSON(), source: model.sharedModel.getSource() }))"""
_DRAWN = """() => [...document.querySelectorAll(".jp-Notebook img")].every((i) => i.complete)
  && !document.querySelector(".jp-Notebook")?.innerText.includes("Loading widget")"""


@contextmanager
def lab_server(state: Path, notebooks: Path = NOTEBOOKS) -> Iterator[str]:
    """Run JupyterLab as `course.py lab` does, on a workspace of its own with these lessons.

    ``state`` is an empty folder for workspace, settings and log; nothing is written elsewhere.
    What is yielded is the address, such as
    ``http://127.0.0.1:8888/lab/tree/{name}?reset&token=...``, in which a notebook's name is to
    be put.

    Raises
    ------
    RuntimeError
        If the server does not answer; the message ends with its log.
    """
    port, token, log = _free_port(), secrets.token_hex(16), state / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _server_command(state / "workspace", notebooks, port, token),
            **{"cwd": ROOT, "env": _variables(state), "stdin": subprocess.DEVNULL},
            **{"stdout": output, "stderr": subprocess.STDOUT},
        )
        try:
            _wait_for_answer(process, f"http://127.0.0.1:{port}/api/status?token={token}", log)
            yield f"http://127.0.0.1:{port}/lab/tree/{{name}}?reset&token={token}"
        finally:
            _stop(process)


@contextmanager
def chromium_page(executable: str) -> Iterator[Page]:
    """Open an empty page of 1280 x 900 in a headless Chromium."""
    flags = [*_BROWSER_FLAGS, *(["--no-sandbox"] if is_root() else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser.new_page(viewport=VIEWPORT)
        finally:
            browser.close()


class Lesson:
    """One notebook, open in JupyterLab, its kernel ready.

    Parameters
    ----------
    page : Page
        A page of the browser; where it shows JupyterLab already, nothing is loaded again.
    address : str
        What `lab_server` yields.
    name : str
        The notebook's file name.
    """

    def __init__(self, page: Page, address: str, name: str):
        self.page, self.name = page, name
        if page.url.startswith(address.partition("{name}")[0]):
            page.evaluate(_OPEN, name)
        else:
            page.goto(address.format(name=name))
        page.wait_for_function(_READY, arg=name, timeout=START_TIMEOUT * 1000)

    def wait_until_drawn(self) -> None:
        """Wait until every widget and every image is in the page."""
        self.page.wait_for_function(_DRAWN)

    def cells(self) -> list[dict]:
        """Return the cells as they would be saved."""
        return self.page.evaluate(_CELLS)

    def cell(self, text: str) -> Locator:
        """Return the first cell whose source holds the text."""
        sources = [cell["source"] for cell in self.cells()]
        index = next(i for i, source in enumerate(sources) if text in source)
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def images(self) -> list[dict]:
        """Return natural width and alternative text of every image, or of its picture."""
        read = """images => images.map(i => ({ width: i.naturalWidth,
            alt: i.alt || i.closest("[role=img]")?.ariaLabel || "" }))"""
        return self.page.locator(".jp-Notebook img").evaluate_all(read)

    def run_all(self) -> None:
        """Clear every output, run every cell, and wait until all is drawn.

        Raises
        ------
        RuntimeError
            If JupyterLab says that it could not run the cells.
        """
        self.page.evaluate(_RUN_ALL)
        done = "() => window.courseRun !== 'running'"
        self.page.wait_for_function(done, timeout=RUN_TIMEOUT * 1000)
        if (said := self.page.evaluate("window.courseRun")) != "done":
            raise RuntimeError(f"the cells were not run: {said}")
        self.wait_until_drawn()

    def run_cells(self, *texts: str) -> None:
        """Run the cells of code that hold one of the texts, in their order.

        Raises
        ------
        ValueError
            If no cell holds any of them.
        """
        cells = [
            cell if cell["cell_type"] == "code" else {"source": ""} for cell in self.cells()
        ]
        places = [i for i, c in enumerate(cells) if any(text in c["source"] for text in texts)]
        if not places:
            raise ValueError(f"no cell of {self.name} holds any of {texts}")
        self.page.evaluate(_RUN_CELLS, places)
        self.wait_until_drawn()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _server_command(workspace: Path, notebooks: Path, port: int, token: str) -> list[str]:
    command = [sys.executable, "-c", _LAB, str(notebooks), str(workspace), "--no-browser"]
    rest = ["--expose-app-in-browser", f"--IdentityProvider.token={token}", "--allow-root"]
    return [*command, f"--port={port}", "--", *rest]


def _variables(state: Path) -> dict[str, str]:
    folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{name}": str(state / name.lower()) for name in folders}
    own |= {f"JUPYTERLAB_{name}_DIR": str(state / name) for name in ("SETTINGS", "WORKSPACES")}
    own["JUPYTER_CONFIG_PATH"] = str(SETTINGS)
    for name, content in _SETTINGS.items():
        path = state / "SETTINGS" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return os.environ | own | {"IPYTHONDIR": str(state / "ipython")}


def _wait_for_answer(process: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab does not answer:\n{log.read_text(errors='replace')}")


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
