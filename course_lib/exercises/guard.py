"""Calls functions that nobody has tested yet.

Every call runs in a thread of its own, so that an endless loop can be ended by an exception
thrown into that thread: nothing is ever thrown into the thread of the notebook.
"""

import contextlib
import contextvars
import copy
import ctypes
import io
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

TIME_LIMIT = 5.0
PATIENCE = 2.0
_PAUSE = 0.02
_STACK_BYTES = 16 * 2**20
_MAX_PRINTED = 4000


class Stopped(SystemExit):
    """Thrown into a call that takes too long; as a SystemExit it leaves no traceback."""


class OutOfTime(Exception):
    """The call was ended because the time was up."""


class StillRunning(OutOfTime):
    """The call could not be ended: it hides in C code or catches every exception."""


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Attributes
    ----------
    value : object
        What it returned; None if it raised.
    error : BaseException or None
        What it raised: `OutOfTime` for a call that was ended.
    before, after : tuple
        The arguments before and after the call.
    printed : str
        What it wrote to standard output and standard error.
    """

    value: object
    error: BaseException | None
    before: tuple
    after: tuple
    printed: str = ""

    @property
    def changed(self):
        """Positions of the arguments that the call changed in place."""
        pairs = enumerate(zip(self.before, self.after, strict=True))
        return tuple(i for i, (old, new) in pairs if not _identical(old, new))

    @property
    def moved(self):
        """Positions of the arguments that changed by more than rounding."""
        return tuple(i for i in self.changed if not _nearly(self.before[i], self.after[i]))


class Guard:
    """One clock for all calls of one check.

    Parameters
    ----------
    seconds : float
        How long all calls together may take, > 0.
    """

    def __init__(self, seconds=TIME_LIMIT):
        if not seconds > 0:
            raise ValueError(f"seconds must be > 0, got {seconds}")
        self.seconds = seconds
        self.left = seconds

    def observe(self, function, args):
        """Call ``function`` with copies of ``args`` and return the `Outcome`."""
        if self.left <= 0:
            return Outcome(None, OutOfTime(), args, args)
        passed = copy.deepcopy(args)
        printed = _Printed()
        start = time.monotonic()
        with _quiet(printed):
            call = _Call(function, passed)
            call.run(self.left)
        self.left -= time.monotonic() - start
        return Outcome(call.value, call.error, args, passed, printed.text())


@dataclass
class _Call:
    """A function running in a thread."""

    function: Callable
    args: tuple
    value: object = None
    error: BaseException | None = None
    over: bool = False
    lock: object = field(default_factory=threading.Lock)

    def run(self, seconds):
        """Run, and end the call when its time is up or when the learner interrupts it."""
        # the copied context carries NumPy's error state into the thread
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._work,), daemon=True)
        try:
            _start_with_room(thread)
            _join(thread, seconds)
        except KeyboardInterrupt as interrupt:
            self._end(thread, interrupt)
        else:
            if thread.is_alive():
                self._end(thread, OutOfTime())

    def _work(self):
        try:
            self.value = self.function(*self.args)
        except BaseException as error:
            self.error = error
        finally:
            with self.lock:
                self.over = True

    def _end(self, thread, reason):
        deadline = time.monotonic() + PATIENCE
        while thread.is_alive() and time.monotonic() < deadline:
            with self.lock:  # the thread cannot end, and its identity not pass to another
                if not self.over:
                    _throw(thread, Stopped)
            thread.join(_PAUSE)
        self.value = None
        self.error = StillRunning() if thread.is_alive() else reason


def _start_with_room(thread):
    """Start a thread whose stack is large enough for recursion (macOS gives 512 KB)."""
    previous = threading.stack_size(_STACK_BYTES)
    try:
        thread.start()
    finally:
        threading.stack_size(previous)


def _join(thread, seconds):
    # in slices: on Windows a long wait cannot be interrupted
    deadline = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < deadline:
        thread.join(min(0.1, max(0.0, deadline - time.monotonic())))


def _throw(thread, exception):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(exception)
    )


class _Printed(io.TextIOBase):
    """Keeps the beginning of what is written, and forgets the rest."""

    def __init__(self):
        self._parts = []
        self._room = _MAX_PRINTED

    def writable(self):
        return True

    def write(self, text):
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(text)
        return len(text)

    def text(self):
        return "".join(self._parts)


@contextlib.contextmanager
def _quiet(printed):
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


def _nearly(old, new):
    try:
        return np.allclose(old, new, rtol=1e-9, atol=1e-12)
    except (TypeError, ValueError):  # no numbers, or another shape
        return False


def _identical(old, new):
    if isinstance(old, np.ndarray):
        same_form = old.shape == new.shape and old.dtype == new.dtype
        return same_form and old.tobytes() == new.tobytes()
    if isinstance(old, list | tuple):
        return len(old) == len(new) and all(map(_identical, old, new))
    return True
