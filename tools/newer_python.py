"""Run the notebooks strictly under the newest Python of this machine, where it is newer.

NumPy and others come in another version there (one lock holds them all), so that a printed
value which hangs on the version shows. Run as ``python3 -m tools.newer_python``.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import version_of
from tools.failures import run_cli

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


def main() -> int:
    """Test the notebooks under a newer Python; return an exit status."""
    found = newest(found_programs(), sys.version_info[:2])
    if found is None:
        print("No newer Python here: notebooks run under this one only.", flush=True)
        return 0
    (major, minor), program = found
    print(f"Once more: the notebooks under Python {major}.{minor}.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy_checkout(Path(folder))
        command = [program, "course.py", "test", "--", "notebooks"]
        return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(run_cli(main))
