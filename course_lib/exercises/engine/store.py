"""Where progress is kept: in the learner's workspace, or in memory where there is none."""

import json
import os
import tempfile
from pathlib import Path

from course_lib.exercises.engine.model import FAILED, PASSED

MARKER = ".course.json"
_HELP = ("hints", "solution")
_memory = {}


def workspace_file():
    """Return the workspace's file, looking upward from the current folder; None if none.

    Returns
    -------
    pathlib.Path or None
    """
    try:
        here = Path.cwd()
    except OSError:
        return None
    candidates = (folder / MARKER for folder in (here, *here.parents))
    return next((path for path in candidates if path.is_file()), None)


def load():
    """Return what is recorded and a note for the learner.

    Returns
    -------
    records : dict
        ``{exercise name: {"status": ..., "hints": ..., "solution": ...}}``; what was looked
        at after the pass only is under "hints after" and "solution after".
    note : str
        One sentence where the file could not be read, else "".
    """
    path = workspace_file()
    if path is None:
        return _copy(_memory), ""
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
        ``status``, ``hints`` or ``solution``.

    Returns
    -------
    str
        One sentence where it could not be saved, else "".
    """
    records, note = load()
    entry = records.get(name, {})
    updated = entry | _dated(changes, entry)
    if PASSED in (entry.get("status"), changes.get("status")):
        updated["status"] = PASSED
    if updated == entry and not note:
        return ""
    return " ".join(filter(None, (note, _save(name, updated))))


def _dated(changes, entry):
    """Return the changes, with help that came after the pass under names that say so."""
    if entry.get("status") != PASSED:
        return changes
    help_given = {f"{key} after": changes[key] for key in _HELP if key in changes}
    return help_given | {key: changes[key] for key in changes if key not in _HELP}


def _save(name, entry):
    path = workspace_file()
    if path is None:
        _memory[name] = entry
        return ""
    try:
        document, _ = _read(path)
        document["progress"][name] = entry
        _write(path, document)
    except OSError as error:
        _memory[name] = entry
        return (
            f"Progress could not be saved ({_reason(error)}); it counts until the kernel stops."
        )
    _memory.pop(name, None)
    return ""


def _read(path):
    """Return the file's object, and a note if it was damaged and had to be set aside."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        progress = document.setdefault("progress", {})
        if not all(isinstance(entry, dict) for entry in progress.values()):
            raise ValueError("progress must consist of objects")
    except (ValueError, AttributeError, TypeError):
        return {"progress": {}}, _set_aside(path)
    return document, ""


def _set_aside(path):
    """Give a damaged file another name, and put an empty one in its place."""
    numbers = (path.with_name(f".course-damaged-{n}.json") for n in range(1, 1000))
    aside = next(name for name in numbers if not name.exists())
    os.replace(path, aside)
    _write(path, {"progress": {}})
    return f"{MARKER} was damaged: it is kept as {aside.name}, and progress starts anew."


def _write(path, document):
    """Replace the file in one step, so that it is whole at any moment."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".course-", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            json.dump(document, file, indent=1, sort_keys=True, ensure_ascii=False)
            file.write("\n")
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


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
