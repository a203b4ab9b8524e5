"""What goes wrong with one step of backpropagation through time in lesson 08."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.values import fits

_NAMES = ("grad_W", "grad_U", "grad_b", "grad_h_before")
# what may stand for delta = grad_h (1 - h²): name, made of (grad_h, h, h_before), why not
_DELTAS = (
    ("slope forgotten", lambda g, h, hb: g,
     "tanh is missing: the gradient goes from h to h_before as if the unit were linear. "
     "Between h and W stands tanh, with the slope 1 - h². Without it every step passes too "
     "much on."),
    ("slope of the sigmoid", lambda g, h, hb: g * h * (1 - h),
     "h(1 - h) is the slope of the sigmoid in terms of its value. These units are tanh, whose "
     "slope is 1 - h²."),
    ("tanh taken twice", lambda g, h, hb: g * (1 - np.tanh(h) ** 2),
     "h is tanh(z) already. Its slope is 1 - h², not 1 - tanh(h)²."),
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
)  # fmt: skip
