"""What goes wrong with a sigmoid that should not overflow, in lesson 05."""

import warnings
from functools import cached_property

import numpy as np

from course_lib import activations
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.reading import ambiguous, fitted, pairs
from course_lib.exercises.kit.told import told_with

RTOL = 1e-6  # how right a value must be, however small it is
_NEAR, _LEFT = np.linspace(-9.0, 9.0, 37), np.array([-12.0, -18.0, -25.0, -30.0])
_FAR = np.array([-700.0, -300.0, -100.0, -60.0, -40.0])


_ABOVE = {"1": np.ones_like, "e": np.array, "e²": np.square, "-e": np.negative,
          "-1": lambda e: -np.ones_like(e)}  # fmt: skip
_BELOW = {"": lambda e: 1, "(1 + e)": lambda e: 1 + e, "(1 - e)": lambda e: 1 - e,
          "(1 + e)²": lambda e: (1 + e) ** 2, "(1 + 2e)": lambda e: 1 + 2 * e,
          "2": lambda e: 2, "e": lambda e: e, "(1 + e²)": lambda e: 1 + e**2,
          "(e (1 + e))": lambda e: e * (1 + e), "(e - 1)": lambda e: e - 1}  # fmt: skip
# what may stand for one side of 0, e = exp(-|z|)
_FORMS = {
    f"{a}/{b}" if b else a: lambda e, above=above, below=below: above(e) / below(e)
    for b, below in _BELOW.items()
    for a, above in _ABOVE.items()
} | {"0": lambda e: 0 * e, "1 + e": lambda e: 1 + e, "1 - e": lambda e: 1 - e}


class Facts:
    """Where the values are right, which laws hold, and what becomes of far and near z."""

    def __init__(self, seen):
        self.seen = seen

    @property
    def broken(self):
        """Places of the laws that do not hold, where all values are right; None elsewhere."""
        if self.seen.wrong or not self.seen.laws:
            return None
        return {i for i, law in enumerate(self.seen.laws) if law.held is False}

    @property
    def overflows(self):
        """On which sides it overflows, hidden or not, where all values are right."""
        return (self.broken or set()) & {0, 1, 2}

    @cached_property
    def warns(self):
        """Whether a warning comes out of it, far to the left or to the right."""
        caught = []

        def listening(z):
            loud = dict.fromkeys(("over", "invalid", "divide"), "warn")
            with warnings.catch_warnings(record=True) as heard, np.errstate(**loud):
                warnings.simplefilter("always")
                self.seen.function(z)
            caught.extend(heard)

        for z in (-20_000.0, 20_000.0):
            self.seen.guard.observe(listening, (np.array([z]),))
        return bool(caught)

    def gives(self, z, value, rtol=RTOL):
        """Tell whether these z are given these values."""
        return np.allclose(self.seen.call(z), value, rtol=rtol, atol=0)

    @property
    def is_right_near(self):
        """Whether z from -9 to 9 are right."""
        return self.gives(_NEAR, activations.sigmoid(_NEAR))

    @property
    def is_cut_off(self):
        """Whether there is one value, above 0, for all z far to the left."""
        farther, far = self.seen.call(np.array([-3000.0, -2000.0]))
        return self.is_right_near and farther == far > 0

    @property
    def loses_digits(self):
        """Whether values to the left are off by what a float beside 1 cannot hold."""
        off = np.abs(self.seen.call(_LEFT) - activations.sigmoid(_LEFT))
        return self.is_right_near and 1e-19 < off.max() < 1e-15

    @property
    def is_nan_far_out(self):
        """Whether every wrong entry of the cases is nan."""
        answer, expected = pairs(self.seen)
        wrong = ~np.isclose(answer, expected, rtol=RTOL, atol=0)
        return wrong.any() and np.isnan(answer[wrong]).all()

    @property
    def mixes_entries(self):
        """Whether an entry's value depends on the other entries."""
        for z in (-5.0, 5.0):
            alone, *others = (
                self.seen.call(np.array([z, *beside]))[0]
                for beside in ((), (800.0,), (-800.0,), (1.0,), (-1.0,))
            )
            if not all(np.isclose(alone, other) for other in others):
                return True
        return False

    @property
    def times(self):
        """By what z is multiplied before σ is taken; nan where it is not so."""
        came = self.seen.call(_NEAR)
        return fitted(np.log(came / (1 - came)), _NEAR)[0]

    @property
    def is_wrong_at_0_alone(self):
        """Whether 0 has a wrong value, and no other z near it."""
        near = _NEAR[_NEAR != 0]
        return self.gives(near, activations.sigmoid(near)) and not self.gives(np.zeros(1), 0.5)

    @cached_property
    def wrong_formulas(self):
        """What stands for each side on which it is wrong, in words; None if not known."""
        told = []
        for words, side, right in (("z > 0", 1, "1/(1 + e)"), ("z < 0", -1, "e/(1 + e)")):
            z = side * _NEAR[_NEAR > 0]
            if self.gives(z, activations.sigmoid(z)):
                continue
            came = self.seen.call(z)
            e = np.exp(-np.abs(z))
            known = (f for f, form in _FORMS.items() if np.allclose(came, form(e), 1e-9, 0))
            told.append((words, next(known, None), right))
        known = told and all(formula for _, formula, _ in told)
        return told if known else None

    @property
    def fails_for_numbers(self):
        """Whether all single numbers raise, and no array does."""
        return all(
            (trial.error is not None) == (np.ndim(trial.case[0]) == 0)
            for trial in self.seen.trials
        )

    @property
    def gives_arrays_for_numbers(self):
        """Whether single numbers come back as arrays of one entry."""
        single = [t.answer for t in self.seen.trials if np.ndim(t.case[0]) == 0]
        return all(isinstance(value, np.ndarray) and value.shape == (1,) for value in single)

    @property
    def stays_whole(self):
        """Whether whole numbers z are given whole numbers."""
        return self.seen.call(np.array([1, -1])).dtype.kind in "iu"


