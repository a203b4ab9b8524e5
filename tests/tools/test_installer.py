"""Commands are run with their progress shown, and uv is told what pip is set to."""

import os
import sys

import pytest

from tools import installer

LISTING = """\
:env:.cert='/env/ca.pem'
global.index-url='https://mirror.example/simple'
global.timeout='60'
install.index-url='https://other.example/simple'
global.cert='/global/ca.pem'
"""


def test_all_output_is_kept_and_only_progress_is_shown():
    code = "import sys; print('Resolved 9 packages'); sys.stderr.write('error: no\\n'); exit(3)"
    said = []
    status, output = installer.stream([sys.executable, "-c", code], os.environ, said.append)
    assert status == 3
    assert "Resolved 9 packages" in output and "error: no" in output
    assert [line.strip() for line in said] == ["Resolved 9 packages"]


def test_a_command_that_waits_for_an_answer_gets_none():
    code = "import sys; print(repr(sys.stdin.read()))"
    _, output = installer.stream([sys.executable, "-c", code], os.environ, print)
    assert output.strip() == "''"


def test_an_interruption_stops_the_command():
    code = "import time; print('Downloading x', flush=True); time.sleep(600)"

    def interrupt(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        installer.stream([sys.executable, "-c", code], os.environ, interrupt)


def test_the_nearest_of_pips_settings_wins():
    assert installer.pip_settings(LISTING) == {
        "UV_DEFAULT_INDEX": "https://other.example/simple",
        "SSL_CERT_FILE": "/env/ca.pem",
    }


def test_a_pip_without_settings_sets_nothing():
    assert installer.pip_settings("") == {}


def test_settings_of_uv_itself_are_left_alone(monkeypatch):
    monkeypatch.setattr(installer, "stream", lambda *_: pytest.fail("asked pip"))
    own = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    assert installer.uv_variables("python", own)["UV_DEFAULT_INDEX"] == own["UV_DEFAULT_INDEX"]


def test_a_variable_of_the_environment_wins_over_pips_settings(monkeypatch):
    monkeypatch.setattr(installer, "stream", lambda *_: (0, LISTING))
    found = installer.uv_variables("python", {"SSL_CERT_FILE": "/mine.pem"})
    assert found["SSL_CERT_FILE"] == "/mine.pem"
    assert found["UV_DEFAULT_INDEX"] == "https://other.example/simple"
