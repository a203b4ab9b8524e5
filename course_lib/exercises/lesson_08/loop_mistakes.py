"""What goes wrong with backpropagation through time over a whole sequence in lesson 08."""

from functools import cached_property
from itertools import combinations

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import as_array
from course_lib.exercises.lesson_08.bptt_mistakes import SLOPES, right_delta

_NAMES = "grad_W", "grad_U", "grad_b"
# tempting ways to go through time: name, what is other than it should be, why that is wrong
_WAYS = (
    ("nothing handed on", {"hands_back": False},
     "every time step gets the gradient of the last state. Each hands its own on: the fourth "
     "value of `step_back` is the `grad_h` of the step before."),
    ("forward in time", {"order": iter},
     "the loop goes from the first time step to the last. The gradient comes from the loss, "
     "behind the last state, and goes back: `reversed(range(len(x)))`."),
    ("states one place off", {"after": 0},
     "the states stand one place off. `h[0]` is the state before the first input: the step "
     "that reads `x[t]` goes from `h[t]` to `h[t + 1]`. (`h[-1]` raises nothing: it is the "
     "last state.)"),
    ("inputs from the other end", {"inputs": lambda x: x[::-1]},
     "states and inputs do not go together: the states are taken from the last to the first, "
     "and the inputs from the first to the last. The step that made `h[t + 1]` read `x[t]`."),
    ("states exchanged", {"exchanged": True},
     "the state after a step and the one before it are exchanged. The step that reads `x[t]` "
     "goes from `h[t]` to `h[t + 1]`: the later one is `h`, the earlier one `h_before`."),
    ("loss added at every step", {"again": True},
     "the gradient of the loss is added again at every step. This loss sees the last state "
     "only: before that, `grad_h` is what the step behind hands back, and nothing else."),
    *((name, {"delta": delta}, sentence) for name, delta, sentence in SLOPES),
    ("slope forgotten on the way back", {"through": lambda d, g: g},
     "what goes back in time is made of grad_h, without the slope of tanh. All that a step "
     "returns is made of delta: `delta @ W` goes back."),
    ("W transposed", {"matrix": lambda W: W.T},
     "W is transposed on the way back. Forward it was `h_before @ W.T`; backward it is "
     "`delta @ W`. Both have the same shape, as W is square."),
    ("W forgotten on the way back", {"matrix": lambda W: np.eye(len(W))},
     "what goes back in time is delta, without W. From one state to the one before the way "
     "leads through W: `delta @ W`."),
    ("mean over time", {"share": lambda n: 1 / n},
     "the time steps are averaged. The derivative with respect to a shared weight is the "
     "sum of those with respect to its copies."),
    ("state after the step", {"state": lambda h, hb: h},
     "grad_W is made with the state after each step. W multiplies the state that goes into "
     "the step, `h[t]` beside `x[t]`."),
)  # fmt: skip


def _parts(
    grad_h, h, x, W, order=reversed, hands_back=True, after=1, inputs=None, exchanged=False,
    again=False, delta=right_delta, through=lambda d, g: d, matrix=lambda W: W,
    state=lambda h, hb: hb, share=lambda n: 1,
):  # fmt: skip
    """Return what each time step adds, in the order in which a loop goes through them."""
    parts, of_loss = [], grad_h
    x = inputs(x) if inputs else x
    for t in order(range(len(x))):
        states = h[t + after], h[t + after - 1]
        now, before = states[::-1] if exchanged else states
        d = delta(grad_h, now, before)
        d_here = d * share(len(x))
        parts.append((d_here.T @ state(now, before), d_here.T @ x[t], d_here.sum(axis=0)))
        if hands_back:
            grad_h = through(d, grad_h) @ matrix(W) + (of_loss if again else 0)
    return parts


def _summed(parts):
    return tuple(sum(values[1:], values[0]) for values in zip(*parts, strict=True))


def _multiplied(parts):
    return tuple(np.prod(values, axis=0) for values in zip(*parts, strict=True))


