"""The learner's folder: lessons are copied into it, and nothing in it is ever overwritten.

The steps are taken in an order that loses nothing if the process is killed between two of them.
"""

import contextlib
import json
import re
from pathlib import Path

from course_lib._files import UNFINISHED, free_name, locked, set_aside, write_whole
from tools.failures import CourseError

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS, WORKSPACE = ROOT / "notebooks", ROOT / "workspace"
MARKER, LOCK = ".course.json", ".course.lock"


def source_hash(path: Path):
    """Return the hash of the source that a notebook was built from, or None.

    The build stores it in the notebook's metadata; running and saving leave it alone. A file
    that is not readable as a notebook of the course has none.
    """
    try:
        return json.loads(path.read_bytes())["metadata"]["course"]["source"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_damaged(path: Path) -> bool:
    """Say whether a file is no notebook any more: cut off, emptied or something else."""
    try:
        return not isinstance(json.loads(path.read_bytes())["cells"], list)
    except (ValueError, KeyError, TypeError):
        return True


def copy_lesson(lesson: Path, target: Path) -> None:
    """Copy a lesson, with nothing run yet, to a name that is free, as one to be trusted."""
    content = not_yet_run(lesson.read_bytes())
    trust(content)
    write_whole(target, content, replace=False)


def not_yet_run(content: bytes) -> bytes:
    """Return a notebook without outputs, counts and widgets: who predicts sees no result."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    notebook["metadata"].pop("widgets", None)
    return f"{json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()


def trust(content: bytes) -> None:
    """Sign a notebook of ours, so that JupyterLab does not warn of it.

    Without JupyterLab or a place for its signatures, it is trusted once its cells were run.
    """
    with contextlib.suppress(Exception):
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary().sign(nbformat.reads(content.decode("utf-8"), as_version=4))


def open_workspace(workspace: Path):
    """Make the folder and return the lock that a change in it is made under."""
    if workspace.exists() and not workspace.is_dir():
        raise CourseError(
            f"{workspace} is a file, and your lessons belong in a folder of that name.",
            "give the file another name, then run the same command again.",
        )
    workspace.mkdir(parents=True, exist_ok=True)
    return locked(workspace / LOCK, "Another course.py is at work here: waiting for it.")


def tidy(workspace: Path) -> None:
    """Remove what a killed command left behind and see that there is a marker."""
    for path in workspace.glob(f".*{UNFINISHED}"):
        path.unlink()
    if not (workspace / MARKER).exists():
        write_whole(workspace / MARKER, b"{}\n")


def bring(lesson: Path, workspace: Path):
    """Bring one lesson up to date in the workspace; return a sentence about it, or None."""
    own = workspace / lesson.name
    if not own.exists():
        copy_lesson(lesson, own)
        return None
    if is_damaged(own):
        return (
            f"{own.name} is damaged, no notebook any more: `python3 course.py reset "
            f"{lesson.stem}` gives a fresh copy and keeps the file under another name."
        )
    newest = source_hash(lesson)
    copies = [own, *workspace.glob(f"{lesson.stem}-*.ipynb")]
    if newest is None or newest in {source_hash(path) for path in copies}:
        return None
    beside = workspace / f"{lesson.stem}-updated.ipynb"
    if beside.exists():
        beside = free_name(beside, lesson.stem + "-updated-{}.ipynb", first=2)
    copy_lesson(lesson, beside)
    return f"{own.name} has changed: the new one is {beside.name}, yours is as you left it."


def sync(notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> list:
    """Copy into the workspace each lesson that it lacks, and lay changed ones beside.

    Return a sentence for each thing that the learner should know.
    """
    with open_workspace(workspace):
        tidy(workspace)
        said = [bring(lesson, workspace) for lesson in sorted(notebooks.glob("*.ipynb"))]
    return [sentence for sentence in said if sentence]


def find_lesson(name: str, lessons) -> Path:
    """Return the one of the lessons that ``1``, ``01_chain_rule`` or a file name means."""
    wanted = re.sub(r"\.(ipynb|md)$", "", re.split(r"[/\\]", name)[-1])
    wanted = wanted.zfill(2) if wanted.isdigit() else wanted
    for lesson in lessons:
        if wanted in (lesson.stem, lesson.stem.partition("_")[0]):
            return lesson
    known = ", ".join(lesson.stem for lesson in lessons) or "none is there"
    raise CourseError(f'There is no lesson "{name}".', f"choose one of these: {known}.")


def reset(name: str, notebooks: Path = NOTEBOOKS, workspace: Path = WORKSPACE) -> str:
    """Put a fresh copy of a lesson in place, keep the old one under another name, and say so.

    The lesson is named by ``01``, ``01_chain_rule`` or ``01_chain_rule.ipynb``.

    Raises
    ------
    CourseError
        If there is no such lesson.
    """
    lesson = find_lesson(name, sorted(notebooks.glob("*.ipynb")))
    with open_workspace(workspace):
        tidy(workspace)
        own = workspace / lesson.name
        if not own.exists():
            copy_lesson(lesson, own)
            return f"{own.name} is a fresh copy."
        # killed after this line, the next `lab` or `reset` finds no copy and makes one
        kept = set_aside(own, lesson.stem + "-yours-{}.ipynb")
        copy_lesson(lesson, own)
    return f"{own.name} is a fresh copy (reload it if it is open), yours is now {kept.name}."


def main(options) -> None:
    """Reset the lesson that the command line names."""
    print(reset(*options.lessons))
