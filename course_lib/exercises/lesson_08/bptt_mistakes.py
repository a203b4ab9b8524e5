"""What goes wrong with one step of backpropagation through time in lesson 08."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine import relations
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.probes import about_use
from course_lib.exercises.engine.quantities import factor_in_words
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.values import fits

_NAMES = ("grad_W", "grad_U", "grad_b", "grad_h_before")
# what may stand for delta = grad_h (1 - h²): name, made of (grad_h, h, h_before), why not
_DELTAS = (
    ("slope forgotten", lambda g, h, hb: g,
     "tanh is missing: the gradient goes from h to h_before as if the unit were linear. "
     "Between h and W stands tanh, with the slope 1 - h². Without it every step passes too "
     "much on."),
    ("slope in h taken as tanh again", lambda g, h, hb: g * (1 - np.tanh(h) ** 2),
     "the slope is taken at h as if h were the pre-activation. h is tanh(z) already: tanh'(z) "
     "= 1 - tanh²(z) = 1 - h². (With a function of z one would write `1 - np.tanh(z)**2`.)"),
    ("slope of the sigmoid", lambda g, h, hb: g * h * (1 - h),
     "h(1 - h) is the slope of the sigmoid in terms of its value. These units are tanh, whose "
     "slope is 1 - h²."),
    ("square forgotten", lambda g, h, hb: g * (1 - h),
     "the slope of tanh is 1 - h², and here stands 1 - h. For negative h that is larger than "
     "1, which no slope of tanh can be."),
    ("square of the difference", lambda g, h, hb: g * (1 - h) ** 2,
     "the slope of tanh is 1 - h², and here stands (1 - h)²: only h is squared."),
    ("slope upside down", lambda g, h, hb: g / (1 - h**2),
     "the gradient is divided by 1 - h². Backward it is multiplied by the slope: what "
     "saturates passes little on."),
    ("minus the slope", lambda g, h, hb: g * (h**2 - 1),
     "delta has the wrong sign: h² - 1 stands where 1 - h² belongs. tanh rises everywhere."),
    ("slope of the step before", lambda g, h, hb: g * (1 - hb**2),
     "the slope is taken at h_before. tanh of this step made h; that of h_before belongs to "
     "the step before, which the loop comes to next."),
    ("matrix product in the slope", lambda g, h, hb: g @ (1 - h.T @ h),
     "`np.dot` and `@` are matrix products: they mix the units. The slope belongs to each unit "
     "alone: `grad_h * (1 - h * h)`, entry by entry."),
)  # fmt: skip


def _delta(g, h, hb):
    return g * (1 - h**2)


def _made_of(delta):
    """Return the four gradients as functions of (grad_h, h, h_before, x, W)."""
    return (
        lambda g, h, hb, x, W: delta(g, h, hb).T @ hb,
        lambda g, h, hb, x, W: delta(g, h, hb).T @ x,
        lambda g, h, hb, x, W: delta(g, h, hb).sum(axis=0),
        lambda g, h, hb, x, W: delta(g, h, hb) @ W,
    )


_RIGHT = dict(zip(_NAMES, _made_of(_delta), strict=True))


class Made:
    """What each of the four gradients of an answer is made of."""

    def __init__(self, seen):
        self._seen = seen
        self._pairs = list(zip(seen.answers, seen.cases, strict=True))
        self._readable = all(map(fits, seen.answers, seen.expected))

    @cached_property
    def deltas(self):
        """Which delta each gradient is made of in the right way, None for another make."""
        known = {delta: _made_of(delta) for delta in (_delta, *(row[1] for row in _DELTAS))}
        return [
            next((delta for delta, makes in known.items() if self.equals(i, makes[i])), None)
            for i in range(len(_NAMES))
        ]

    def equals(self, i, value):
        """Tell whether gradient i is ``value(grad_h, h, h_before, x, W)`` in every case."""
        return self._readable and all(
            close(np.asarray(answer[i], float), value(*case)) for answer, case in self._pairs
        )

    def all_made_of(self, delta):
        """Tell whether those that can be read are made of this delta, and some can."""
        read = [found for found in self.deltas if found]
        return len(read) > 1 and set(read) == {delta}

    def is_mean(self, i):
        """Tell whether gradient i is divided by the number of examples."""
        make = _made_of(_delta)[i]
        return self.equals(i, lambda g, *rest: make(g, *rest) / len(g))

    def is_behind_an_update(self):
        """Tell whether delta goes back through W less a multiple of its gradient."""
        rates = []
        for answer, (g, h, hb, _, W) in self._pairs:
            delta = _delta(g, h, hb)
            moved, step = delta @ W - answer[3], delta @ (delta.T @ hb)
            rates.append((moved * step).sum() / (step**2).sum())
            if not close(moved, rates[-1] * step):
                return False
        return rates[0] > 0 and np.ptp(rates) < 1e-6 * rates[0]

    @cached_property
    def pairs_of_delta(self):
        """The delta of grad_U, read off with the unit matrix for x, and the right one."""
        deltas = []
        for g, h, hb, _, W in self._seen.cases:
            found = self._seen.call(g, h, hb, np.eye(len(g)), W)[1].T
            deltas.append((np.asarray(found, float), _delta(g, h, hb)))
        return deltas

    def all_made_of_one_delta(self):
        """Tell whether all four are made in the right way of one delta, whatever that is."""
        return all(
            np.allclose(value, make(None, None, hb, x, W), rtol=1e-6, atol=1e-12)
            for (answer, (_, _, hb, x, W)), (delta, _) in zip(
                self._pairs, self.pairs_of_delta, strict=True
            )
            for value, make in zip(answer, _made_of(lambda *_, d=delta: d), strict=True)
        )

    @cached_property
    def delta_in_words(self):
        """What the delta of grad_U is, made of the right one; None if that is not known."""
        pairs = self.pairs_of_delta
        factors = relations.factors(pairs)
        words = relations.same_form(pairs)
        if words or not factors:
            return words
        words = factor_in_words(factors, relations.norms(pairs))
        return words or relations.own_factors(factors)

    def has_another_delta(self):
        """Tell whether all is made of one wrong delta, into which all arguments go."""
        is_right = all(close(delta, right) for delta, right in self.pairs_of_delta)
        if is_right or not self.all_made_of_one_delta():
            return False
        return bool(self.delta_in_words) or about_use(self._seen) is None

    def about_delta(self):
        """Say what the one delta is."""
        words = self.delta_in_words
        is_what = f"that is {words}" if words else "not of grad_h (1 - h²), entry by entry"
        return f"all four values are made of one delta, and {is_what}."


def _with(name, value):
    """Return the right answer with one gradient replaced."""
    return lambda *case: tuple(make(*case) for make in (_RIGHT | {name: value}).values())


def _from(delta):
    """Return the answer that makes all gradients of this delta."""
    return lambda *case: tuple(make(*case) for make in _made_of(delta))


def _other_delta(name, delta, explanation):
    return Mistake(name, _from(delta), explanation, when=lambda made: made.all_made_of(delta))


def _one_value(mistake, name, explanation, *values, any_form=False):
    """Return the mistake that one gradient is one of ``values(grad_h, h, h_before, x, W)``."""

    def when(made):
        return any(made.equals(_NAMES.index(name), value) for value in values)

    example, *variants = (_with(name, value) for value in values)
    return Mistake(mistake, example, explanation, tuple(variants), when, any_form)


_BACK = "grad_h_before"
MISTAKES = (
    *(_other_delta(*row) for row in _DELTAS),
    _one_value("slope forgotten on the way back", _BACK,
        "grad_h_before is made of grad_h, without the slope. All four values go through z: "
        "`delta @ W` with the delta of the others.",
        lambda g, h, hb, x, W: g @ W),
    Mistake("slope forgotten at the weights",
        _with("grad_W", lambda g, h, hb, x, W: g.T @ hb),
        "grad_W, grad_U or grad_b is made of grad_h, without the slope. They act on z, behind "
        "tanh: all of them are made of delta = grad_h (1 - h²).",
        tuple(_with(name, _made_of(_DELTAS[0][1])[i]) for i, name in enumerate(_NAMES[:3])),
        when=lambda made: any(made.deltas[i] is _DELTAS[0][1] for i in range(3))),
    _one_value("slope behind W", _BACK,
        "grad_h_before is multiplied by the slope after W. Backward the slope comes first: z "
        "lies between h and W, so that grad_h_before is delta @ W with the slope in delta.",
        lambda g, h, hb, x, W: (g @ W) * (1 - h**2),
        lambda g, h, hb, x, W: (_delta(g, h, hb) @ W) * (1 - h**2)),
    _one_value("slope of the step before taken ahead", _BACK,
        "grad_h_before has the slope at h_before in it already. The loop hands it to the step "
        "before, which multiplies by that slope itself: it would count twice.",
        lambda g, h, hb, x, W: (_delta(g, h, hb) @ W) * (1 - hb**2),
        lambda g, h, hb, x, W: (g @ W) * (1 - hb**2)),
    _one_value("W transposed", _BACK,
        "W is transposed on the way back. Forward it was `h_before @ W.T`; backward it is "
        "`delta @ W`. Both have the same shape, as W is square: nothing but numbers tells.",
        lambda g, h, hb, x, W: _delta(g, h, hb) @ W.T,
        lambda g, h, hb, x, W: g @ W.T),
    _one_value("W forgotten on the way back", _BACK,
        "grad_h_before is made without W, so that it still belongs to this step. From z to "
        "h_before the way leads through W: `delta @ W`.",
        lambda g, h, hb, x, W: _delta(g, h, hb),
        lambda g, h, hb, x, W: g),
    Mistake("W updated before it is used",
        _with(_BACK, lambda g, h, hb, x, W: (
            _delta(g, h, hb) @ (W - 0.1 * _RIGHT["grad_W"](g, h, hb, x, W))
        )),
        "W is changed by a step before delta goes back through it. All gradients belong to the "
        "weights that the forward pass had: update them afterwards.",
        when=lambda made: made.is_behind_an_update()),
    _one_value("nothing handed back", _BACK,
        "grad_h_before is 0: the step before hears nothing of the loss, and the net cannot "
        "learn over more than one step. `delta @ W` is what goes back.",
        lambda g, h, hb, x, W: np.zeros_like(hb)),
    _one_value("gradient of the state added", _BACK,
        "grad_h is added to grad_h_before. h_before reaches h only through W and tanh: "
        "`delta @ W` is all. (A residual net, lesson 09, would add it.)",
        lambda g, h, hb, x, W: g + _delta(g, h, hb) @ W),
    _one_value("state after the step", "grad_W",
        "grad_W is made with h. W multiplies the state that goes into the step, h_before: the "
        "gradient of a weight is delta times what came in through it.",
        lambda g, h, hb, x, W: _delta(g, h, hb).T @ h),
    Mistake("mean over the batch",
        _with("grad_b", lambda g, h, hb, x, W: _delta(g, h, hb).mean(axis=0)),
        "a gradient is divided by the number of examples. The loss has its 1/n already, so "
        "grad_h carries it: here one only sums.",
        (lambda g, *case: tuple(make(g, *case) / len(g) for make in _RIGHT.values()),),
        when=lambda made: any(map(made.is_mean, range(4)))),
    _one_value("bias not summed over the batch", "grad_b",
        "the rows of delta are not added up in grad_b. All examples share one bias, so the sum "
        "goes over them, along axis 0: one number for each unit.",
        lambda g, h, hb, x, W: _delta(g, h, hb),
        lambda g, h, hb, x, W: _delta(g, h, hb).sum(axis=1),
        any_form=True),
    Mistake("another delta",
        _from(lambda g, h, hb: g * (1 - 2 * h)),
        "Nothing else belongs into delta = grad_h (1 - h²): a clip, if there is one, comes "
        "behind the whole pass.",
        (_from(lambda g, h, hb: np.tanh(g) * (1 - h**2)),
         _from(lambda g, h, hb: np.clip(_delta(g, h, hb), -1, 1)),
         _from(lambda g, h, hb: _delta(g, h, hb) / np.linalg.norm(_delta(g, h, hb)))),
        when=lambda made: made.has_another_delta(),
        measured=lambda made: made.about_delta()),
)  # fmt: skip
