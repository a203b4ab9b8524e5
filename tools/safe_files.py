"""Write a file under a temporary name beside its place, then give it its name.

A file is there whole or not at all, and a name that is taken is never overwritten.
"""

import contextlib
import os
import tempfile
from pathlib import Path

UNFINISHED = ".course-tmp"


def place(temporary: Path, target: Path) -> None:
    """Give a finished file its name; raise FileExistsError where the name is taken."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # this file system has no hard links
        if target.exists():
            raise FileExistsError(target) from None
        os.rename(temporary, target)
    else:
        temporary.unlink()


def write_new(target: Path, content: bytes) -> None:
    """Write a new file, whole or not at all; raise FileExistsError where the name is taken."""
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.stem}.", suffix=UNFINISHED
    )
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, 0o644)
    place(Path(name), target)


def copy_lesson(lesson: Path, target: Path) -> None:
    """Copy a lesson to a name that is free, as one whose outputs may be shown."""
    content = lesson.read_bytes()
    trust(content)
    write_new(target, content)


def trust(content: bytes) -> None:
    """Sign a notebook of ours, so that JupyterLab shows its stored figures at once.

    Without JupyterLab or a place for its signatures, the figures appear when cells are run.
    """
    with contextlib.suppress(Exception):
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary().sign(nbformat.reads(content.decode("utf-8"), as_version=4))
