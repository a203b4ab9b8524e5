"""Ten learners on one JupyterHub: each runs a lesson, and their work stays apart and stays.

It runs where JupyterHub and its proxy are installed (``docs/hub.md``) beside the test tools.
"""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from tools.workspace import NOTEBOOKS, ROOT

PROXY = shutil.which("configurable-http-proxy")
pytestmark = pytest.mark.skipif(
    not PROXY or importlib.util.find_spec("jupyterhub") is None,
    reason="no JupyterHub and configurable-http-proxy here (docs/hub.md)",
)
LEARNERS, TOKEN, PATIENCE = 10, "t" * 40, 300  # seconds until a server or a cell has answered
CONFIG = """
load_subconfig({own!r})
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.spawner_class, c.JupyterHub.authenticator_class = "simple", "dummy"
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_port = {ports[1]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.services = [{{"name": "test", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "test", "scopes": scopes, "services": ["test"]}}]
"""
ANSWER = "check('sigmoid', lambda z: 1 / (1 + np.exp(-z)))"


def free_ports(number):
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Hub:
    """A hub in a folder, which can be stopped and started again."""

    def __init__(self, folder):
        self.folder, ports = folder, free_ports(3)
        self.address = f"http://127.0.0.1:{ports[0]}"
        own, homes = str(ROOT / "docs" / "jupyterhub_config.py"), str(folder / "homes")
        text = CONFIG.format(own=own, homes=homes, ports=ports, proxy=PROXY, token=TOKEN)
        (folder / "config.py").write_text(text, encoding="utf-8")

    def start(self):
        command = [sys.executable, "-m", "jupyterhub", "-f", "config.py"]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "COURSE"))}
        with (self.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=kept, stdout=log, stderr=subprocess.STDOUT
            )
        self.wait_for("/hub/api/", lambda answer: answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, method="GET", body=None):
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"token {TOKEN}"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait_for(self, path, is_there):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if is_there(self.ask(path)):
                    return
            except (urllib.error.URLError, OSError):
                assert self.process.poll() is None, (self.folder / "hub.log").read_text()
            time.sleep(0.5)
        pytest.fail(f"{path}: {(self.folder / 'hub.log').read_text()[-3000:]}")

    def open_server(self, name):
        self.ask(f"/hub/api/users/{name}/server", "POST", {})
        path = f"/hub/api/users/{name}"
        self.wait_for(path, lambda user: user["servers"].get("", {}).get("ready"))

    def run(self, name, cells):
        """Run cells in a kernel of a learner's server; return how each of them ended."""
        import websocket

        lesson = {"name": "python3", "path": "01_chain_rule.ipynb"}
        kernel = self.ask(f"/user/{name}/api/kernels", "POST", lesson)["id"]
        place = (
            self.address.replace("http", "ws") + f"/user/{name}/api/kernels/{kernel}/channels"
        )
        channel = websocket.create_connection(
            place, header=[f"Authorization: token {TOKEN}"], timeout=PATIENCE
        )
        ended = []
        for code in cells:
            header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request"}
            header |= {"username": name, "session": "s", "version": "5.3", "date": ""}
            content = {"code": code, "silent": False, "allow_stdin": False}
            message = {"header": header, "parent_header": {}, "metadata": {}}
            channel.send(json.dumps(message | {"content": content, "channel": "shell"}))
            while True:
                answer = json.loads(channel.recv())
                is_ours = answer["parent_header"].get("msg_id") == header["msg_id"]
                if is_ours and answer["header"]["msg_type"] == "execute_reply":
                    break
            ended.append(answer["content"]["status"])
        channel.close()
        return ended


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path)
    hub.start()
    yield hub
    hub.stop()


def recorded(homes, name):
    marker = Path(homes, name, "course", ".course.json")
    return json.loads(marker.read_text(encoding="utf-8")).get("progress", {})


def test_ten_learners_run_a_lesson_and_their_work_stays_apart_and_survives_a_restart(hub):
    names = [f"learner{number}" for number in range(LEARNERS)]
    for name in names:
        hub.ask(f"/hub/api/users/{name}", "POST", {})
    lesson = nbformat.read(NOTEBOOKS / "01_chain_rule.ipynb", as_version=4)
    cells = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    with ThreadPoolExecutor(LEARNERS) as pool:
        list(pool.map(hub.open_server, names))
        # every other learner solves an exercise on top
        own = [[*cells, ANSWER] if i % 2 else cells for i in range(LEARNERS)]
        ended = list(pool.map(hub.run, names, own))
    assert ended == [["ok"] * len(given) for given in own]
    homes = hub.folder / "homes"
    passed = [recorded(homes, n).get("sigmoid", {}).get("status") == "passed" for n in names]
    assert passed == [bool(i % 2) for i in range(LEARNERS)]
    hub.stop()
    hub.start()
    hub.open_server(names[1])
    shown = ["from course_lib.exercises import progress", "progress()"]
    assert hub.run(names[1], shown) == ["ok", "ok"]
    assert recorded(homes, names[1])["sigmoid"]["status"] == "passed"
