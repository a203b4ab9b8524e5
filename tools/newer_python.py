"""Run tests under the newest Python of this machine, where it is newer than this one.

NumPy and others come in another version there (one lock holds them all), so that a printed
value which hangs on the version shows.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import version_of

ROOT = Path(__file__).resolve().parents[1]


def found_programs(path=None, pyenv=None) -> list:
    """Return the Pythons on the search path and in pyenv's folder; not all need to start."""
    folders = [Path(part) for part in (path or os.environ.get("PATH", "")).split(os.pathsep)]
    pyenv = Path(pyenv or os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders += sorted(pyenv.glob("versions/*/bin"))
    named = [item for folder in folders for item in folder.glob("python3*")]
    return [item for item in named if re.fullmatch(r"python3(\.\d+)?(\.exe)?", item.name)]


def newest(programs, newer_than):
    """Return (version, program) of the newest Python above a version, or None."""
    found = ((version_of(program), program) for program in programs)
    versions = [(tuple(map(int, told.split("."))), program) for told, program in found if told]
    best = max(versions, key=lambda pair: pair[0], default=None)
    return best if best and best[0] > newer_than else None


def copy_checkout(folder: Path) -> None:
    """Copy what git tracks, and what is new and not ignored, as it stands."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, run.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def found():
    """Return (version, program) of the newest Python here, or None; say what was found."""
    newer = newest(found_programs(), sys.version_info[:2])
    if newer is None:
        print("\nNo newer Python here: lessons run under this one only.", flush=True)
    return newer


def test(newer, paths, variables) -> int:
    """Test the paths in a copy of the checkout, under a Python that `found` returned.

    Returns
    -------
    int
        The exit status.
    """
    (major, minor), program = newer
    print(f"\nOnce more: the lessons under Python {major}.{minor}.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy_checkout(Path(folder))
        command = [program, "course.py", "test", "--", *paths]
        run = subprocess.run(command, cwd=folder, env=variables, stdin=subprocess.DEVNULL)
    return run.returncode
