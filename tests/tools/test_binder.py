"""What Binder gets: the lock's packages, the library, and the learner's copies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import newer_python
from tools.installer import LOCK

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / ".binder"


def test_the_packages_are_those_of_the_lock():
    (line,) = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    option, path = line.split()
    assert option == "-r" and (BINDER / path).resolve() == ROOT / LOCK


@pytest.mark.skipif(os.name != "posix", reason="Binder's machines run Linux")
def test_after_the_build_the_workspace_holds_every_lesson(tmp_path):
    course, programs = tmp_path / "course", tmp_path / "bin"
    course.mkdir()
    programs.mkdir()
    newer_python.copy_checkout(course)
    python = programs / "python"  # its pip only notes what it is asked for
    python.write_text(
        f'#!/bin/sh\n[ "$2" = pip ] && echo "$@" > "{tmp_path}/pip" && exit\n'
        f'exec "{sys.executable}" "$@"\n'
    )
    python.chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    command = [shutil.which("bash"), ".binder/postBuild"]
    subprocess.run(command, cwd=course, env=os.environ | {"PATH": path}, check=True)
    assert (tmp_path / "pip").read_text() == "-m pip install --no-deps -e .\n"
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (course / "workspace").glob("*.ipynb")} == lessons
    assert (course / "workspace" / ".course.json").exists()