def _plain(z):
    return 1 / (1 + np.exp(-z))


def _other_plain(z):
    return np.exp(z) / (1 + np.exp(z))


def _both_branches(z):
    return np.where(z >= 0, _plain(z), _other_plain(z))


def _silenced(z):
    with np.errstate(all="ignore"):
        return _plain(z)


def _filtered(z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _plain(z)


def _clipped(limit):
    return lambda z: _plain(np.clip(z, -limit, limit))


def _from_decay(above, below, turn=0.0):
    """Return an answer built from exp(-|z|), with one formula on either side of 0."""

    def function(z):
        decay = np.exp(-np.abs(z))
        return np.where(z >= turn, above(decay), below(decay))

    return function


def _from_decay_of_all(z):
    decay = np.exp(-np.abs(z))
    return (1 if np.all(z >= 0) else decay) / (1 + decay)


def _both_sides_of_0(z):
    decay = np.exp(-np.abs(z))
    return (z >= 0) * 1 / (1 + decay) + (z <= 0) * decay / (1 + decay)


def _masked(empty, prepared=lambda z: z):
    """Return an answer that fills an array of results through masks."""

    def function(z):
        z = prepared(z)
        result = empty(z)
        result[z >= 0] = _plain(z[z >= 0])
        result[z < 0] = _other_plain(z[z < 0])
        return result

    return function


def _float_zeros(z):
    return np.zeros_like(z, dtype=float)


def _first_difference(case, answer, expected):
    """Return z, what came and what was expected, where the two first differ."""
    z, answer, expected = (np.ravel(value) for value in (case[0], answer, expected))
    i = np.argmin(np.isclose(answer, expected, rtol=RTOL, atol=0))
    return f"At z = {float(z[i]):g} {compared(float(answer[i]), float(expected[i]))}"


def _formulas(facts):
    """Say which formula stands on which side."""
    sides = (f"{formula} where {words}" for words, formula, _ in facts.wrong_formulas)
    return f"with e = exp(-|z|) it is {' and '.join(sides)}."


_told = told_with(_first_difference)
_ENTRY_BY_ENTRY = (
    "`np.where(z >= 0, ..., ...)` chooses entry by entry, and takes single numbers as well."
)

MISTAKES = (
    Mistake("overflow hidden", _silenced,
            "the values are right and no warning shows, because it is silenced: the "
            "exponential overflows to inf as before. Hiding is no remedy: the same setting "
            "keeps silent where inf spoils a value, and derivatives from such parts are nan. "
            "Take the exponential of -|z|, which is at most 1, and there is nothing to hide.",
            variants=(_filtered,), when=lambda facts: facts.overflows and not facts.warns),
    Mistake("plain form", _plain,
            "the values are right, and on the way exp(-z) overflows: beyond 709.8 in float64, "
            "beyond 88.7 in float32, it is inf. That the value comes out right in the end, as "
            "1/(1 + inf) is 0, saves neither from the warning on the screen nor from "
            "derivatives that are nan. Take the exponential of -|z|, which is at most 1.",
            variants=(lambda z: _plain(np.asarray(z, np.float64)),),
            when=lambda facts: facts.overflows == {0}),
    Mistake("both branches evaluated", _both_branches,
            "the values are right, and `np.where` has computed both branches for every z "
            "before it chose: an exponential overflows in the branch that is thrown away. Make "
            "the argument safe before the exponential: exp(-|z|) is at most 1.",
            variants=(lambda z: _both_branches(np.asarray(z, np.float64)),),
            when=lambda facts: facts.overflows == {0, 1}),
    Mistake("exp(z) overflows",
            lambda z: np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), _other_plain(z)),
            "the values are right, and on the way exp(z) overflows far to the right: in a "
            "branch that `np.where` computes and throws away, or in a value that is put right "
            "afterwards. Take the exponential of -|z|, which is at most 1.",
            variants=(lambda z: np.nan_to_num(_other_plain(z), nan=1.0),),
            when=lambda facts: facts.overflows == {1}),
    Mistake("float32 becomes float64", _masked(_float_zeros, np.asarray),
            "the values are right, and float32 comes back as float64: `np.zeros(shape)`, "
            "`dtype=float` and whole numbers in `np.where(..., 1, 0)` lead there. In a net "
            "every later array would follow, twice as large and slower; keep the dtype of z.",
            when=lambda facts: facts.broken == {4}),
    _told("entries depend on each other",
          "the value of an entry changes with the other entries: a maximum, a sum or an `any` "
          "goes over all of z. σ looks at every entry by itself: `np.maximum`, `np.where`.",
          lambda z: np.exp(z - np.max(z)) / (np.exp(-np.max(z)) + np.exp(z - np.max(z))),
          lambda z: np.exp(z - np.max(z)) / (1 + np.exp(z - np.max(z))),
          lambda z: np.exp(z) / np.sum(np.exp(z)),
          _from_decay_of_all,
          when=lambda facts: facts.mixes_entries),
    _told("inf divided by inf",
          "far out an exponential is inf, and inf/inf is nan: exp(z)/(1 + exp(z)) does this "
          "beyond z = 709.8. Divide by exp(z) there, and exp(-z) is left, at most 1.",
          _other_plain, lambda z: np.where(z >= 0, np.exp(abs(z)), 1) / (1 + np.exp(abs(z))),
          when=lambda facts: facts.is_nan_far_out),
    _told("cut off",
          "z, or the result, is cut off, so that everything beyond has one value. Far to the "
          "left σ goes on falling as exp(z), and floats can follow it to 1e-308.",
          *map(_clipped, (500, 20, 700)), lambda z: np.clip(_plain(z), 1e-7, 1 - 1e-7),
          when=lambda facts: facts.is_cut_off),
    _told("difference of two numbers near 1",
          "a small value is computed as a difference of two that are nearly equal. Beside 1 a "
          "float64 cannot hold less than 1e-16, so that from z = -37 on nothing is left. The "
          "form with tanh does this (tanh nears -1, and 1 is added), and so does 1 - σ(-z).",
          lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda z: 1 - 1 / (1 + np.exp(z)),
          _from_decay(lambda d: 1 / (1 + d), lambda d: 1 - 1 / (1 + d)),
          when=lambda facts: facts.loses_digits),
    _told("set to 0 on the left",
          "far to the left the value is 0: it is set to 0 there, or rounded. σ goes on falling "
          "as exp(z), and floats can follow it to 1e-308.",
          lambda z: np.where(z < -35, 0, _plain(np.maximum(z, -35))),
          lambda z: np.where(z < -100, 0.0, _plain(z)),
          when=lambda facts: facts.is_right_near and facts.gives(_FAR[:2], 0)),
    _told("sides exchanged",
          "this is σ(-z): the two formulas stand on the wrong sides of 0, or the sign of z is "
          "turned.",
          _from_decay(lambda d: d / (1 + d), lambda d: 1 / (1 + d)),
          lambda z: 1 / (1 + np.exp(z)),
          when=lambda facts: facts.gives(_NEAR, activations.sigmoid(-_NEAR))),
    Mistake("z multiplied", lambda z: activations.sigmoid(z * np.log(2)),
            "Another base than e does that (2 has log(2) = 0.6931), or a number beside z.",
            variants=(lambda z: activations.sigmoid(2 * z),),
            when=lambda facts: np.isfinite(facts.times) and abs(facts.times - 1) > 1e-5,
            measured=lambda facts: f"this is σ({facts.times:.4g} z)."),
    _told("one formula for both sides",
          "z and -z have the same value: the formula no longer knows the sign of z, as where "
          "|z| stands in place of z, or z is overwritten before its sign is asked for. "
          "1/(1 + exp(-|z|)) is right for z >= 0, exp(-|z|)/(1 + exp(-|z|)) for z < 0.",
          _from_decay(lambda d: 1 / (1 + d), lambda d: 1 / (1 + d)),
          _from_decay(lambda d: d / (1 + d), lambda d: d / (1 + d)),
          when=lambda facts: facts.gives(_NEAR, facts.seen.call(-_NEAR))),
    _told("0 on both sides or on none",
          "z = 0 alone is wrong: it belongs to one side, and to one only. `z >= 0` and `z < 0` "
          "part all z; `z > 0` and `z < 0` leave 0 out, `z >= 0` and `z <= 0` count it twice.",
          lambda z: np.where(z == 0, 0, activations.sigmoid(z)), _both_sides_of_0,
          when=lambda facts: facts.is_wrong_at_0_alone, vague=True),
    Mistake("another formula on one side", _from_decay(lambda d: 1 / (1 + d), lambda d: d),
            "With e = exp(-|z|), σ is 1/(1 + e) where z >= 0, and e/(1 + e) where z < 0.",
            variants=(_from_decay(lambda d: 1 / (1 - d), lambda d: d / (1 - d)),
                      lambda z: _plain(np.maximum(z, 0))),
            when=lambda facts: facts.wrong_formulas, measured=_formulas),
    Mistake("if on an array", lambda z: _plain(z) if z >= 0 else _other_plain(z),
            f"`if` needs one yes or no, and an array of several z gives one for each entry. "
            f"{_ENTRY_BY_ENTRY}", when=lambda facts: ambiguous(facts.seen), any_form=True),
    Mistake("mask on a single number", _masked(np.zeros_like),
            "arrays work and single numbers raise: a mask, a place and a method need an array, "
            "and what is made of a number is a number. Begin with `shape = np.shape(z)` and "
            "`z = np.atleast_1d(z)`, and end with `.reshape(shape)`; or do without masks: "
            f"{_ENTRY_BY_ENTRY}",
            variants=(_masked(lambda z: np.zeros(np.shape(z))),),
            when=lambda facts: facts.fails_for_numbers, any_form=True),
    _told("whole numbers stay whole",
          "`np.zeros_like(z)` has the dtype of z, and where z holds whole numbers, so does the "
          "result: 0.88 is cut to 0 without a word.",
          _masked(np.zeros_like, np.asarray), when=lambda facts: facts.stays_whole),
    Mistake("number becomes an array", _masked(_float_zeros, np.atleast_1d),
            "z may be one number, and it comes back as an array of one entry: `np.atleast_1d` "
            "adds an axis. Give the result the shape that z had: `.reshape(shape)`.",
            variants=(_masked(np.zeros_like, np.atleast_1d),),
            when=lambda facts: facts.gives_arrays_for_numbers, any_form=True),
)  # fmt: skip
