"""What came of one call, and calls of the course's own functions, which need no guard."""

import copy
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CallResult:
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


class _Direct:
    """Stands in for a `Guard` where a function ends by itself."""

    def observe(self, function, args):
        """Call ``function`` with copies of ``args`` and return the `CallResult`."""
        passed = copied(args)
        try:
            with np.errstate(all="ignore"):
                value = function(*passed)
        except Exception as error:
            return CallResult(None, error, args, passed)
        return CallResult(value, None, args, passed)


DIRECT = _Direct()


def copied(args):
    """Return copies of arguments, which a call may write into; what is one stays one."""
    known = {}
    return tuple(_copy(value, known) for value in args)


def _copy(value, known):
    if type(value) is not np.ndarray:
        return value if isinstance(value, int | float) else copy.deepcopy(value, known)
    if id(value) not in known:
        known[id(value)] = value.copy("K")  # in a tenth of the time of `deepcopy`
    return known[id(value)]


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
