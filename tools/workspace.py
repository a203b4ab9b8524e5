"""The learner's folder: lessons are copied into it, and nothing in it is ever overwritten.

The steps are taken in an order that loses nothing if the process is killed between two of them.
"""

import json
import os
import re
import sys
from pathlib import Path

from tools.failures import CourseError, run_cli
from tools.locking import locked
from tools.safe_files import UNFINISHED, copy_lesson, write_new

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS, WORKSPACE = ROOT / "notebooks", ROOT / "workspace"
MARKER, LOCK = ".course.json", ".course.lock"


def source_hash(path: Path):
    """Return the hash of the source that a notebook was built from, or None.

    The build stores it in the notebook's metadata; running and saving leave it alone. A file
    that is not readable as a notebook of the course has none.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]["source"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def free_name(workspace: Path, pattern: str, first: int = 1) -> Path:
    """Return the path of the first numbered name, such as "x-{}", that does not exist."""
    number = first
    while (workspace / pattern.format(number)).exists():
        number += 1
    return workspace / pattern.format(number)


def open_workspace(workspace: Path):
    """Make the folder and return the lock that a change in it is made under."""
    if workspace.exists() and not workspace.is_dir():
        raise CourseError(
            f"{workspace} is a file, and your lessons belong in a folder of that name.",
            "give the file another name, then run the same command again.",
        )
    workspace.mkdir(parents=True, exist_ok=True)
    return locked(workspace / LOCK, "Another course.py is at work here: waiting for it.")


def tidy(workspace: Path) -> list:
    """Remove what a killed command left behind and see that the marker is sound."""
    for path in workspace.glob(f".*{UNFINISHED}"):
        path.unlink()
    marker = workspace / MARKER
    if marker.exists() and isinstance(read_json(marker), dict):
        return []
    said = []
    if marker.exists():
        kept = free_name(workspace, ".course-unreadable-{}.json")
        os.rename(marker, kept)
        said = [f"Your progress file could not be read: kept as {kept.name}, a new one begun."]
    write_new(marker, b"{}\n")
    return said


def read_json(path: Path):
    """Return what a JSON file holds, or None where it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


def bring(lesson: Path, workspace: Path):
    """Bring one lesson up to date in the workspace; return a sentence about it, or None."""
    own = workspace / lesson.name
    if not own.exists():
        copy_lesson(lesson, own)
        return None
    newest = source_hash(lesson)
    copies = [own, *workspace.glob(f"{lesson.stem}-*.ipynb")]
    if newest is None or newest in {source_hash(path) for path in copies}:
        return None
    beside = workspace / f"{lesson.stem}-updated.ipynb"
    if beside.exists():
        beside = free_name(workspace, lesson.stem + "-updated-{}.ipynb", first=2)
    copy_lesson(lesson, beside)
    return f"{own.name} has changed: the new one is {beside.name}, yours is as you left it."


def sync(notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> list:
    """Copy into the workspace each lesson that it lacks, and lay changed ones beside.

    Parameters
    ----------
    notebooks : pathlib.Path
        The folder of built notebooks.
    workspace : pathlib.Path
        The learner's folder; made if missing.

    Returns
    -------
    list of str
        One sentence for each thing that the learner should know.
    """
    with open_workspace(workspace):
        said = tidy(workspace)
        said += [bring(lesson, workspace) for lesson in sorted(notebooks.glob("*.ipynb"))]
    return [sentence for sentence in said if sentence]


def find_lesson(name: str, notebooks: Path = NOTEBOOKS) -> Path:
    """Return the built notebook that ``01``, ``01_chain_rule`` or a file name means."""
    wanted = re.sub(r"\.(ipynb|md)$", "", re.split(r"[/\\]", name)[-1])
    wanted = wanted.zfill(2) if wanted.isdigit() else wanted
    lessons = sorted(notebooks.glob("*.ipynb"))
    for lesson in lessons:
        if wanted in (lesson.stem, lesson.stem.partition("_")[0]):
            return lesson
    known = ", ".join(lesson.stem for lesson in lessons) or "none is built"
    raise CourseError(f'There is no lesson "{name}".', f"choose one of these: {known}.")


def reset(name: str, notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> str:
    """Put a fresh copy of a lesson in place and keep the old one under another name.

    Parameters
    ----------
    name : str
        ``01``, ``01_chain_rule`` or ``01_chain_rule.ipynb``.
    notebooks, workspace : pathlib.Path
        Where the built notebooks and the learner's copies are.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    CourseError
        If there is no such lesson.
    """
    lesson = find_lesson(name, notebooks)
    with open_workspace(workspace):
        tidy(workspace)
        own = workspace / lesson.name
        if not own.exists():
            copy_lesson(lesson, own)
            return f"{own.name} is a fresh copy."
        kept = free_name(workspace, lesson.stem + "-yours-{}.ipynb")
        # killed after this line, the next `lab` or `reset` finds no copy and makes one
        os.rename(own, kept)
        copy_lesson(lesson, own)
    return f"{own.name} is a fresh copy (reload it if it is open), yours is now {kept.name}."


def main(arguments) -> None:
    """Reset the lesson that the command line names."""
    print(reset(*arguments))


if __name__ == "__main__":
    sys.exit(run_cli(main, sys.argv[1:]))
