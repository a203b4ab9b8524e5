"""What goes wrong with one step of backpropagation through time in lesson 08."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close, same_form
from course_lib.exercises.engine.values import fits

_NAMES = ("grad_W", "grad_U", "grad_b", "grad_h_before")
# what may stand for delta = grad_h (1 - h²): name, made of (grad_h, h, h_before), why not
SLOPES = (
    ("slope forgotten", lambda g, h, hb: g,
     "tanh is missing: the gradient goes from h to h_before as if the unit were linear. "
     "Between h and W stands tanh, with the slope 1 - h². Without it every step passes too "
     "much on."),
    ("slope of the sigmoid", lambda g, h, hb: g * h * (1 - h),
     "h(1 - h) is the slope of the sigmoid in terms of its value. These units are tanh, whose "
     "slope is 1 - h²."),
    ("tanh taken twice", lambda g, h, hb: g * (1 - np.tanh(h) ** 2),
     "h is tanh(z) already. Its slope is 1 - h², not 1 - tanh(h)²."),
    ("slope of the state before", lambda g, h, hb: g * (1 - hb**2),
     "the slope is taken at the state before the step. z makes h, the state after it: tanh has "
     "the slope 1 - h² there."),
    ("h not squared", lambda g, h, hb: g * (1 - h),
     "h is not squared in the slope. That of tanh is 1 - tanh², which is 1 - h²."),
    ("slope taken twice", lambda g, h, hb: g * (1 - h**2) ** 2,
     "the slope of tanh is multiplied in twice. The gradient goes through tanh once, from h to "
     "z: delta = grad_h (1 - h²)."),
    ("divided by the slope", lambda g, h, hb: g / (1 - h**2),
     "grad_h is divided by the slope of tanh. The chain rule multiplies, on the way back too."),
    ("tanh in place of its slope", lambda g, h, hb: g * np.tanh(h),
     "grad_h is multiplied by tanh(h). Its slope belongs there, 1 - h²."),
    ("slope of relu", lambda g, h, hb: g * (h > 0),
     "grad_h is kept where h is positive: that is the slope of relu. These units are tanh, "
     "whose slope is 1 - h²."),
    ("h in place of the slope", lambda g, h, hb: g * h,
     "grad_h is multiplied by h. The slope of tanh belongs there, 1 - h²."),
)  # fmt: skip


def right_delta(g, h, hb):
    """Return grad_h (1 - h²)."""
    return g * (1 - h**2)


def _made_of(delta):
    """Return the four gradients as functions of (grad_h, h, h_before, x, W)."""
    return (
        lambda g, h, hb, x, W: delta(g, h, hb).T @ hb,
        lambda g, h, hb, x, W: delta(g, h, hb).T @ x,
        lambda g, h, hb, x, W: delta(g, h, hb).sum(axis=0),
        lambda g, h, hb, x, W: delta(g, h, hb) @ W,
    )


# what a gradient may be made of delta in a wrong way: name, which one, how
_MAKES = (
    (("state after the step",), 0, lambda d, g, h, hb, x, W: d.T @ h),
    (("no matrix product",), 0, lambda d, g, h, hb, x, W: d * hb),
    (("mean over the batch",), 0, lambda d, g, h, hb, x, W: d.T @ hb / len(g)),
    (("mean over the batch",), 1, lambda d, g, h, hb, x, W: d.T @ x / len(g)),
    (("mean over the batch",), 2, lambda d, g, h, hb, x, W: d.mean(axis=0)),
    (("mean over the batch",), 3, lambda d, g, h, hb, x, W: d @ W / len(g)),
    (("bias not summed over the batch",), 2, lambda d, g, h, hb, x, W: d),
    (("bias not summed over the batch",), 2, lambda d, g, h, hb, x, W: d.sum(axis=1)),
    (("bias not summed over the batch",), 2, lambda d, g, h, hb, x, W: d.mean(axis=1)),
    (("W transposed",), 3, lambda d, g, h, hb, x, W: d @ W.T),
    (("slope of the step before",), 3, lambda d, g, h, hb, x, W: (d @ W) * (1 - hb**2)),
    (("W transposed", "slope of the step before"), 3,
     lambda d, g, h, hb, x, W: (d @ W.T) * (1 - hb**2)),
    (("slope behind W",), 3, lambda d, g, h, hb, x, W: (d @ W) * (1 - h**2)),
    (("W transposed", "slope behind W"), 3, lambda d, g, h, hb, x, W: (d @ W.T) * (1 - h**2)),
    (("W forgotten on the way back",), 3, lambda d, g, h, hb, x, W: d),
    (("nothing handed back",), 3, lambda d, g, h, hb, x, W: np.zeros_like(hb)),
)  # fmt: skip
_RIGHT = dict(zip(_NAMES, _made_of(right_delta), strict=True))


class Made:
    """What each of the four gradients of an answer is made of."""

    def __init__(self, seen):
        self._seen = seen
        self._pairs = list(zip(seen.answers, seen.cases, strict=True))
        self._readable = all(map(fits, seen.answers, seen.expected))

    @cached_property
    def deltas(self):
        """Which delta each gradient is made of in the right way, None for another make."""
        known = {delta: _made_of(delta) for delta in (right_delta, *(row[1] for row in SLOPES))}
        return [
            next((delta for delta, makes in known.items() if self.equals(i, makes[i])), None)
            for i in range(len(_NAMES))
        ]

    @property
    def is_related(self):
        """Whether a plain rule leads from the right values to one that came."""
        columns = (
            zip(*rows, strict=True) for rows in (self._seen.answers, self._seen.expected)
        )
        pairs = (list(zip(*part, strict=True)) for part in zip(*columns, strict=True))
        return any(map(same_form, pairs))

    @property
    def is_right_in_part(self):
        """Whether one gradient is right in every case, or all for one example and unit."""
        one, right = self._of_one()
        return close(one, right) or any(
            self.equals(i, make) for i, make in enumerate(_RIGHT.values())
        )

    def _of_one(self):
        """Return what comes of one example, one unit and one input, and what is right."""
        case = [np.array([[v]]) for v in (2.0, 0.5, -0.3, 0.7, 0.4)]
        return [
            np.array([np.ravel(v)[0] for v in values])
            for values in (self._seen.call(*case), self._seen.right(*case))
        ]

    @property
    def one_told(self):
        """A sentence on what comes of one example, one unit and one input."""
        came, right = (", ".join(f"{v:.4g}" for v in values) for values in self._of_one())
        return (
            "for one example and one unit with grad_h = 2, h = 0.5, h_before = -0.3, x = 0.7 "
            f"and W = 0.4 it returns {came}; {right} are right."
        )

    def equals(self, i, value):
        """Tell whether gradient i is ``value(grad_h, h, h_before, x, W)`` in every case."""
        return self._readable and all(
            close(np.asarray(answer[i], float), value(*case)) for answer, case in self._pairs
        )

    @cached_property
    def causes(self):
        """Names of the mistakes in all four gradients; none where one is of another make."""
        deltas = {"": right_delta, **{name: delta for name, delta, _ in SLOPES}}
        read = [self._read(i, deltas) for i in range(len(_NAMES))]
        if None in read:
            return []
        slopes = [name if "slope behind W" not in way else read[0][0] for name, way in read]
        if len({*slopes}) > 1:  # of this one or that one
            ways = ["slope forgotten at the weights"] * 3 + ["slope forgotten on the way back"]
            forgotten = SLOPES[0][0]
            slopes = [w if n == forgotten else n for w, n in zip(ways, slopes, strict=True)]
        return [*dict.fromkeys(filter(None, [*slopes, *sum((way for _, way in read), ())]))]

    def _read(self, i, deltas):
        """Return which delta a gradient is made of, and what is wrong beside it, else None."""
        ways = [((), lambda d, g, *rest: _made_of(lambda *_: d)[i](g, *rest))]
        ways += [(names, way) for names, j, way in _MAKES if j == i]
        for way, make in ways:
            for name, delta in deltas.items():
                if self.equals(i, lambda *case: make(delta(*case[:3]), *case)):  # noqa: B023
                    return name, way
        return None

    def all_made_of(self, delta):
        """Tell whether those that can be read are made of this delta, and some can."""
        read = [found for found in self.deltas if found]
        return len(read) > 1 and set(read) == {delta}

    def is_mean(self, i):
        """Tell whether gradient i is divided by the number of examples."""
        make = _made_of(right_delta)[i]
        return self.equals(i, lambda g, *rest: make(g, *rest) / len(g))

    def is_behind_an_update(self):
        """Tell whether delta goes back through W less a multiple of its gradient."""
        rates = []
        for answer, (g, h, hb, _, W) in self._pairs:
            delta = right_delta(g, h, hb)
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
    return Mistake(
        name, _from(delta), explanation,
        when=lambda made: made.all_made_of(delta) or made.causes == [name])  # fmt: skip


def _one_value(mistake, name, explanation, *values, any_form=False):
    """Return the mistake that one gradient is one of ``values(grad_h, h, h_before, x, W)``."""

    def when(made):
        return any(made.equals(_NAMES.index(name), value) for value in values)

    example, *variants = (_with(name, value) for value in values)
    return Mistake(mistake, example, explanation, tuple(variants), when, any_form)


_BACK = "grad_h_before"
_ONE_BY_ONE = (
    *(_other_delta(*row) for row in SLOPES),
    _one_value("slope forgotten on the way back", _BACK,
        "grad_h_before is made of grad_h, without the slope. All four values go through z: "
        "`delta @ W` with the delta of the others.",
        lambda g, h, hb, x, W: g @ W),
    Mistake("slope forgotten at the weights",
        _with("grad_W", lambda g, h, hb, x, W: g.T @ hb),
        "grad_W, grad_U or grad_b is made of grad_h, without the slope. They act on z, behind "
        "tanh: all of them are made of delta = grad_h (1 - h²).",
        tuple(_with(name, _made_of(SLOPES[0][1])[i]) for i, name in enumerate(_NAMES[:3])),
        when=lambda made: any(made.deltas[i] is SLOPES[0][1] for i in range(3))),
    Mistake("W before the slope",
        lambda g, h, hb, x, W: (*_from(right_delta)(g @ W, h, hb, x, W)[:3], g @ W),
        "delta is made of grad_h @ W. grad_h belongs to h itself: first the slope, "
        "delta = grad_h (1 - h²), of which all four are made; W comes last, `delta @ W`.",
        (lambda g, h, hb, x, W: _from(right_delta)(g @ W, h, hb, x, W),),
        when=lambda made: made.equals(2, lambda g, h, hb, x, W: (
            right_delta(g @ W, h, hb).sum(axis=0)
        ))),
    _one_value("slope behind W", _BACK,
        "grad_h_before is multiplied by the slope after W. Backward the slope comes first: z "
        "lies between h and W, so that grad_h_before is delta @ W with the slope in delta.",
        lambda g, h, hb, x, W: (g @ W) * (1 - h**2),
        lambda g, h, hb, x, W: (right_delta(g, h, hb) @ W) * (1 - h**2)),
    _one_value("slope of the step before", _BACK,
        "grad_h_before is multiplied by the slope at h_before. That belongs to the step "
        "before, which does it with the grad_h that it gets: here `delta @ W` is all.",
        lambda g, h, hb, x, W: (right_delta(g, h, hb) @ W) * (1 - hb**2)),
    _one_value("no matrix product", "grad_W",
        "grad_W is delta times h_before entry by entry, one row for each example. Each unit is "
        "joined with each unit before: `delta.T @ h_before`, of the shape of W.",
        lambda g, h, hb, x, W: right_delta(g, h, hb) * hb, any_form=True),
    _one_value("W transposed", _BACK,
        "W is transposed on the way back. Forward it was `h_before @ W.T`; backward it is "
        "`delta @ W`. Both have the same shape, as W is square: nothing but numbers tells.",
        lambda g, h, hb, x, W: right_delta(g, h, hb) @ W.T),
    _one_value("W forgotten on the way back", _BACK,
        "grad_h_before is made without W, so that it still belongs to this step. From z to "
        "h_before the way leads through W: `delta @ W`.",
        lambda g, h, hb, x, W: right_delta(g, h, hb)),
    Mistake("W updated before it is used",
        _with(_BACK, lambda g, h, hb, x, W: (
            right_delta(g, h, hb) @ (W - 0.1 * _RIGHT["grad_W"](g, h, hb, x, W))
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
        lambda g, h, hb, x, W: right_delta(g, h, hb).T @ h),
    Mistake("mean over the batch",
        _with("grad_b", lambda g, h, hb, x, W: right_delta(g, h, hb).mean(axis=0)),
        "a gradient is divided by the number of examples. The loss has its 1/n already, so "
        "grad_h carries it: here one only sums.",
        (lambda g, *case: tuple(make(g, *case) / len(g) for make in _RIGHT.values()),),
        when=lambda made: any(map(made.is_mean, range(4)))),
    _one_value("bias not summed over the batch", "grad_b",
        "the rows of delta are not added up in grad_b. All examples share one bias, so the sum "
        "goes over them, along axis 0: one number for each unit.",
        lambda g, h, hb, x, W: right_delta(g, h, hb),
        lambda g, h, hb, x, W: right_delta(g, h, hb).sum(axis=1),
        lambda g, h, hb, x, W: right_delta(g, h, hb).mean(axis=1),
        any_form=True),
)  # fmt: skip
_SENTENCES = {mistake.name: mistake.explanation for mistake in _ONE_BY_ONE}


def _told(made):
    """Tell all mistakes, each with what is known of it."""
    return " ".join(f"{name[0].upper()}{name[1:]}: {_SENTENCES[name]}" for name in made.causes)


def _both(delta, back):
    """Return the answer that is made of this delta, and goes back in this way."""
    return lambda *case: (*_from(delta)(*case)[:3], back(delta(*case[:3]), *case))


MISTAKES = (
    Mistake(
        "more than one at once",
        _both(SLOPES[0][1], lambda d, *case: d @ case[-1].T),
        "Each of them alone would be wrong as well: all have to be mended.",
        (_both(SLOPES[1][1], lambda d, *case: d),),
        when=lambda made: len(made.causes) > 1,
        any_form=True,
        measured=_told,
    ),
    *_ONE_BY_ONE,
    Mistake(
        "other values",
        _from(lambda g, h, hb: g * (1 - h**2) + h),
        "All four are made of delta = grad_h (1 - h²), which is 1.5 there.",
        (_from(lambda g, h, hb: g * np.exp(-h)),),
        when=lambda made: not made.is_right_in_part and not made.is_related,
        measured=lambda made: made.one_told,
        vague=True,
    ),
)
