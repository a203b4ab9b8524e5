"""What goes wrong with the relative error of two gradients in lesson 02."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import shape_of
from course_lib.exercises.kit.told import told_with

_PAIRS = tuple(
    tuple(map(np.array, pair))
    for pair in (
        ([1.0, -2.0, 3.0], [1.0, -1.0, 0.5]),
        ([0.2, 0.7], [0.9, -0.1]),
        ([2.0, 1.0, -4.0, 3.0], [5.0, 2.0, -7.0, 1.0]),
    )
)
_norm, _gap = np.linalg.norm, lambda d, m: np.linalg.norm(d - m)
_ZERO, _OTHER = np.zeros(2), np.array([3.0, 4.0])


def _right(d, m):
    return _gap(d, m) / (_norm(d) + _norm(m))


class Quotient:
    """What an answer gives for three pairs of gradients that are not 0, and beside zeros."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def values(self):
        """One number for each pair."""
        return np.array([float(self.seen.call(*pair)) for pair in _PAIRS])

    def is_(self, *makes):
        """Tell whether it is one ``make(derived, measured)``, or a multiple of it."""
        if close(self.values, np.array([_right(*pair) for pair in _PAIRS])):
            return False
        ratios = [self.values / [make(*pair) for pair in _PAIRS] for make in makes]
        return any(
            ratio[0] != 0 and np.allclose(ratio, ratio[0], rtol=1e-9) for ratio in ratios
        )

    @property
    def right_beside_zero(self):
        """Whether it is right where neither gradient is 0."""
        return close(self.values, np.array([_right(*pair) for pair in _PAIRS]))

    def at(self, derived, measured):
        """Return what it gives; nan where it raises."""
        outcome = self.seen.outcome(derived.copy(), measured.copy())
        value = np.asarray(outcome.value)
        plain = outcome.error is None and value.ndim == 0 and value.dtype.kind in "iuf"
        return float(value) if plain else np.nan

    @cached_property
    def _of_small_ones(self):
        """What it gives for two gradients that become smaller and smaller, over what is right.

        Raises `Unseen` where it is not right for large ones.
        """
        d, m = _PAIRS[0]
        sizes = 1e6, 1e-6, 1e-9, 1e-12, 1e-20
        large, *small = (self.seen.call(k * d, k * m) / _right(d, m) for k in sizes)
        if not np.isclose(large, 1):
            raise Unseen
        return small

    @property
    def hides_small_ones(self):
        """Whether it is right for large gradients, and too small for small ones."""
        return min(self._of_small_ones) < 0.9999

    @property
    def takes_small_ones_for_equal(self):
        """Whether it is 0 for small gradients that differ, and right for large ones."""
        return self._of_small_ones[-1] == 0

    @property
    def cancels(self):
        """Whether it is 0 for opposite gradients whose entries add up to 0."""
        pair = np.array([1.0, -1.0]), np.array([-1.0, 1.0])
        return self.right_beside_zero and self.at(*pair) == 0

    @property
    def looks_at_length_alone(self):
        """Whether it is 0 for gradients of one length at right angles."""
        pair = np.array([3.0, 4.0]), np.array([4.0, -3.0])
        return self.right_beside_zero and self.at(*pair) == 0

    @property
    def asks_for_one_zero(self):
        """Whether it is 0 where an entry of each gradient is 0."""
        pair = np.array([1.0, 0.0]), np.array([3.0, 0.0])
        return self.right_beside_zero and self.at(*pair) == 0


def _quotient(size, total):
    """Return size(d, m) / total(d, m) as it stands, with a way around 0/0, and a multiple.

    The multiple is 1 for opposite gradients of length 5.
    """

    def plain(derived, measured):
        return np.divide(size(derived, measured), total(derived, measured))

    def guarded(derived, measured):
        return plain(derived, measured) if derived.any() or measured.any() else 0.0

    with np.errstate(all="ignore"):
        largest = plain(_OTHER, -_OTHER)
    multiple = 0 < abs(largest) < np.inf and not np.isclose(largest, 1)
    return plain, guarded, *([lambda d, m: guarded(d, m) / largest] if multiple else [])


def _added(number):
    return lambda d, m: _gap(d, m) / (_norm(d) + _norm(m) + number)


def _zero_if(test):
    return lambda d, m: 0.0 if test(d, m) else np.divide(_gap(d, m), _norm(d) + _norm(m))


_told = told_with(lambda case, answer, expected: f"Here {compared(answer, expected)}")


def _over(name, sentence, *totals, size=_gap):
    """Return the mistake of dividing by another total."""
    return _told(
        name, sentence, *(way for total in totals for way in _quotient(size, total)),
        when=lambda facts: facts.is_(*(
            lambda d, m, total=total: np.divide(size(d, m), total(d, m)) for total in totals
        )), any_form=True,
    )  # fmt: skip


def _made(name, sentence, *ways):
    """Return the mistake of giving another number."""
    examples = [way for w in ways for way in _quotient(w, lambda d, m: 1.0)]
    return _told(name, sentence, *examples, when=lambda facts: facts.is_(*ways), any_form=True)


