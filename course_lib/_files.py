"""Files that are there whole or not at all, locks between processes, and the package's data.

Standard library only: what installs the packages uses it too.
"""

import contextlib
import errno
import itertools
import os
import shutil
import tempfile
import time
from pathlib import Path

if os.name == "nt":
    import msvcrt
else:
    import fcntl

DATA = Path(__file__).parent / "data"
UNFINISHED = ".course-tmp"
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_POLL_SECONDS = 0.02


def shipped(*parts):
    """Return the path of a file in ``course_lib/data``.

    Parameters
    ----------
    *parts : str
        Folder and file, such as ``"digits", "digits.npz"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If it is not there.
    """
    path = DATA.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(
            f"the data is missing: course_lib/data/{'/'.join(parts)} comes with the package; "
            "install the course again (python3 course.py lab does)"
        )
    return path


def write_whole(path, content, replace=True):
    """Write a file under a temporary name beside its place, then give it its name.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    content : bytes
        All that it will hold.
    replace : bool
        Whether a file of that name may be replaced; it keeps its permissions.

    Raises
    ------
    FileExistsError
        If the name is taken and `replace` is false.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=UNFINISHED)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            if not replace:  # slow, and where a file is replaced the systems see to it
                file.flush()
                os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, name)
        else:
            os.chmod(name, 0o644)
        os.replace(name, path) if replace else _place(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _place(temporary, path):
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # this file system has no hard links
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(temporary, path)
    else:
        os.unlink(temporary)


def free_name(path, pattern, first=1):
    """Return the first path beside another whose numbered name, such as "x-{}", is free."""
    names = (path.with_name(pattern.format(number)) for number in itertools.count(first))
    return next(name for name in names if not name.exists())


def set_aside(path, pattern):
    """Give a file or folder the first free name of a pattern, and return that."""
    aside = free_name(path, pattern)
    os.rename(path, aside)
    return aside


@contextlib.contextmanager
def locked(path, waiting=""):
    """Hold a lock between processes during the block; the system frees it if the holder dies.

    Parameters
    ----------
    path : pathlib.Path
        The lock's file; made if missing, left behind.
    waiting : str
        Printed once if another process holds the lock.
    """
    with open(path, "a+b") as file:
        if not try_to_lock(file):
            if waiting:
                print(waiting, flush=True)
            while not try_to_lock(file):
                time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                _free(file)


def try_to_lock(file):
    """Return whether the lock of an open file is ours now, and held by no other process."""
    try:
        if os.name == "nt":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # a network folder may have no locks at all: then go on without one
        return error.errno not in _HELD
    return True


def _free(file):
    if os.name == "nt":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)
