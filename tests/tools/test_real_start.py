"""What a learner meets: a real first start, from nothing, in a home full of other settings."""

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tools import newer_python

pytestmark = [
    pytest.mark.thorough("installs everything once more"),
    pytest.mark.skipif(os.name != "posix", reason="its signals are those of POSIX"),
]

PERSONAL = {
    ".jupyter/jupyter_server_config.py": "c.IdentityProvider.token = ''; c.ServerApp.ip = '*'",
    ".jupyter/jupyter_server_config.json": '{"IdentityProvider": {"token": ""}}',
    ".ipython/profile_default/startup/a.py": "raise SystemExit('personal')",
    "pyproject.toml": "[tool.uv]\nno-binary = true\n[tool.uv.workspace]\nmembers = ['*']\n"
    "[project]\nname = 'around'\nversion = '1'\n",
    "startup.py": "raise SystemExit('personal')",
}
SAID = re.compile(
    r"\[\d/3\] |      (… \d+ s|Downloading )|Starting JupyterLab$|The lessons are open at http"
    r"|Leave this window open|The course's folder was moved"
)
MAX_MEGABYTES = 350  # of files; most are JupyterLab, NumPy, SymPy, babel, matplotlib, jedi


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """A fresh copy of the course in a home, and the variables of the person who lives there."""
    home = tmp_path_factory.mktemp("home")
    for name, text in PERSONAL.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    course = home / "a course #1"
    course.mkdir()
    newer_python.copy_checkout(course)
    for name in ("random.py", "token.py"):
        (course / name).write_text("raise SystemExit('shadowed')")
    outer = {"HOME": home, "PYTHONOPTIMIZE": "2", "PIP_TARGET": home / "target"}
    outer |= {"PYTHONSTARTUP": home / "startup.py", "UV_CACHE_DIR": home / "cache"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE", "XDG", "JUPY"))}
    return course, kept | {name: str(value) for name, value in outer.items()}


def lab(course, variables):
    command = [sys.executable, "course.py", "lab", "--no-browser", "--", "--allow-root"]
    return subprocess.Popen(
        command,
        cwd=course,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_address(process):
    """Return the address that a lab says, and what it said before."""
    said = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if found := re.search(r"open at (http\S+)", line):
            return found[1], said
    pytest.fail("\n".join(said))


def status_of(address):
    try:
        return urllib.request.urlopen(address, timeout=60).status
    except urllib.error.HTTPError as error:
        return error.code


def stop(process):
    process.terminate()
    process.communicate()


def test_a_learner_gets_one_closed_server_and_keeps_it_when_the_folder_is_moved(learner):
    course, variables = learner
    process = lab(course, variables)
    address, said = read_address(process)
    assert [line for line in said if not SAID.match(line)] == []
    server = address.partition("lab?")[0]
    assert server.startswith("http://127.0.0.1:")
    assert status_of(address) == 200
    assert status_of(f"{server}api/contents") == 403
    assert status_of(f"{server}api/contents?token=") == 403
    second = lab(course, variables)
    told, _ = second.communicate()
    assert second.returncode == 1 and "already running" in told and address in told
    stop(process)
    home = course.parent
    for name in (".local", ".config", "target"):
        assert not (home / name).exists()
    personal = [path for part in (".jupyter", ".ipython") for path in (home / part).rglob("*")]
    assert {str(p.relative_to(home)) for p in personal if p.is_file()} == {
        name for name in PERSONAL if name.startswith(".")
    }
    files = [path for path in (course / ".venv").rglob("*") if not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) / 1e6 < MAX_MEGABYTES

    moved = course.rename(home / "elsewhere")
    with socket.socket() as other:  # and another program has the first port
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(server.rpartition(":")[2].strip("/"))))
        other.listen()
        process = lab(moved, variables | {"PIP_INDEX_URL": "http://127.0.0.1:9/"})
        again, said = read_address(process)
    assert any("was moved" in line for line in said) and again != address
    assert status_of(again) == 200
    stop(process)
