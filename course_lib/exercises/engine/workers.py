"""Threads that make guarded calls: one is used again until a call in it had to be ended.

Starting a thread takes longer than most answers do.
"""

import queue
import sys
import threading
import time
from functools import partial

_STACK_BYTES = 16 * 2**20
_idle = []


class Worker:
    """A thread that makes one call after the other.

    Raises
    ------
    RuntimeError
        If this environment starts no thread, as WebAssembly.
    """

    def __init__(self):
        self._calls = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._work, daemon=True)
        # macOS gives a thread 512 KB, too little for a recursion
        previous = threading.stack_size(_STACK_BYTES)
        try:
            self.thread.start()
        finally:
            threading.stack_size(previous)

    def _work(self):
        for call in iter(self._calls.get, None):
            call()

    def begin(self, call):
        """Make a call, which has to catch what it raises."""
        self._calls.put(call)

    def leave(self):
        """Let the thread end with the call that it makes."""
        self._calls.put(None)

    def throw(self, exception):
        """Raise an exception in the thread, at its next line of Python."""
        import ctypes  # not in every environment without threads

        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self.thread.ident), ctypes.py_object(exception)
        )

    def is_importing(self):
        """Tell whether the thread is inside an ``import``."""
        frame = sys._current_frames().get(self.thread.ident)
        while frame is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                return True
            frame = frame.f_back
        return False


def take():
    """Return a worker that is free; a new one where there is none, or a fork has ended it."""
    while _idle:
        worker = _idle.pop()
        if worker.thread.is_alive():
            return worker
    return Worker()


def give_back(worker):
    """Keep a worker, whose call has ended by itself, for the next call."""
    _idle.append(worker)


def clock_of_this_thread():
    """Return a function that tells the processor time of this thread, in any other too."""
    try:
        own = time.pthread_getcpuclockid(threading.get_ident())
    except (AttributeError, OSError):
        # macOS, Windows: of the whole process, whose other threads wait in the meantime
        return time.process_time
    return partial(time.clock_gettime, own)
