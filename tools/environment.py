"""Make ``.venv`` with the locked packages, quickly, and again when it is broken or outdated.

Standard library only. The file ``.venv/course-stamp.json`` is written first as "installing" and
last as "ready": an installation that was cut off at any point is recognized and started anew.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tools import installer
from tools.failures import CourseError, explain
from tools.locking import locked
from tools.packages import extra_requirements
from tools.variables import outside_variables, python_of

STAMP, LOCK = "course-stamp.json", "course-install.lock"
INPUTS = ("requirements.txt", "requirements.lock", "pyproject.toml")
QUIET = subprocess.DEVNULL
PROBE = (
    "import sys, importlib.util as u; "
    "print('%d.%d' % sys.version_info[:2], u.find_spec('pip') is not None)"
)


def extras_for(options) -> tuple:
    """Return the extras of pyproject.toml that a parsed command line needs."""
    test = ("test",) if options.command in ("test", "build") else ()
    return test + (("oracles",) if getattr(options, "oracles", False) else ())


def key(root: Path) -> str:
    """Return a hash of everything that decides what the environment holds."""
    digest = hashlib.sha256(installer.UV.encode())
    for name in INPUTS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def probe(python: Path):
    """Return the ("3.12", has pip) of a Python, or None where it does not start."""
    try:
        found = subprocess.run(
            [python, "-I", "-c", PROBE], capture_output=True, encoding="utf-8", stdin=QUIET
        )
    except OSError:
        return None
    words = found.stdout.split()
    return (words[0], words[1] == "True") if found.returncode == 0 and len(words) == 2 else None


def read_stamp(venv: Path) -> dict:
    """Return what the stamp says; {} where there is none."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: dict) -> None:
    """Write the stamp so that it is there whole or not at all."""
    temporary = venv / (STAMP + ".new")
    temporary.write_text(json.dumps(stamp, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(temporary, venv / STAMP)


def is_ready(root: Path, extras=()) -> bool:
    """Say whether the environment holds what the lock and the extras ask for."""
    venv = root / ".venv"
    stamp = read_stamp(venv)
    if stamp.get("state") != "ready" or stamp.get("key") != key(root):
        return False
    if not set(extras) <= set(stamp["extras"]) or stamp["root"] != str(root.resolve()):
        return False
    found = probe(python_of(venv))
    return found is not None and found[0] == stamp["python"]


def reason_to_empty(root: Path):
    """Return why the present environment cannot be repaired in place, or None."""
    venv = root / ".venv"
    stamp, found = read_stamp(venv), probe(python_of(venv))
    if stamp.get("state") == "installing":
        return "The last installation was not finished: starting it again."
    if "root" in stamp and stamp["root"] != str(root.resolve()):
        return "The course's folder was moved: making its environment again."
    if found is None or (3, 11) > tuple(int(part) for part in found[0].split(".")):
        return "The Python in .venv does not work any more: making the environment again."
    if "python" in stamp and stamp["python"] != found[0]:
        return "The Python in .venv was replaced by another: making the environment again."
    return None


def empty(venv: Path) -> None:
    """Remove everything in the environment but the lock and the stamp."""
    if Path(sys.prefix).resolve() == venv.resolve():
        raise CourseError(
            "The environment .venv has to be made again, and this Python is the one inside it.",
            "run `deactivate` (or open a new terminal), then run the same command again.",
        )
    for child in venv.iterdir():
        if child.name in (STAMP, LOCK):
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def prepare(venv: Path, say) -> Path:
    """Return a Python with pip in the environment, making the environment if need be."""
    python = python_of(venv)
    found = probe(python)
    if found is None:
        say(f"[1/4] Making .venv with Python {platform.python_version()}")
        command = [sys.executable, "-m", "venv", venv]
    elif not found[1]:
        say("[1/4] Adding pip to .venv")
        command = [python, "-m", "ensurepip"]
    else:
        say("[1/4] Keeping .venv")
        return python
    status, output = installer.stream(command, outside_variables(), say)
    if status or probe(python) is None:
        raise explain("Making .venv", output)
    return python


def fill(root: Path, extras, say) -> None:
    """Install what is asked for into the environment, and the environment first."""
    python = prepare(root / ".venv", say)
    variables = outside_variables()
    light = extra_requirements(root, [name for name in extras if name != "oracles"])
    installer.install_packages(root, python, light, variables, say)
    if "oracles" in extras:
        heavy = extra_requirements(root, ["oracles"])
        installer.install_oracles(root, python, heavy, variables, say)


def install(root: Path, extras, say) -> None:
    """Make, complete or repair the environment; what can be kept of it is kept."""
    venv = root / ".venv"
    before = read_stamp(venv)
    is_new = {path.name for path in venv.iterdir()} <= {LOCK}
    reason = None if is_new else reason_to_empty(root)
    write_stamp(venv, {"state": "installing"})
    if reason:
        say(reason)
        empty(venv)
    try:
        fill(root, extras, say)
    except CourseError:
        if before.get("state") == "ready" and not reason:
            write_stamp(venv, before)  # a failed update: the next run repairs in place
        raise
    write_stamp(venv, ready_stamp(root, extras))


def ready_stamp(root: Path, extras) -> dict:
    """Return what the stamp says of a finished installation."""
    return {
        "state": "ready",
        "key": key(root),
        "extras": sorted(extras),
        "root": str(root.resolve()),
        "python": probe(python_of(root / ".venv"))[0],
    }


def ensure(root: Path, extras=(), say=lambda line: print(line, flush=True)) -> Path:
    """Return the Python of an environment that holds what is asked for.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    extras : tuple of str
        Extras of pyproject.toml: "test", "oracles".
    say : callable
        Called with each line of progress.

    Raises
    ------
    CourseError
        With one sentence and a next step, where the installation fails.
    """
    venv = root / ".venv"
    if not is_ready(root, extras):
        venv.mkdir(exist_ok=True)
        with locked(venv / LOCK, "Another course.py is installing: waiting for it."):
            if not is_ready(root, extras):
                install(root, extras, say)
    return python_of(venv)