class Sums:
    """Which time steps an answer has added up, and how each was reached."""

    def __init__(self, seen):
        self._seen = seen

    @cached_property
    def weights(self):
        """How often each of four steps counts in each gradient, from the first to the last."""
        return self._weights(4)

    @cached_property
    def late(self):
        """How many of eight steps count, where these are the last ones; else 0."""
        counted = self._weights(8)
        n = int(np.count_nonzero(counted[0]))
        return n if (counted == (np.arange(8) >= 8 - n)).all() else 0

    def _weights(self, n_steps):
        """Return how often each step counts.

        Raises
        ------
        Unseen
            If one is no weighted sum of what the steps add.
        """
        rng = np.random.default_rng(3)
        n_batch, n_units = 3, n_steps + 3
        h = np.tanh(rng.normal(size=(n_steps + 1, n_batch, n_units)))
        x, W = rng.normal(size=(n_steps, n_batch, 2)), rng.normal(size=(n_units, n_units))
        case = rng.normal(size=(n_batch, n_units)), h, x, W
        values, parts = self._seen.call(*case), _parts(*case)[::-1]
        rows = []
        for i, value in enumerate(values):
            columns = np.array([added[i].ravel() for added in parts]).T
            rows.append(np.linalg.lstsq(columns, np.ravel(value), rcond=None)[0])
            if not np.allclose(columns @ rows[-1], np.ravel(value), rtol=1e-8):
                raise Unseen
        return np.array(rows).round(7)

    @property
    def alike(self):
        """The same, where it is so in all three gradients; else nothing counts."""
        return self.weights[0] * (np.ptp(self.weights, axis=0).max() < 1e-6)

    @property
    def unlike(self):
        """Names of gradients in which some steps do not count, where others are right."""
        right = (self.weights == 1).all(axis=1)
        left_out = np.isin(self.weights, [0, 1]).all(axis=1) & ~right
        names = [name for name, bad in zip(_NAMES, left_out, strict=True) if bad]
        return names if right.any() and (right | left_out).all() else []

    def about_unlike(self):
        """Say which steps of four count in a gradient that leaves some out."""
        name = self.unlike[0]
        counted = [t + 1 for t in np.flatnonzero(self.weights[_NAMES.index(name)])]
        listed = " and ".join(
            filter(None, (", ".join(map(str, counted[:-1])), *map(str, counted[-1:])))
        )
        return (
            f"of 4 time steps only {listed or 'none'} counted in {' and '.join(self.unlike)}."
        )

    @property
    def not_added_up(self):
        """Whether what the steps add comes back in lists, whose sums are right."""
        return all(
            isinstance(t.answer, tuple | list)
            and all(map(_is_list_of, t.answer, t.expected))
            and len(t.answer) == len(_NAMES)
            for t in self._seen.trials
        )

    @property
    def are_products(self):
        """Whether what the steps add is multiplied, entry by entry."""
        return all(
            all(map(close, t.answer, _multiplied(_parts(*t.case)))) for t in self._seen.trials
        )

    def made(self, **how):
        """Tell whether the answer sums what a loop gives that goes another way."""
        pairs = zip(self._seen.answers, self._seen.cases, strict=True)
        return all(all(map(close, a, _summed(_parts(*case, **how)))) for a, case in pairs)

    @cached_property
    def two_ways(self):
        """The sentences on two mistakes that give what the answer gives; () if none do."""
        for (_, how, first), (_, other, second) in combinations(_WAYS, 2):
            if not how.keys() & other.keys() and self.made(**how, **other):
                return first, second
        return ()


def _is_list_of(parts, right):
    array = as_array(parts) if isinstance(parts, list) else None
    return array is not None and close(array.sum(axis=0), right)


def _loop(pick=_summed, **how):
    return lambda grad_h, h, x, W: pick(_parts(grad_h, h, x, W, **how))


