"""The locks: made anew (``python3 course.py lock``), and compared with an environment.

requirements.lock is what a learner gets; requirements-test.lock has the test tools too, and uv;
requirements-publish.lock what makes the website and slides as well.
"""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

from tools.installer import LOCK, PUBLISH_LOCK, TEST_LOCK
from tools.packages import uncommented

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("--extra", "test", "--extra", "publish")
OPTIONS = (
    *(
        "--universal",
        "--no-annotate",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--quiet",
    ),
    *("--group", "environment", "--no-emit-package", "course-lib"),
    *("--custom-compile-command", "python3 course.py lock"),
)
# (the lock, what goes into it): the others hold the versions of the first
HELD = ("--constraints", TEST_LOCK + ".new")
MADE_FROM = (
    (TEST_LOCK, ("requirements.txt", "pyproject.toml", "--extra", "test", "--upgrade")),
    (LOCK, ("requirements.txt", *HELD)),
    (PUBLISH_LOCK, ("requirements.txt", "pyproject.toml", *EXTRAS, *HELD)),
)


def pins(path: Path = ROOT / TEST_LOCK) -> list:
    """Return the requirements of a lock that hold in this environment, as `Requirement`."""
    from packaging.requirements import Requirement

    lines = [line for line in uncommented(path) if not line.startswith("--hash")]
    wanted = [Requirement(line.removesuffix("\\")) for line in lines]
    return [pin for pin in wanted if pin.marker is None or pin.marker.evaluate()]


def installed_version(name: str):
    """Return the version of an installed package, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def differences(path: Path = ROOT / TEST_LOCK, version_of=installed_version) -> list:
    """Return one sentence for each installed package whose version is not the lock's.

    A package that is locked and not installed is no difference: what is needed and missing
    fails by itself. ``version_of`` returns the installed version of a name, or None.
    """
    found = []
    for pin in pins(path):
        version = version_of(pin.name)
        if version is not None and not pin.specifier.contains(version, prereleases=True):
            locked = str(pin.specifier).removeprefix("==")
            found.append(f"{pin.name} is {version}, the lock says {locked}")
    return found


def compile_locks(root: Path) -> None:
    """Write the locks anew with the newest versions, all or none.

    Raises
    ------
    subprocess.CalledProcessError
        If uv finds no versions that go together.
    """
    try:
        for lock, sources in MADE_FROM:
            command = [sys.executable, "-m", "uv", "pip", "compile", *sources, *OPTIONS]
            subprocess.run([*command, "--output-file", lock + ".new"], cwd=root, check=True)
        for lock, _ in MADE_FROM:
            os.replace(root / (lock + ".new"), root / lock)
    finally:
        for lock, _ in MADE_FROM:
            (root / (lock + ".new")).unlink(missing_ok=True)


def main(_options=None) -> int:
    """Make the locks anew; return an exit status."""
    try:
        compile_locks(ROOT)
    except subprocess.CalledProcessError:
        return 1
    print("The locks are new: run `python3 course.py test`, then commit them.")
    return 0
