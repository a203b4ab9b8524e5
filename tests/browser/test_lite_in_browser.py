"""The browser-only edition, as far as it goes without Pyodide's server, where NumPy comes from.

What needs no NumPy is tried: the kernel, SymPy, a widget of the course and its answer to the
kernel, and that a call to be judged runs where there are no threads.
"""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

LIMIT = 300_000  # milliseconds, on a busy machine
SOURCE = """
import contextlib, importlib.util, pathlib, sys, types
import sympy as sp
from course_lib.predictions import predictions

def room(name, folder):  # a package without what its own file imports, which needs NumPy
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]

z = sp.Symbol("z")
sigmoid = 1 / (1 + sp.exp(-z))
print("derivative", sp.simplify(sigmoid.diff(z) - sigmoid * (1 - sigmoid)))
quiet = lambda **_: contextlib.nullcontext()
seeds = types.SimpleNamespace(get_state=lambda: None, set_state=lambda state: None)
numpy = types.SimpleNamespace(errstate=quiet, printoptions=quiet, ndarray=(), random=seeds)
sys.modules["numpy"] = numpy  # what the guard needs of it
exercises = pathlib.Path(importlib.util.find_spec("course_lib").origin).parent / "exercises"
room("course_lib.exercises", exercises)
room("course_lib.exercises.engine", exercises / "engine")
guard = importlib.import_module("course_lib.exercises.engine.guard").Guard()
print("answer", guard.observe(lambda x: 2 * x, (3,)).value, guard.limited)
del sys.modules["numpy"]
made = importlib.import_module("course_lib.exercises.engine.card").Card
card = made(predictions()["where_the_cosine_stands"], None)
card
"""
APP = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
RUN = """async (source) => {
  const { commands, shell } = window.jupyterapp;
  const notebook = shell.currentWidget.content;
  notebook.model.sharedModel.insertCell(0, { cell_type: "code", source });
  notebook.activeCellIndex = 0;
  notebook.deselectAll();
  await commands.execute("notebook:run-cell");
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """The address of the edition, which lies in a folder of the server's."""
    from tools import lite

    if not shutil.which("npm"):
        pytest.skip("no npm: Pyodide comes from there")
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    assert lite.VERSION == PYODIDE_VERSION
    labs = Path(sys.prefix, "share", "jupyter", "labextensions")
    assert not (labs / "@jupyterlite").exists(), "an ordinary JupyterLab cannot load it"
    lite.build(tmp_path / "under" / "lite", lacking=lite.FROM_PYODIDE)
    settings = tmp_path / "under" / "lite" / "jupyter-lite.json"
    held = json.loads(settings.read_text(encoding="utf-8"))
    held["jupyter-config-data"]["exposeAppInBrowser"] = True
    settings.write_text(json.dumps(held), encoding="utf-8")
    handler = functools.partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/under/lite"
        server.shutdown()


def test_what_the_kernel_in_the_browser_is_asked_for_runs_in_any_python():
    done = subprocess.run([sys.executable, "-c", SOURCE], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("derivative 0\nanswer 6 True\n", "")


@pytest.mark.skipif(
    os.environ.get("COURSE_LITE") != "1",
    reason="makes the browser-only edition: set COURSE_LITE=1, with --oracles",
)
def test_a_kernel_in_the_browser_derives_judges_and_keeps_an_answer_without_another_server(
    served, page
):
    own, asked = page.context.browser.new_page(), []
    own.set_default_timeout(LIMIT)
    own.on("request", lambda request: asked.append(request.url))
    own.goto(f"{served}/lab/index.html?path=01_chain_rule.ipynb")
    own.wait_for_function(APP)
    own.evaluate(RUN, SOURCE)
    output = own.locator(".jp-Cell .jp-OutputArea").first
    button = output.locator(".course-prediction button").nth(1)
    button.or_(output.get_by_text("Traceback")).first.wait_for()
    assert "Traceback" not in output.inner_text()
    button.click()
    output.get_by_text("What came out").wait_for()
    told = output.inner_text()
    assert "derivative 0" in told and "answer 6 False" in told and "Error" not in told
    own.evaluate(RUN, 'print("chosen", card.answer)')
    output.get_by_text("chosen 1").wait_for()
    ours = (served.removesuffix("/under/lite"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []
    own.close()