def _way(name, how, sentence):
    return Mistake(name, _loop(**how), sentence, when=lambda sums: sums.made(**how))


def _without(i, t):
    """Return the answer that leaves a step of four or fewer out of gradient i."""

    def pick(parts):
        whole = [*_summed(parts)]
        whole[i] = whole[i] - parts[t][i]
        return tuple(whole)

    return _loop(pick=pick)


def _last_once_more(parts):
    return tuple(np.add(*pair) for pair in zip(_summed(parts), parts[-1], strict=True))


def _doubling(parts, turn=1):
    """Return the sums to which each sum is added again in each round."""
    return tuple(
        sum(2**k * v for k, v in enumerate(values[::turn]))
        for values in zip(*parts, strict=True)
    )


MISTAKES = (
    Mistake("one step alone",
        _loop(pick=lambda parts: tuple(parts[-1])),
        "one time step alone counts. Is the sum overwritten in each round of the loop, or does "
        "`return` stand inside it? A shared weight's gradient is the sum over all its copies.",
        (_loop(pick=lambda parts: tuple(parts[0])),),
        when=lambda sums: np.count_nonzero(sums.alike) == 1,
        any_form=True),
    Mistake("steps not added up",
        _loop(pick=lambda parts: tuple(map(list, zip(*parts, strict=True)))),
        "what each time step adds is put into a list, and not added up. The gradient of a "
        "shared weight is one array, the sum of these.",
        when=lambda sums: sums.not_added_up,
        any_form=True),
    Mistake("cut off in time",
        _loop(pick=lambda parts: _summed(parts[:3])),
        "All steps are needed, from the last to the first: cutting the way back short is "
        "another method, truncated backpropagation, and another gradient.",
        when=lambda sums: 1 < sums.late < 7,
        measured=lambda sums: f"of 8 time steps only the last {sums.late} count.",
        any_form=True),
    Mistake("a step left out",
        _loop(pick=lambda parts: _summed(parts[:-1] or [[0 * v for v in parts[0]]])),
        "the first or the last time step is not counted. `range(len(x))` has one number for "
        "each input, from 0 on; `h` has one state more than there are inputs.",
        (_loop(pick=lambda parts: _summed(parts[1:] or [[0 * v for v in parts[0]]])),),
        when=lambda sums: np.array_equal(np.sort(sums.alike), [0, 1, 1, 1]),
        any_form=True),
    Mistake("steps left out of one gradient",
        _without(0, -1),
        "A gradient is the sum over all time steps, from the first to the last. Is one of the "
        "sums overwritten, or is a step left out of it? (`h[0]` may be any state, not 0 only.)",
        tuple(_without(i, t) for i in range(3) for t in (0, -1)),
        when=lambda sums: bool(sums.unlike),
        measured=lambda sums: sums.about_unlike()),
    Mistake("multiplied in place of added",
        _loop(pick=_multiplied),
        "what the time steps add is multiplied. The derivative with respect to a shared weight "
        "is the sum of those with respect to its copies: begin with 0, and add.",
        when=lambda sums: sums.are_products),
    Mistake("steps counted more than once",
        _loop(pick=_doubling),
        "some time steps count more than once. What a step adds is added to the sum once, and "
        "the sum itself stays as it is: `grad_W = grad_W + added_W`.",
        (_loop(pick=lambda parts: _doubling(parts, -1)), _loop(pick=_last_once_more)),
        when=lambda sums: sums.alike.min() >= 1 and np.ptp(sums.alike) > 0),
    *(_way(*row) for row in _WAYS),
    Mistake("two mistakes at once",
        _loop(order=iter, matrix=lambda W: W.T),
        "Each of them alone would be wrong as well: both have to be mended.",
        (_loop(hands_back=False, inputs=lambda x: x[::-1]),),
        when=lambda sums: bool(sums.two_ways),
        measured=lambda sums: "First, {} Second, {}".format(*sums.two_ways)),
)  # fmt: skip
