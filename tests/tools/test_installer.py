"""Commands end with the process that runs them, and are told what pip is set to and no more."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import index_settings, installer

ROOT = Path(installer.__file__).resolve().parents[1]
LISTING = """\
:env:.cert='/env/ca.pem'
global.index-url='https://mirror.example/simple'
global.timeout='60'
install.index-url='https://other.example/simple'
install.target='/elsewhere'
global.cert='/global/ca.pem'
"""
# a course.py that installs: with a command that has a child of its own, as pip has
INSTALLING = """
import os, signal, sys
from tools import installer
for name in ("SIGHUP", "SIGQUIT", "SIGTERM"):  # nohup or a shell may ignore them
    signal.signal(getattr(signal, name), signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
child = "import os, time; print('Downloading', os.getpid(), flush=True); time.sleep(600)"
parent = f"import os, subprocess, sys; print('Downloading', os.getpid(), flush=True); "
parent += f"subprocess.run([sys.executable, '-c', {child!r}])"
say = lambda line: print(line.split()[-1], flush=True)
installer.run([sys.executable, "-c", parent], dict(os.environ), say)
"""


def test_all_output_is_kept_and_only_downloads_are_shown():
    code = "print('Resolved 9 packages'); print('Downloading x'); raise SystemExit('error: no')"
    said = []
    status, output = installer.run([sys.executable, "-c", code], os.environ, said.append)
    assert status == 1
    assert "Resolved 9 packages" in output and "error: no" in output
    assert [line.strip() for line in said] == ["Downloading x"]


def test_a_command_that_waits_for_an_answer_gets_none():
    code = "import sys; print(repr(sys.stdin.read()))"
    _, output = installer.run([sys.executable, "-c", code], os.environ, print)
    assert output.strip() == "''"


def test_a_program_that_is_not_there_fails():
    status, output = installer.run([ROOT / "nothing"], os.environ, print)
    assert status != 0 and "nothing" in output


def test_while_a_command_is_silent_it_is_said_how_long(monkeypatch):
    monkeypatch.setattr(installer, "BEAT", 0.01)
    said = []
    installer.run(
        [sys.executable, "-c", "import sys; sys.stdout.flush()"], os.environ, said.append
    )
    assert said and all(line.strip().startswith("… ") for line in said)


def test_no_silence_lasts_two_seconds():
    assert installer.BEAT < 2


def is_running(pid):
    try:
        os.kill(pid, 0)
        if not Path("/proc/1").exists():
            return True
        # Z: a killed process that nobody has asked after yet
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):  # it may end between the two looks
        return False


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("to_group", [False, True], ids=["process", "group"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL"])
def test_no_signal_leaves_anything_running(name, to_group):
    process = subprocess.Popen(
        [sys.executable, "-c", INSTALLING],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    pids = [int(process.stdout.readline()) for _ in range(2)]
    assert all(map(is_running, pids))
    send = os.killpg if to_group else os.kill
    send(process.pid, getattr(signal, name))
    process.wait()
    process.stdout.close()
    for _ in range(500):
        if not any(map(is_running, pids)):
            return
        time.sleep(0.01)
    pytest.fail("what it started goes on")


def test_the_nearest_of_pips_settings_wins_and_only_places_and_connections_count():
    assert index_settings.pip_settings(LISTING) == {
        "index-url": "https://other.example/simple",
        "cert": "/env/ca.pem",
        "timeout": "60",
    }


def test_a_pip_without_settings_sets_nothing():
    assert index_settings.pip_settings("") == {}


@pytest.fixture
def variables(monkeypatch, tmp_path):
    """Return a function that sets variables and gives those of pip and uv."""
    for name in [n for n in os.environ if n[:4] == "PIP_" or n[:3] == "UV_" or "CERT" in n]:
        monkeypatch.delenv(name)

    def given(**outer):
        for name, value in outer.items():
            monkeypatch.setenv(name, value)
        return index_settings.fetching(index_settings.pip_settings(LISTING), tmp_path)

    return given


def test_pip_and_uv_get_the_same_settings(variables):
    found = variables()
    assert found["PIP_INDEX_URL"] == found["UV_DEFAULT_INDEX"] == "https://other.example/simple"
    assert found["PIP_CERT"] == found["SSL_CERT_FILE"] == "/env/ca.pem"


def test_settings_of_uv_itself_win(variables):
    found = variables(UV_DEFAULT_INDEX="https://mine.example/simple", SSL_CERT_FILE="/mine.pem")
    assert found["UV_DEFAULT_INDEX"] == "https://mine.example/simple"
    assert found["SSL_CERT_FILE"] == "/mine.pem" and found["PIP_CERT"] == "/env/ca.pem"


@pytest.mark.parametrize(
    "name",
    [
        *("PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PIP_CONSTRAINT", "PIP_REQUIRE_VIRTUALENV"),
        *("UV_SYSTEM_PYTHON", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_PYTHON", "UV_NO_BINARY"),
    ],
)
def test_what_leads_an_installation_astray_is_left_out(variables, name):
    assert name not in variables(**{name: "1"})


def test_pips_own_files_of_settings_are_not_read_a_second_time(variables):
    assert variables(PIP_CONFIG_FILE="/mine.conf")["PIP_CONFIG_FILE"] == os.devnull


def test_temporary_files_stand_beside_the_environment(variables, tmp_path):
    found = variables(TMPDIR="/full")
    assert {found[name] for name in ("TMPDIR", "TEMP", "TMP")} == {str(tmp_path)}


def test_this_pythons_own_pip_is_found():
    assert installer.bundled_pip().name.startswith("pip-")
