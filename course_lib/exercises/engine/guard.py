"""Calls functions that nobody has tested yet.

Calls run in a thread beside that of the notebook, so that an endless loop can be ended by an
exception thrown into that thread: nothing is ever thrown into the notebook's own.

What counts is the processor time of that thread, so that a busy machine ends no call; by the
clock a call may take much longer. Importing a module does not count. Where no thread can be
started, as in WebAssembly, calls run without a limit.
"""

import contextlib
import contextvars
import io
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from course_lib.exercises.engine import workers
from course_lib.exercises.engine.direct import CallResult, copied

TIME_LIMIT = 5.0  # seconds of processor time
LONGEST_IMPORT = 120.0  # seconds by the clock that importing modules does not count
BY_THE_CLOCK = 12  # so many times as long may a call take that waits or has to share
PATIENCE = 2.0
_PAUSE = 0.02
_LONGEST_SLICE, _SHORTEST_SLICE = 0.1, 0.005
_MAX_PRINTED = 4000


class Stopped(SystemExit):
    """Thrown into a call that takes too long; as a SystemExit it leaves no traceback."""


class OutOfTime(Exception):
    """The call was ended because the time was up."""


class StillRunning(OutOfTime):
    """The call could not be ended: it hides in C code or catches every exception."""


class Guard:
    """One clock for all calls of one check.

    Parameters
    ----------
    seconds : float
        How much processor time all calls together may take, > 0.

    Attributes
    ----------
    limited : bool
        False once a call had to run without a limit, as no thread could be started.
    """

    def __init__(self, seconds=TIME_LIMIT):
        if not seconds > 0:
            raise ValueError(f"seconds must be > 0, got {seconds}")
        self.seconds = seconds
        self.left = seconds
        self.left_by_the_clock = seconds * BY_THE_CLOCK
        self.limited = True

    def observe(self, function, args):
        """Call ``function`` with copies of ``args`` and return the `CallResult`."""
        if min(self.left, self.left_by_the_clock) <= 0:
            return CallResult(None, OutOfTime(), args, args)
        passed = copied(args)
        printed = _Printed()
        call = _Call(function, passed)
        start = time.monotonic()
        with _quiet(printed):
            call.run(self.left, self.left_by_the_clock)
        if call.limited:
            self.left -= call.seconds
            self.left_by_the_clock -= time.monotonic() - start - call.imported
        self.limited = self.limited and call.limited
        return CallResult(call.value, call.error, args, passed, printed.text())


@dataclass
class _Call:
    """A function running in a worker."""

    function: Callable
    args: tuple
    value: object = None
    error: BaseException | None = None
    over: bool = False
    limited: bool = True
    clock: Callable | None = None
    counted: float = 0.0
    excused: float = 0.0
    imported: float = 0.0  # by the clock
    lock: object = field(default_factory=threading.Lock)
    ended: object = field(default_factory=threading.Lock)  # held until the call has ended

    def run(self, seconds, by_the_clock):
        """Run, and end the call when its time is up or when the learner interrupts it."""
        self.ended.acquire()
        try:
            worker = workers.take()
        except RuntimeError:
            self.limited = False
            self._call()
            return
        try:
            # the copied context carries NumPy's error state into the thread
            worker.begin(partial(contextvars.copy_context().run, self._work))
            in_time = self._ends_in_time(worker, seconds, by_the_clock)
        except KeyboardInterrupt as interrupt:
            self._end(worker, interrupt)
            return
        if in_time:
            workers.give_back(worker)
        else:
            self._end(worker, OutOfTime())

    @property
    def seconds(self):
        """Processor time of the call so far, without that of importing modules."""
        with self.lock:
            try:
                self.counted = self.clock() if self.clock else 0.0
            except OSError:  # ended by an exception before it could stop its clock
                pass
            return self.counted - self.excused

    def _work(self):
        clock = workers.clock_of_this_thread()
        start = clock()
        self.clock = lambda: clock() - start
        try:
            self._call()
        finally:
            with self.lock:  # the clock of a thread stops with it
                spent = self.clock()
                self.clock = lambda: spent
                self.over = True
            self.ended.release()

    def _call(self):
        try:
            self.value = self.function(*self.args)
        except BaseException as error:
            self.error = error

    def _ends_in_time(self, worker, seconds, by_the_clock):
        # in slices: on Windows a long wait cannot be interrupted
        start, counted = time.monotonic(), 0.0
        while True:
            began = time.monotonic()
            left = min(seconds - counted, start + by_the_clock + self.imported - began)
            if left <= 0:
                return self.ended.acquire(blocking=False)
            if self.ended.acquire(timeout=min(max(left, _SHORTEST_SLICE), _LONGEST_SLICE)):
                return True
            if worker.is_importing():
                self.excused += max(0.0, self.seconds - counted)
                self.imported += time.monotonic() - began
                self.imported = min(self.imported, LONGEST_IMPORT)
            counted = self.seconds

    def _end(self, worker, reason):
        deadline = time.monotonic() + PATIENCE
        worker.leave()
        while worker.thread.is_alive() and time.monotonic() < deadline:
            with self.lock:  # the call cannot end, and the next one be hit
                if not self.over:
                    worker.throw(Stopped)
            worker.thread.join(_PAUSE)
        self.value = None
        self.error = StillRunning() if worker.thread.is_alive() else reason


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
def nothing_left_behind():
    """Give the caller back what an answer may set: seeds, how NumPy prints, its errors."""
    seeds = np.random.get_state(), random.getstate()  # noqa: NPY002 (the answers' own)
    try:
        with np.printoptions(), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(seeds[0])  # noqa: NPY002
        random.setstate(seeds[1])


@contextlib.contextmanager
def _quiet(printed):
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        limit = sys.getrecursionlimit()
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)
