"""Where progress is kept: in the learner's workspace, or in memory where there is none."""

import json
import os
from pathlib import Path

from course_lib._files import locked, set_aside, write_whole
from course_lib.exercises.engine.model import FAILED, PASSED

MARKER, LOCK = ".course.json", ".course.lock"
VARIABLE = "COURSE_PROGRESS"  # "memory": where lessons are built or tested, nothing is kept
UNTIL = "it counts until the kernel stops."
_COURSE = Path(__file__).parents[3]
_HELP = ("hints", "solution")
_memory = {}


def workspace_file():
    """Return the file that progress is kept in; None if there is no place for it.

    It is the first one found upward from the current folder. A notebook that is opened
    elsewhere has that of the course which it lies in, or which ``course_lib`` belongs to.

    Returns
    -------
    pathlib.Path or None
        It need not exist yet.
    """
    try:
        here = Path.cwd()
    except OSError:
        return None
    upward = (here, *here.parents)
    markers = (folder / MARKER for folder in upward)
    found = next((path for path in markers if path.is_file()), None)
    if found or os.environ.get(VARIABLE) == "memory":
        return found
    courses = (folder for folder in (*upward, _COURSE) if _is_course(folder))
    return next((folder / "workspace" / MARKER for folder in courses), None)


def _is_course(folder):
    return (folder / "course.py").is_file() and (folder / "course_lib").is_dir()


def load():
    """Return what is recorded and a note for the learner.

    Returns
    -------
    records : dict
        ``{exercise name: {"status": ..., "hints": ..., "solution": ..., "mistakes": [...]}}``;
        what was looked at after the pass only is under "hints after" and "solution after".
    note : str
        One sentence where the file could not be read, else "".
    """
    path = workspace_file()
    if path is None:
        return _copy(_memory), _homeless()
    try:
        document, note = _read(path)
    except OSError as error:
        return _copy(_memory), f"Progress could not be read ({_reason(error)})."
    # what could not be written earlier still counts in this session
    return _merged(document["progress"], _memory), note


def record(name, **changes):
    """Record something about an exercise; a pass is never undone, and needed no later help.

    Parameters
    ----------
    name : str
        The exercise.
    **changes
        ``status``, ``hints`` or ``solution``; ``mistake``, which joins those met before.

    Returns
    -------
    str
        One sentence where it could not be saved, else "".
    """
    path = workspace_file()
    if path is None:
        _memory[name] = _updated(_memory.get(name, {}), changes)
        return _homeless()
    try:
        path.parent.mkdir(exist_ok=True)
        # kernels that record at the same time take turns, from reading to writing
        with locked(path.with_name(LOCK)):
            document, note = _read(path)
            entry = _merged(document["progress"], _memory).get(name, {})
            updated = _updated(entry, changes)
            if updated != document["progress"].get(name, {}):
                document["progress"][name] = updated
                _write(path, document)
    except OSError as error:
        _memory[name] = _updated(load()[0].get(name, {}), changes)
        return f"Progress could not be saved ({_reason(error)}); {UNTIL}"
    _memory.pop(name, None)
    return note


def _homeless():
    """Return a note on that nothing is saved, where somebody could take it for saved."""
    is_meant = os.environ.get(VARIABLE) == "memory"
    return (
        "" if is_meant else f"Progress is not saved: no folder of the course is here; {UNTIL}"
    )


def _updated(entry, changes):
    """Return a record with changes; help that came after the pass is named so."""
    if mistake := changes.get("mistake"):
        changes = changes | {"mistakes": sorted({*entry.get("mistakes", ()), mistake})}
    changes = {key: value for key, value in changes.items() if key != "mistake"}
    if entry.get("status") != PASSED:
        return entry | changes
    later = {f"{key} after": changes[key] for key in _HELP if key in changes}
    kept = {key: changes[key] for key in changes if key not in (*_HELP, "status")}
    return entry | later | kept


def _read(path):
    """Return the file's object, and a note if it was damaged and had to be set aside."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        progress = document.setdefault("progress", {})
        if not all(isinstance(entry, dict) for entry in progress.values()):
            raise ValueError("progress must consist of objects")
    except FileNotFoundError:
        return {"progress": {}}, ""
    except (ValueError, AttributeError, TypeError):
        aside = set_aside(path, ".course-damaged-{}.json")
        _write(path, {"progress": {}})
        note = f"{MARKER} was damaged: it is kept as {aside.name}, and progress starts anew."
        return {"progress": {}}, note
    return document, ""


def _write(path, document):
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path, text.encode("utf-8"))


def _merged(saved, unsaved):
    merged = _copy(saved)
    for name, entry in unsaved.items():
        merged[name] = merged.get(name, {}) | entry
        if saved.get(name, {}).get("status") == PASSED:
            merged[name]["status"] = PASSED
    return merged


def _copy(records):
    return {name: dict(entry) for name, entry in records.items()}


def _reason(error):
    return error.strerror or type(error).__name__


def status_of(entry):
    """Return the status in a record, None where it is none of the known words."""
    status = entry.get("status")
    return status if status in (PASSED, FAILED) else None
