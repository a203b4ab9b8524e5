"""Make ``.venv`` with the locked packages, and make it anew where it no longer serves.

Standard library only. A new environment is built beside the old one and takes its name when it
is complete: one that works is never taken away before, and what a killed command leaves behind
is in nobody's way. Its last file is ``course-stamp.json``: what has none is not complete.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

from course_lib._files import locked, set_aside, write_whole
from tools.failures import CourseError, explain_os_error
from tools.installer import (
    LOCK,
    LOCKS,
    PUBLISH_LOCK,
    SCRATCH,
    TEST_LOCK,
    Installer,
    say_at_once,
)
from tools.packages import extra_requirements, uncommented
from tools.variables import cleaned, python_of, scripts

STAMP = "course-stamp.json"
PUBLISHING = ("site", "present")
BY_SHELL = rb"""#!/bin/sh
'''exec' "\1" "$0" "$@"
' '''"""
PROBE = "import sys; print('%d.%d' % sys.version_info[:2])"


def extras_for(options) -> tuple:
    """Return the extras of pyproject.toml that a parsed command line needs."""
    has_oracles = getattr(options, "oracles", False)
    publishes = options.command in PUBLISHING or getattr(options, "instructor", False)
    wanted = {
        "test": publishes or options.command in ("test", "build", "lock", "bench"),
        "publish": publishes or has_oracles,
        "oracles": has_oracles or options.command == "bench",
    }
    return tuple(extra for extra, is_wanted in wanted.items() if is_wanted)


def key(root: Path) -> str:
    """Return a hash of what the locks hold, comments and line ends aside."""
    lines = [line for name in ("requirements.txt", *LOCKS) for line in uncommented(root / name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def version_of(python: Path):
    """Return the "3.12" of a Python, or None where it does not start."""
    try:
        found = subprocess.run(
            [python, "-I", "-c", PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=cleaned(),
        )
    except OSError:
        return None
    return found.stdout.strip() or None


def read_stamp(venv: Path) -> dict:
    """Return what the stamp says; {} where there is none."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: dict) -> None:
    """Write the stamp."""
    write_whole(venv / STAMP, json.dumps(stamp, indent=1, sort_keys=True).encode())


def serves(root: Path, extras=()) -> bool:
    """Say whether the environment starts and has what the extras ask for, in any version."""
    stamp = read_stamp(root / ".venv")
    if "python" not in stamp or not set(extras) <= set(stamp["extras"]):
        return False
    return version_of(python_of(root / ".venv")) == stamp["python"]


def is_ready(root: Path, extras=()) -> bool:
    """Say whether the environment serves, is the lock's, and stands where it was made."""
    stamp = read_stamp(root / ".venv")
    is_current = (stamp.get("key"), stamp.get("root")) == (key(root), str(root))
    return is_current and serves(root, extras)


def ensure(root: Path, extras=(), say=say_at_once) -> Path:
    """Return the Python of an environment that holds what is asked for.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    extras : sequence of str
        Extras of pyproject.toml: "test", "publish", "oracles".
    say : callable
        Called with each line of progress.

    Raises
    ------
    CourseError
        With one sentence and a next step, where there is no environment that serves and none
        can be made.
    """
    if not is_ready(root, extras):
        with locked(root / ".venv.lock", "Another course.py is installing: waiting for it."):
            tidy(root)
            if not is_ready(root, extras):
                bring_up_to_date(root, extras, say)
    return python_of(root / ".venv")


def tidy(root: Path) -> None:
    """Remove what a killed command left, after putting it in the place of what is missing."""
    for left in [*root.glob(".venv-new-*"), *root.glob(".venv-old-*")]:
        if read_stamp(left) and not (root / ".venv").exists():
            os.rename(left, root / ".venv")
        else:
            shutil.rmtree(left, ignore_errors=True)


def bring_up_to_date(root: Path, extras, say) -> None:
    """Follow a moved folder; make the environment anew where it is not what is asked for."""
    venv, stamp = root / ".venv", read_stamp(root / ".venv")
    if serves(root, extras) and stamp["root"] != str(root):
        say("The course's folder was moved: its environment follows.")
        settle(venv, Path(stamp["root"], ".venv"), venv)
        write_stamp(venv, stamp | {"root": str(root)})
        if is_ready(root, extras):
            return
    try:
        replace(root, sorted({*extras, *stamp.get("extras", ())}), say)
    except (CourseError, OSError) as error:
        if not serves(root, extras):
            raise
        told = error if isinstance(error, CourseError) else explain_os_error(error)
        say(f"{str(told).splitlines()[0]}\nGoing on with packages that are not the lock's.")


def replace(root: Path, extras, say) -> None:
    """Make a new environment and give it the place of the one that is there."""
    venv, pid = root / ".venv", os.getpid()
    new = root / f".venv-new-{pid}"
    try:
        fill(root, new, extras, say)
        settle(new, new, venv)
        stamp = {"key": key(root), "extras": extras, "root": str(root)}
        write_stamp(new, stamp | {"python": version_of(python_of(new))})
        if read_stamp(venv):
            os.rename(venv, root / f".venv-old-{pid}")
        elif venv.exists():
            kept = set_aside(venv, ".venv-yours-{}")
            say(f"The .venv that was here is not the course's: it is kept as {kept.name}.")
        os.rename(new, venv)
    finally:
        tidy(root)


def fill(root: Path, new: Path, extras, say) -> None:
    """Install what is asked for into a new environment."""
    say(f"[1/3] Making .venv with Python {platform.python_version()}")
    installer = Installer(root, new, say)
    installer.make()
    lock = PUBLISH_LOCK if "publish" in extras else TEST_LOCK if extras else LOCK
    installer.install(lock)
    if "oracles" in extras:
        installer.install_unlocked(extra_requirements(root, ["oracles"]), lock)
    link(root, new)
    shared = new / "share" / "jupyter"
    if (theirs := shared / "labextensions" / "@jupyterlite").exists():
        theirs.rename(shared / "jupyterlite")  # an ordinary JupyterLab would try to load it
    shutil.rmtree(new / SCRATCH)
    if version_of(python_of(new)) is None:
        raise CourseError("The new environment does not start.", "report this, please.")


def packages_of(venv: Path) -> Path:
    """Return the folder of packages of an environment that is made with this Python."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(venv)}))


def link(root: Path, venv: Path) -> None:
    """Make ``course_lib`` known to an environment, as ``pip install -e`` does, but offline.

    The path is a relative one: it holds in a folder that is moved or copied.
    """
    packages = packages_of(venv)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    info = f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {line}" for line in uncommented(root / "requirements.txt")]
    files = {f"{name}.pth": os.path.relpath(root, packages) + "\n"}
    files |= {f"{info}/METADATA": "\n".join(lines) + "\n", f"{info}/INSTALLER": "course.py\n"}
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{info}/RECORD"))
    (packages / info).mkdir(exist_ok=True)
    for file, text in files.items():
        write_whole(packages / file, text.encode())


def settle(venv: Path, old: Path, new: Path) -> None:
    """Let the programs of an environment name the folder that it is moved to."""
    named = re.compile(rb"(?<![^\s\"'=!])" + re.escape(os.fsencode(old)) + rb"(?![\w.-])")
    for program in scripts(venv).iterdir():
        if program.is_symlink() or not named.search(content := program.read_bytes()):
            continue
        content = named.sub(lambda found: os.fsencode(new), content)
        if os.name == "posix":  # in the first line a system takes no spaces and no long names
            content = re.sub(rb"\A#!(/.*/python[\d.]*)$", BY_SHELL, content, flags=re.M)
        write_whole(program, content)
