"""A lock between processes that the system frees when its holder dies (standard library)."""

import contextlib
import errno
import os
import time

if os.name == "nt":
    import msvcrt
else:
    import fcntl

HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
POLL_SECONDS = 0.2


def _take(handle):
    if os.name == "nt":
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _free(handle):
    if os.name == "nt":
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _try_to_take(handle):
    """Return True if the lock is ours, False if another process holds it."""
    try:
        _take(handle)
    except OSError as error:
        # a network folder may have no locks at all: then go on without one
        return error.errno not in HELD
    return True


@contextlib.contextmanager
def locked(path, waiting):
    """Hold the lock of a file during the block.

    Parameters
    ----------
    path : pathlib.Path
        The lock file; made if missing, left behind.
    waiting : str
        Printed once if another process holds the lock.
    """
    with open(path, "a+b") as handle:
        if not _try_to_take(handle):
            print(waiting, flush=True)
            while not _try_to_take(handle):
                time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                _free(handle)