_BY_ENTRIES = [
    lambda d, m, c=1e-30, over=over, f=f: f(np.abs(d - m) / np.maximum(over(d, m), c))
    for over in (
        lambda d, m: np.abs(d) + np.abs(m),
        lambda d, m: np.maximum(np.abs(d), np.abs(m)),
        lambda d, m: np.abs(d),
        lambda d, m: np.abs(m),
    )
    for f in (np.mean, np.max, np.sum, np.linalg.norm, lambda r: np.sqrt(np.mean(r**2)))
]


def _of_sums(size):
    return lambda d, m: size(d - m) / (size(d) + size(m))


MISTAKES = (
    Mistake("0/0", _quotient(_gap, lambda d, m: _norm(d) + _norm(m))[0],
            "two gradients that are 0 agree, and 0/0 is nan: return 0 where the sum of the "
            "norms is 0.",
            when=lambda facts: facts.right_beside_zero and np.isnan(facts.at(_ZERO, _ZERO)),
            any_form=True),
    Mistake("0 where one entry is 0", _zero_if(lambda d, m: not (d.all() or m.all())),
            "it gives 0 for the gradients (1, 0) and (3, 0), which are 0.5 apart: one entry of "
            "each is 0, and neither gradient. Return 0 only where the sum of the norms is 0.",
            (_zero_if(lambda d, m: not d.all()),),
            when=lambda facts: facts.asks_for_one_zero and not facts.hides_small_ones,
            any_form=True),
    Mistake("0 where one gradient is 0", _zero_if(lambda d, m: not (d.any() and m.any())),
            "it gives 0 where one gradient is 0 and the other is not, as if they agreed. They "
            "are as far apart as can be: 1. Return 0 only where both are 0, where the sum of "
            "the norms is 0.",
            (_zero_if(lambda d, m: not d.any()), _zero_if(lambda d, m: not m.any())),
            when=lambda facts: facts.right_beside_zero and 0 in (
                facts.at(_ZERO, _OTHER), facts.at(_OTHER, _ZERO)), any_form=True),
    Mistake("one length taken for equal", _zero_if(lambda d, m: np.isclose(_norm(d), _norm(m))),
            "it gives 0 for two gradients of one length that point in different directions, as "
            "(3, 4) and (4, -3) do. Return 0 only where the sum of the norms is 0.",
            (_zero_if(lambda d, m: _norm(d) == _norm(m)),),
            when=lambda facts: facts.looks_at_length_alone, any_form=True),
    Mistake("sums that cancel", _zero_if(lambda d, m: np.sum(d) + np.sum(m) == 0),
            "it gives 0 where numbers cancel that are not 0, as in (1, -1) and (-1, 1), which "
            "are 1 apart. A sum of entries, or of two gradients, can be 0 where no entry is. "
            "Return 0 only where the sum of the norms is 0.",
            (_zero_if(lambda d, m: np.sum(d) == 0 and np.sum(m) == 0),
             _zero_if(lambda d, m: not (d + m).any())),
            when=lambda facts: facts.cancels, any_form=True),
    Mistake("another number where both are 0",
            lambda d, m: _right(d, m) if d.any() or m.any() else 1.0,
            "it is right but where both gradients are 0: they agree, and 0 is right there.",
            when=lambda facts: facts.right_beside_zero and abs(facts.at(_ZERO, _ZERO)) > 0
            and not facts.hides_small_ones, any_form=True),
    Mistake("small gradients taken for equal",
            _zero_if(np.allclose),
            "it gives 0 for small gradients that differ: a fixed number decides what counts as "
            "0, as in `np.allclose`, which takes all below 1e-8 for equal. Gradients that "
            "vanish differ all the same: return 0 only where the sum of the norms is 0.",
            tuple(_zero_if(lambda d, m, c=c: _norm(d) + _norm(m) < c) for c in (1e-6, 1e-3)),
            when=lambda facts: facts.takes_small_ones_for_equal),
    Mistake("a number in the denominator", _added(1e-8),
            "a number that is added to the denominator, or put in its place, hides the error "
            "of small gradients. Return 0 only where the sum of the norms is 0.",
            (lambda d, m: _gap(d, m) / max(_norm(d) + _norm(m), 1e-4), _added(1e-16)),
            when=lambda facts: facts.hides_small_ones and not facts.takes_small_ones_for_equal),
    _told("not divided",
          "this is the size of the difference itself: it doubles where both gradients double. "
          "Divide by the sum of their norms.",
          _gap, lambda d, m: _gap(d, m) / 2, lambda d, m: np.abs(d - m).max(),
          lambda d, m: np.abs(d - m).sum(),
          when=lambda facts: facts.is_(_gap, lambda d, m: np.abs(d - m).max(),
                                       lambda d, m: np.abs(d - m).sum())),
    _over("norm of the sum",
          "the difference is divided by the norm of the sum, in which opposite gradients "
          "cancel. Divide by the sum of their norms.", lambda d, m: _norm(d + m)),
    _over("divided by one norm",
          "the difference is divided by the norm of one gradient only. Divide by the sum of "
          "both norms: then it is never above 1, and the same in either order.",
          lambda d, m: _norm(d), lambda d, m: _norm(m)),
    _over("divided by the larger or smaller norm",
          "the difference is divided by the larger or the smaller norm. Divide by the sum of "
          "both.", lambda d, m: max(_norm(d), _norm(m)), lambda d, m: min(_norm(d), _norm(m))),
    _over("divided by a product",
          "the difference is divided by a product of the norms, or its root. Divide by their "
          "sum.", lambda d, m: _norm(d) * _norm(m), lambda d, m: np.sqrt(_norm(d) * _norm(m))),
    _over("squares added",
          "the difference is divided by squared norms, or by the root of their sum. Divide by "
          "the sum of the norms themselves.",
          lambda d, m: d @ d + m @ m, lambda d, m: np.sqrt(d @ d + m @ m)),
    _made("parentheses missing",
          "the sum of both norms has no parentheses around it: only the first norm divides, "
          "and the second is added.",
          lambda d, m: np.divide(_gap(d, m), _norm(d)) + _norm(m),
          lambda d, m: np.divide(_gap(d, m), _norm(m)) + _norm(d)),
    _over("difference of the norms",
          "the norms are taken first and subtracted then. Gradients of one length that point "
          "in other directions would agree: subtract the vectors first.",
          lambda d, m: _norm(d) + _norm(m), size=lambda d, m: abs(_norm(d) - _norm(m))),
    _over("difference of the norms, with its sign",
          "the norms are taken first and subtracted then, and the sign stays. Subtract the "
          "vectors first, then take the norm.",
          lambda d, m: _norm(d) + _norm(m), size=lambda d, m: _norm(d) - _norm(m)),
    _made("squares subtracted",
          "the squares are subtracted in place of the entries, and d² - m² is not (d - m)²: "
          "subtract the gradients first, then take the norm.",
          lambda d, m: np.sqrt(abs(d @ d - m @ m)) / (_norm(d) + _norm(m)),
          lambda d, m: np.sqrt(np.abs(d**2 - m**2).sum()) / (_norm(d) + _norm(m))),
    _made("another norm",
          "squares without their root, sizes added up, or the largest entry stand in place of "
          "the norm: `np.linalg.norm` is the root of the sum of squares.",
          *map(_of_sums, (lambda v: v @ v, lambda v: np.abs(v).sum(),
                         lambda v: np.abs(v).max())),
          lambda d, m: (d - m) @ (d - m) / (_norm(d) + _norm(m)),
          lambda d, m: np.abs(d - m).sum() / (_norm(d) + _norm(m)),
          lambda d, m: np.abs(d - m).max() / (_norm(d) + _norm(m)),
          lambda d, m: _gap(d, m) / (np.abs(d).sum() + np.abs(m).sum())),
    _made("sums in place of norms",
          "entries are added up with their signs, so that they cancel. A norm is the root of "
          "the sum of squares: `np.linalg.norm`.",
          _of_sums(np.sum), lambda d, m: abs(np.sum(d - m)) / (abs(np.sum(d)) + abs(np.sum(m))),
          lambda d, m: np.abs(np.sum(d - m)) / (_norm(d) + _norm(m))),
    _made("the angle",
          "this compares directions: the dot product, or 1 minus the cosine. It does not see "
          "that one gradient is longer. Take the norm of the difference.",
          lambda d, m: 1 - d @ m / np.maximum(_norm(d) * _norm(m), 1e-300),
          lambda d, m: d @ m / np.maximum(_norm(d) * _norm(m), 1e-300)),
    _told("entry by entry",
          "each entry is divided by its own size. An entry that should be 0 and is measured as "
          "1e-12 then counts as wholly wrong: take the norms of whole vectors.",
          *(lambda d, m, way=way, c=c: way(d, m, c) for way in _BY_ENTRIES
            for c in (1e-30, 1e-8)),
          when=lambda facts: facts.is_(*_BY_ENTRIES)),
    Mistake("a number for each entry",
            lambda d, m: np.divide(np.abs(d - m), _norm(d) + _norm(m)),
            "there is one number for each entry, and one for the whole gradients is asked for: "
            "a vector stands where its norm belongs.",
            (lambda d, m: np.divide(_gap(d, m), _norm(d) + m),),
            when=lambda facts: all(shape_of(trial.answer) == trial.case[0].shape
                                   for trial in facts.seen.trials), any_form=True, vague=True),
    _made("upside down",
          "the sum of the norms is divided by the norm of the difference: above and below the "
          "line are exchanged.",
          lambda d, m: np.divide(_norm(d) + _norm(m), _gap(d, m))),
    _made("lengths lost",
          "each gradient is divided by its own norm first, so that their lengths are lost: a "
          "gradient and twice that gradient would agree.",
          lambda d, m: _norm(np.divide(d, _norm(d)) - np.divide(m, _norm(m))),
          lambda d, m: _norm(np.divide(d, _norm(d)) - np.divide(m, _norm(m))) / 2),
)  # fmt: skip
