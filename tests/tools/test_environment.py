"""The environment is made once, recognized when it is ready, and repaired when it is not.

The machine is a fake one: a Python "starts" if its file says so, and installers are recorded.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, installer
from tools.failures import CourseError
from tools.variables import python_of

ROOT = Path(environment.__file__).resolve().parents[1]
OFFLINE = "WARNING: Retrying after connection broken by 'NewConnectionError'"
FULL = "error: Failed to write\n  Caused by: No space left on device (os error 28)"


class Killed(BaseException):
    """Stands for a process that dies on the spot."""


class Machine:
    """A fake machine that records each command and can fail or die at any of them."""

    def __init__(self, root):
        self.root, self.commands, self.failing, self.dies_at = root, [], {}, None

    def stream(self, command, variables, say):
        line = " ".join(str(word) for word in command)
        if self.dies_at == len(self.commands):
            raise Killed
        self.commands.append(line)
        for words, output in self.failing.items():
            if words in line:
                return 1, output
        python = python_of(self.root / ".venv")
        if "-m venv" in line or "-m ensurepip" in line:
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_text("3.12 True")
        return 0, ""

    def probe(self, python):
        words = python.read_text().split() if python.exists() else []
        return (words[0], words[1] == "True") if len(words) == 2 else None

    def ran(self, words):
        return [line for line in self.commands if words in line]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    root = tmp_path / "a course"
    root.mkdir()
    for name in environment.INPUTS:
        shutil.copy(ROOT / name, root)
    machine = Machine(root)
    monkeypatch.setattr(installer, "stream", machine.stream)
    monkeypatch.setattr(environment, "probe", machine.probe)
    return machine


def ensure(machine, *extras):
    said = []
    python = environment.ensure(machine.root, extras, said.append)
    assert python == python_of(machine.root / ".venv")
    return " ".join(said)


def state(machine):
    return environment.read_stamp(machine.root / ".venv").get("state")


def test_a_fresh_folder_gets_its_environment_in_four_steps(machine):
    said = ensure(machine)
    assert [f"[{n}/4]" in said for n in (1, 2, 3, 4)] == [True] * 4
    assert state(machine) == "ready"
    assert "-m venv" in machine.commands[0]
    assert machine.ran("install --python")[0].endswith("requirements.lock")
    assert "--no-deps --editable" in machine.commands[-1]


def test_a_second_start_runs_nothing(machine):
    ensure(machine)
    machine.commands.clear()
    assert ensure(machine) == "" and machine.commands == []


def test_a_learner_gets_no_test_tools(machine):
    ensure(machine)
    assert not machine.ran("pytest>=") and not machine.ran("jupytext>=")


def test_the_test_environment_serves_a_learner_too_but_not_the_other_way_round(machine):
    ensure(machine)
    ensure(machine, "test")
    assert len(machine.ran("pytest>=")) == 1 and len(machine.ran("-m venv")) == 1
    machine.commands.clear()
    ensure(machine)
    assert machine.commands == []


def test_oracles_are_installed_by_pip_held_to_the_lock(machine):
    ensure(machine, "test", "oracles")
    (line,) = machine.ran("torch==")
    assert "-m pip install" in line and "uv" not in line and "-c" in line.split()


@pytest.mark.parametrize("name", environment.INPUTS)
def test_a_changed_input_is_installed_into_the_environment_that_is_there(machine, name):
    ensure(machine)
    with open(machine.root / name, "a") as file:
        file.write("\n# changed\n")
    ensure(machine)
    assert len(machine.ran("--editable")) == 2 and len(machine.ran("-m venv")) == 1


@pytest.mark.parametrize("step", range(6))
def test_killed_at_any_step_the_next_run_starts_the_installation_again(machine, step):
    machine.dies_at = step
    with pytest.raises(Killed):
        ensure(machine, "test")
    assert state(machine) == "installing"
    leftover = machine.root / ".venv" / "lib" / "half of a package"
    leftover.mkdir(parents=True)
    machine.dies_at = None
    assert "was not finished" in ensure(machine, "test")
    assert state(machine) == "ready" and not leftover.exists()


def test_the_kills_above_reach_every_command_of_an_installation(machine):
    ensure(machine, "test")
    assert len(machine.commands) == 6


def test_an_environment_whose_folder_was_moved_is_made_again(machine):
    ensure(machine)
    machine.root = machine.root.rename(machine.root.parent / "moved")
    assert "was moved" in ensure(machine)
    assert len(machine.ran("-m venv")) == 2 and state(machine) == "ready"


@pytest.mark.parametrize(
    "python, sentence",
    [("", "does not work any more"), ("3.13 True", "replaced"), ("3.10 True", "not work")],
)
def test_an_environment_whose_python_is_gone_is_made_again(machine, python, sentence):
    ensure(machine)
    python_of(machine.root / ".venv").write_text(python)
    assert sentence in ensure(machine)
    assert state(machine) == "ready" and len(machine.ran("-m venv")) == 2


@pytest.mark.parametrize("has_pip", [True, False])
def test_an_environment_that_somebody_else_made_is_kept_and_completed(machine, has_pip):
    python = python_of(machine.root / ".venv")
    python.parent.mkdir(parents=True)
    python.write_text(f"3.12 {has_pip}")
    ensure(machine)
    assert state(machine) == "ready" and not machine.ran("-m venv")
    assert len(machine.ran("-m ensurepip")) == (not has_pip)


def test_a_damaged_stamp_is_repaired_in_place(machine):
    ensure(machine)
    (machine.root / ".venv" / environment.STAMP).write_text("{half")
    ensure(machine)
    assert state(machine) == "ready" and len(machine.ran("-m venv")) == 1


def test_a_python_without_ensurepip_is_told_what_to_install(machine):
    machine.failing["-m venv"] = "because ensurepip is not available. On Debian/Ubuntu"
    with pytest.raises(CourseError, match=r"sudo apt install python3-venv python3\.\d+-venv"):
        ensure(machine)


def test_without_a_network_one_sentence_is_told_and_the_next_run_recovers(machine):
    machine.failing["uv=="] = OFFLINE
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine)
    machine.failing.clear()
    ensure(machine)
    assert state(machine) == "ready"


def test_a_failed_update_leaves_the_old_environment_to_be_updated_in_place(machine):
    ensure(machine)
    (machine.root / "requirements.lock").write_text("numpy==2.3.0")
    machine.failing["install"] = OFFLINE
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine)
    machine.failing.clear()
    assert "again" not in ensure(machine)
    assert len(machine.ran("-m venv")) == 1


def test_on_a_full_disk_pip_is_not_tried_after_uv(machine):
    machine.failing["uv --color"] = FULL
    with pytest.raises(CourseError, match="The disk is full"):
        ensure(machine)
    assert not machine.ran("-m pip install --no-input -r")


@pytest.mark.parametrize(
    "words, output",
    [
        ("uv==", "ERROR: No matching distribution found for uv"),
        ("-m uv --version", "Illegal instruction"),
        ("uv --color", "error: the index gave nothing"),
    ],
    ids=["no wheel", "does not start", "fails"],
)
def test_where_uv_cannot_do_it_pip_installs_the_same_lock(machine, words, output):
    machine.failing[words] = output
    assert "going on with pip" in ensure(machine)
    (line,) = machine.ran("-m pip install --no-input -r")
    assert line.endswith("requirements.lock")
    assert state(machine) == "ready"


def test_the_running_environment_is_not_emptied_under_its_own_feet(machine, monkeypatch):
    ensure(machine)
    python_of(machine.root / ".venv").write_text("")
    monkeypatch.setattr(sys, "prefix", str(machine.root / ".venv"))
    with pytest.raises(CourseError, match="deactivate"):
        ensure(machine)


def test_the_stamp_says_ready_only_for_this_lock_these_extras_and_this_place(machine):
    ensure(machine, "test")
    stamp = json.loads((machine.root / ".venv" / environment.STAMP).read_text())
    assert environment.is_ready(machine.root) and environment.is_ready(machine.root, ["test"])
    assert not environment.is_ready(machine.root, ["oracles"])
    for change in ({"key": "x"}, {"root": "x"}, {"python": "3.0"}, {"state": "installing"}):
        environment.write_stamp(machine.root / ".venv", stamp | change)
        assert not environment.is_ready(machine.root), change


def test_a_real_python_is_probed_and_a_missing_one_is_none(tmp_path):
    version, _ = environment.probe(Path(sys.executable))
    assert version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert environment.probe(tmp_path / "python") is None
    assert environment.probe(tmp_path) is None


def test_a_real_first_installation_without_a_network_ends_in_one_sentence(tmp_path):
    for name in ("course.py", *environment.INPUTS):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    kept = {
        name: value for name, value in os.environ.items() if name[:4] not in ("PIP_", "UV_")
    }
    command = [sys.executable, "course.py", "test"]
    told = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=kept | nowhere | {"PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "*", "no_proxy": "*"},
    )
    assert told.returncode == 1
    assert told.stderr.startswith("The package index cannot be reached"), told.stderr
    assert len(told.stderr.splitlines()) == 2
