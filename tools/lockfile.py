"""The lock: made anew (``python3 course.py lock``), and compared with an environment."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
BUILD_ONLY = {"setuptools"}  # every venv of Python 3.11 holds another one
COMPILE = (
    *("pip", "compile", "requirements.txt", "pyproject.toml", "--extra", "test"),
    *("--group", "build", "--universal", "--python-version", "3.11", "--upgrade", "--quiet"),
    *("--no-emit-package", "course-lib", "--custom-compile-command", "python3 course.py lock"),
)


def pins(text: str) -> list:
    """Return the requirements of a lock that hold in this environment.

    Parameters
    ----------
    text : str
        Lines ``name==version ; marker``, and comments.

    Returns
    -------
    list of packaging.requirements.Requirement
    """
    from packaging.requirements import Requirement

    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    wanted = [Requirement(line) for line in lines if line]
    return [pin for pin in wanted if pin.marker is None or pin.marker.evaluate()]


def installed_version(name: str):
    """Return the version of an installed package, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def differences(text: str, version_of=installed_version) -> list:
    """Return one sentence for each installed package whose version is not the lock's.

    A package that is locked and not installed is no difference: what is needed and missing
    fails by itself. Nor is one that is locked for building course_lib only.

    Parameters
    ----------
    text : str
        The lock.
    version_of : callable
        Takes a package's name and returns the installed version, or None.
    """
    found = []
    for pin in pins(text):
        version = None if pin.name in BUILD_ONLY else version_of(pin.name)
        if version is not None and not pin.specifier.contains(version, prereleases=True):
            locked = str(pin.specifier).removeprefix("==")
            found.append(f"{pin.name} is {version}, the lock says {locked}")
    return found


def compile_lock(root: Path = ROOT) -> int:
    """Write requirements.lock anew with the newest versions, whole or not at all."""
    temporary = root / "requirements.lock.new"
    command = [sys.executable, "-m", "uv", *COMPILE, "--output-file", temporary.name]
    try:
        status = subprocess.run(command, cwd=root).returncode
        if status == 0:
            os.replace(temporary, root / LOCK.name)
            print("requirements.lock is new: run `python3 course.py test`, then commit it.")
    finally:
        temporary.unlink(missing_ok=True)
    return status


if __name__ == "__main__":
    from tools.failures import run_cli

    sys.exit(run_cli(compile_lock))
