"""One folder with the course and all packages, from which ``lab --offline`` installs.

``python3 course.py bundle`` makes it where there is a network; it is then copied to where there
is none.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from tools.failures import CourseError, explain
from tools.installer import LOCK, TEST_LOCK, heartbeat

THIS_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "bundle"
WHEELS, LABEL = "wheels", "bundle.json"
LEFT_OUT = ("workspace", "build", "dist", "wheels", "__pycache__", "*.egg-info", "*.course-tmp")
MANYLINUX = ("_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014", "_2_12", "2010", "_2_5", "1")
# a line of a lock with the lines of its hashes
BLOCK = re.compile(
    r"^(\S+==\S+)(?: ; (.+?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)


@dataclass(frozen=True)
class Target:
    """A kind of machine that a bundle is made for.

    Attributes
    ----------
    markers : dict of str to str
        What the conditions in a lock are judged by there.
    tags : tuple of str
        The platforms of wheels that it can install.
    """

    markers: dict
    tags: tuple

    def variables(self, release: str) -> dict:
        """Return what conditions are judged by under one release of Python there."""
        names = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        python = ".".join(release.split(".")[:2])
        names |= {"python_version": python, "python_full_version": release}
        return names | self.markers


def target(sys_platform: str, machine: str, *tags: str) -> Target:
    """Return the target with the markers of a system, and these tags."""
    system = {"darwin": "Darwin", "win32": "Windows"}.get(sys_platform, sys_platform.title())
    names = {"sys_platform": sys_platform, "platform_system": system}
    os_name = "nt" if sys_platform == "win32" else "posix"
    return Target(names | {"os_name": os_name, "platform_machine": machine}, tags)


TARGETS = {
    "linux": target("linux", "x86_64", *(f"manylinux{v}_x86_64" for v in MANYLINUX)),
    "linux-arm": target("linux", "aarch64", *(f"manylinux{v}_aarch64" for v in MANYLINUX)),
    "macos": target("darwin", "arm64", "macosx_14_0_arm64"),
    "windows": target("win32", "AMD64", "win_amd64"),
}


def this_platform() -> str:
    """Return the name of this kind of machine among `TARGETS`."""
    names = {"linux": "linux", "darwin": "macos", "win32": "windows"}
    name = names.get(sys.platform, sys.platform)
    is_arm = platform.machine().lower() in ("arm64", "aarch64")
    if name == "linux":
        return "linux-arm" if is_arm else name
    return "macos-intel" if name == "macos" and not is_arm else name


def wanted(target: Target, python: str, names: Container[str] = ()) -> dict[str, str]:
    """Return what pip is to fetch for one Python there, with hashes: the lock's, and uv.

    Parameters
    ----------
    target : Target
    python : str
        Such as "3.12".
    names : container of str, optional
        Only these packages of the lock.

    Returns
    -------
    dict of str to str
        By the release of that Python, a file of requirements: all that its first release
        needs, and what its last release needs beside.
    """
    from packaging.markers import Marker

    blocks = BLOCK.findall((ROOT / LOCK).read_text(encoding="utf-8"))
    others = BLOCK.findall((ROOT / TEST_LOCK).read_text(encoding="utf-8"))
    blocks += [block for block in others if block[0].startswith("uv==")]
    if names:
        blocks = [block for block in blocks if block[0].partition("==")[0] in names]
    texts, before = {}, []
    for release in (f"{python}.0", f"{python}.99"):
        here = target.variables(release)
        held = [block for block in blocks if not block[1] or Marker(block[1]).evaluate(here)]
        new = [block for block in held if block not in before]
        if new:
            texts[release] = "".join(f"{name} \\\n{hashes}" for name, _, hashes in new)
        before = held
    return texts


def download(target: Target, python: str, folder: Path, texts: dict[str, str]) -> None:
    """Let pip fetch the wheels of one Python, which `wanted` names, into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--quiet"]
    command += ["--dest", str(folder)]
    command += [word for tag in target.tags for word in ("--platform", tag)]
    for release, text in texts.items():
        with tempfile.TemporaryDirectory() as scratch:
            lines = Path(scratch, "wanted.txt")
            lines.write_text(text, encoding="utf-8")
            last = ["--python-version", release, "-r", str(lines)]
            with heartbeat():
                done = subprocess.run([*command, *last], capture_output=True, text=True)
        if done.returncode:
            output = done.stdout + done.stderr
            raise explain(f"Fetching packages for Python {python}", output, ROOT)


def copy_course(folder: Path) -> None:
    """Copy the course as it stands, without what was made from it and a learner's work."""

    def left_out(where, names):
        hidden = {name for name in names if name.startswith(".") and name != ".binder"}
        return hidden | shutil.ignore_patterns(*LEFT_OUT)(where, names)

    shutil.copytree(ROOT, folder, ignore=left_out, dirs_exist_ok=True)


def use_wheels(root: Path) -> None:
    """Let pip and uv install from the folder of wheels only.

    Raises
    ------
    CourseError
        If there is none, or it is for another platform or other versions of Python.
    """
    try:
        label = json.loads((root / WHEELS / LABEL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CourseError(
            "There are no packages beside course.py to install without a network.",
            "leave out --offline, or make them where there is one: python3 course.py bundle",
        ) from None
    own = {"platform": this_platform(), "python": THIS_PYTHON}
    if label["platform"] != own["platform"] or own["python"] not in label["python"]:
        raise CourseError(
            f"These packages are for {label['platform']} and Python "
            f"{', '.join(label['python'])}; this is {own['platform']}, {own['python']}.",
            "use one of these Pythons, or make a bundle with --platform and --python.",
        )
    place = (root / WHEELS).as_uri()
    os.environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": place}
    os.environ |= {"UV_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_FIND_LINKS": place}


def main(options: argparse.Namespace) -> int:
    """Make the bundle that the command line asks for."""
    name = options.platform or this_platform()
    if name not in TARGETS:  # such as Macs with an Intel processor: some package has no wheel
        raise CourseError(
            f"No bundle can be made for {name}.",
            f"choose another one with --platform: {', '.join(TARGETS)}.",
        )
    pythons = options.python or [THIS_PYTHON]
    folder = (options.output_dir or OUTPUT / name).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    print("[1/2] Copying the course", flush=True)
    copy_course(folder)
    for python in pythons:
        print(f"[2/2] Fetching packages for {name}, Python {python} (100 MB)", flush=True)
        download(TARGETS[name], python, folder / WHEELS, wanted(TARGETS[name], python))
    label = json.dumps({"platform": name, "python": pythons}) + "\n"
    (folder / WHEELS / LABEL).write_text(label, encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(
        f"{folder} holds all ({size / 1e6:.0f} MB). Copy it; in the copy, `course.py lab "
        "--offline` installs and opens the lessons without a network."
    )
    return 0
