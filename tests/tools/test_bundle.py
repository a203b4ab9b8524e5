"""The bundle: what it holds for which machine, and that it installs without a network."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bundle
from tools.failures import CourseError

ROOT = Path(bundle.__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "name, has, lacks",
    [
        ("linux", ["pexpect"], ["pywinpty", "colorama", "appnope"]),
        ("macos", ["pexpect", "appnope"], ["pywinpty", "colorama"]),
        ("windows", ["pywinpty", "colorama"], ["pexpect", "appnope"]),
    ],
)
def test_a_machine_gets_the_locks_packages_whose_conditions_hold_there(name, has, lacks):
    text = "".join(bundle.wanted(bundle.TARGETS[name], "3.12").values())
    names = {line.partition("==")[0] for line in text.splitlines() if "==" in line}
    assert names >= {*has, "uv", "pip", "jupyterlab", "numpy"} and not names & set(lacks)
    assert text.count("\n    --hash=sha256:") >= len(names)


def test_all_releases_of_a_python_are_served():
    first, last = bundle.wanted(bundle.TARGETS["linux"], "3.11").values()
    assert "soupsieve==" in first and "soupsieve==" in last and first.count("\n") > 100
    assert "jupyterlab==" in first and "jupyterlab==" not in last


@pytest.fixture
def fetched(monkeypatch, tmp_path):
    """The commands of a fake pip, whose wheels are empty."""
    commands = []

    def run(command, **_):
        commands.append(command)
        folder = Path(command[command.index("--dest") + 1])
        folder.mkdir(exist_ok=True)
        (folder / f"a-{len(commands)}.whl").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(bundle.subprocess, "run", run)
    return commands


def test_the_bundle_is_the_course_with_wheels_and_no_work_of_a_learner(fetched, tmp_path):
    options = {"platform": "windows", "python": ["3.12", "3.13"], "output_dir": tmp_path / "b"}
    assert bundle.main(argparse.Namespace(**options)) == 0
    made = tmp_path / "b"
    for name in ("course.py", "course_lib/mlp.py", "notebooks/01_chain_rule.ipynb", "tools"):
        assert (made / name).exists()
    for name in (".venv", ".git", "workspace", "build"):
        assert not (made / name).exists()
    label = json.loads((made / "wheels" / "bundle.json").read_text(encoding="utf-8"))
    assert label == {"platform": "windows", "python": ["3.12", "3.13"]}
    for python in label["python"]:
        of_it = [c for c in fetched if c[c.index("--python-version") + 1].startswith(python)]
        assert of_it and all("win_amd64" in command for command in of_it)
        assert all({"--require-hashes", "--no-deps"} <= set(command) for command in of_it)


def test_what_pip_cannot_fetch_is_told_with_the_python_that_it_was_for(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: No matching distribution found")
    monkeypatch.setattr(bundle.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(CourseError, match=r"Python 3\.12 failed: ERROR: No matching"):
        bundle.download(bundle.TARGETS["linux"], "3.12", tmp_path, {"3.12.0": ""})


@pytest.fixture
def label(tmp_path):
    """Return a function that writes the label of a bundle for this machine, changed."""
    (tmp_path / bundle.WHEELS).mkdir()

    def write(**changes):
        own = {"platform": bundle.this_platform(), "python": [bundle.THIS_PYTHON]}
        path = tmp_path / bundle.WHEELS / bundle.LABEL
        path.write_text(json.dumps(own | changes), encoding="utf-8")
        return tmp_path

    return write


def test_offline_means_that_pip_and_uv_look_into_the_folder_of_wheels_only(label, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    bundle.use_wheels(label())
    assert os.environ["PIP_NO_INDEX"] == os.environ["UV_NO_INDEX"] == "1"
    place = os.environ["PIP_FIND_LINKS"]
    assert place == os.environ["UV_FIND_LINKS"] and place.startswith("file://")


@pytest.mark.parametrize("changes", [{"platform": "amiga"}, {"python": ["3.1"]}])
def test_a_bundle_for_another_machine_names_both(label, changes):
    (word,) = changes.values()
    with pytest.raises(CourseError, match=f"are for .*{''.join(word)}.*; this is "):
        bundle.use_wheels(label(**changes))


def test_a_machine_without_wheels_is_told_for_which_there_are_some(monkeypatch):
    monkeypatch.setattr(bundle, "this_platform", lambda: "macos-intel")
    options = argparse.Namespace(platform=None, python=None, output_dir=None)
    with pytest.raises(
        CourseError, match=r"for macos-intel(.|\n)*linux, linux-arm, macos, win"
    ):
        bundle.main(options)


def test_without_a_bundle_the_command_that_makes_one_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"course\.py bundle"):
        bundle.use_wheels(tmp_path)


@pytest.mark.thorough("fetches and installs all")
def test_lab_installs_from_a_bundle_where_there_is_no_network(tmp_path):
    unshare = shutil.which("unshare")
    made = tmp_path / "a bundle"
    options = {"platform": None, "python": None, "output_dir": made}
    assert bundle.main(argparse.Namespace(**options)) == 0
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "COURSE"))}
    kept |= {"UV_CACHE_DIR": str(tmp_path / "uv"), "PIP_CACHE_DIR": str(tmp_path / "pip")}
    kept |= dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "course.py", "lab", "--offline", "--no-browser", "--"]
    command += ["--allow-root"]
    if unshare and not subprocess.run([unshare, "-n", "true"], capture_output=True).returncode:
        inside = f"ip link set lo up; cd {str(made)!r}; exec " + " ".join(command)
        command = [unshare, "-n", "sh", "-c", inside]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=made, env=kept, **pipes) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "The lessons are open at" in line:
                break
        process.terminate()
        process.stdout.read()
    assert any("The lessons are open at" in line for line in said), "".join(said)
    assert (made / "workspace" / "00_start_here.ipynb").exists()
