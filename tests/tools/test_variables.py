"""Programs are found where each system puts them, and no personal setting reaches lessons."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import variables

ROOT = Path(variables.__file__).resolve().parents[1]
COURSE = Path("course")


@pytest.mark.parametrize(
    "system, path", [("nt", "Scripts/python.exe"), ("posix", "bin/python")]
)
def test_programs_are_found_where_each_system_puts_them(monkeypatch, system, path):
    venv = Path("course", ".venv")
    monkeypatch.setattr(variables.os, "name", system)
    found = variables.python_of(venv)
    monkeypatch.undo()
    assert found == venv / path


def test_the_programs_of_the_environment_come_first(monkeypatch):
    monkeypatch.setenv("PATH", "elsewhere")
    inside = variables.course_variables(COURSE, COURSE / ".venv")
    folders = inside["PATH"].split(os.pathsep)
    assert folders == [str(variables.scripts(COURSE / ".venv")), "elsewhere"]
    assert inside["VIRTUAL_ENV"] == str(COURSE / ".venv")


@pytest.mark.parametrize(
    "name",
    [
        *("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE"),
        *("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONINSPECT"),
        *("MATPLOTLIBRC", "MPLBACKEND", "JUPYTER_TOKEN", "JUPYTER_PATH", "IPYTHON_PATH"),
    ],
)
def test_a_variable_meant_for_other_programs_is_left_behind(monkeypatch, name):
    monkeypatch.setenv(name, "elsewhere")
    assert name not in variables.course_variables(COURSE, COURSE / ".venv")
    assert name not in variables.cleaned()


def test_in_an_environment_of_ones_own_its_own_path_holds(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    here = variables.course_variables(COURSE)
    assert here["PYTHONPATH"] == "mine" and "PYTHONOPTIMIZE" not in here
    assert "VIRTUAL_ENV" not in here or here["VIRTUAL_ENV"] == os.environ["VIRTUAL_ENV"]


PERSONAL = {
    ".jupyter/jupyter_server_config.py": "c.IdentityProvider.token = ''; c.ServerApp.ip = '*'",
    ".jupyter/jupyter_server_config.json": '{"IdentityProvider": {"token": ""}}',
    ".jupyter/jupyter_config.py": "raise SystemExit('personal')",
    ".ipython/profile_default/startup/a.py": "raise SystemExit('personal')",
    ".config/matplotlib/matplotlibrc": "text.usetex: True\nfont.family: serif\n",
    ".matplotlib/matplotlibrc": "text.usetex: True\n",
    "startup.py": "raise SystemExit('personal')",
}
ASK = """
import json, warnings
import matplotlib
from IPython.paths import get_ipython_dir
from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir
assert not matplotlib.rcParams["text.usetex"]
assert matplotlib.rcParams["font.family"] == ["sans-serif"]
warnings.warn("no error")
try:
    assert False
except AssertionError:
    print(json.dumps([get_ipython_dir(), matplotlib.get_configdir(), jupyter_config_dir(),
                      jupyter_data_dir(), jupyter_runtime_dir()]))
"""


def test_what_a_home_holds_is_not_read_and_nothing_is_written_there(tmp_path, monkeypatch):
    home, course = tmp_path / "home", tmp_path / "course"
    for name, text in PERSONAL.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    outer = {
        "PYTHONOPTIMIZE": "2",
        "PYTHONWARNINGS": "error",
        "HOME": home,
        "USERPROFILE": home,
    }
    for name, value in (outer | {"PYTHONSTARTUP": home / "startup.py"}).items():
        monkeypatch.setenv(name, str(value))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    before = sorted(home.rglob("*"))
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        env=variables.course_variables(course, Path(sys.prefix)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    assert all(str(course / ".jupyter") in path for path in json.loads(told.stdout))
    assert sorted(home.rglob("*")) == before
