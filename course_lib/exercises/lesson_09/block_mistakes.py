"""What goes wrong with the gradient through a residual block in lesson 09."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import shape_of

_GRAD = np.array([[3.0, -1.0, 2.0], [0.5, -2.0, 1.5]])
_W = np.array([[0.5, -2.0, 0.7], [1.5, 0.3, -1.1], [-0.6, 0.9, 0.4]])
_SLOPE = np.array([[0.2, 0.9, 0.5], [0.7, 0.4, 0.3]])


class Ways:
    """What comes back on each of the two ways: the identity's part is what W = 0 leaves."""

    def __init__(self, seen):
        self._seen = seen

    @cached_property
    def _identity(self):
        return [self._seen.call(g, np.zeros_like(w), s) for g, w, s in self._seen.cases]

    def identity(self, *makes):
        """Tell whether the identity's part is one of ``makes(grad, slope)`` in every case."""
        parts = list(zip(self._identity, self._seen.cases, strict=True))
        return any(all(close(part, make(g, s)) for part, (g, _, s) in parts) for make in makes)

    @property
    def identity_told(self):
        """What becomes of a gradient where W = 0, beside it."""
        row = self._seen.call(_GRAD, 0 * _W, _SLOPE)[0]
        if close(row, _GRAD[0]):
            raise Unseen
        return (
            f"with W = 0 grad should come back as it is, and {_listed(_GRAD[0])} becomes "
            f"{_listed(row)}."
        )

    @property
    def branch_told(self):
        """What the branch adds to a gradient, beside what is right."""
        came = self._seen.call(_GRAD, _W, _SLOPE) - self._seen.call(_GRAD, 0 * _W, _SLOPE)
        right = (_GRAD * _SLOPE) @ _W
        wrong = ~np.isclose(came, right).all(axis=1)
        if not close(self._seen.call(_GRAD, 0 * _W, _SLOPE), _GRAD) or not wrong.any():
            raise Unseen
        row = int(np.argmax(wrong))
        return (
            f"the identity is right, and the branch is not: for grad {_listed(_GRAD[row])} and "
            f"slopes {_listed(_SLOPE[row])} it adds {_listed(came[row])} with a W of which "
            f"{_listed(right[row])} is right."
        )

    def _moved(self, i, at, times=1.0):
        """Return where the answer moves if argument i moves at one place."""
        args = [_GRAD.copy(), times * _W, _SLOPE.copy()]
        before = self._seen.call(*args)
        args[i][at] += 0.37
        return ~np.isclose(self._seen.call(*args), before, rtol=1e-12, atol=1e-12)

    @property
    def units_apart(self):
        """Whether each unit's gradient moves what comes back at that unit alone."""
        return all(
            self._moved(0, (0, j), times).any(axis=0).sum() < 2
            for j in range(3)
            for times in (1.0, 10.0)
        )

    @property
    def scales_columns(self):
        """Whether one row comes back as if its slopes, or others, scaled the columns of W."""
        row, other = _GRAD[:1], _SLOPE[:1]
        alone = self._seen.call(row, _W, other)
        return close(alone, row + row @ _W * other)

    @property
    def is_of_w(self):
        """Whether the gradient of W came in the place of that of h, either way round."""
        trials = self._seen.trials
        return any(
            all(
                isinstance(t.outcome.value, np.ndarray)
                and close(t.outcome.value, make(*t.case))
                for t in trials
            )
            for make in (
                lambda grad, w, slope: (grad * slope).T @ grad,
                lambda grad, w, slope: grad.T @ (grad * slope),
            )
        )

    @property
    def examples_mixed(self):
        """Whether one example moves what comes back for another."""
        return any(self._moved(i, (j, 1))[1 - j].any() for i in (0, 2) for j in (0, 1))

    @property
    def written_into(self):
        """Whether grad itself was multiplied by the slope, and that came back."""
        return self.identity(lambda grad, slope: grad * slope) and all(
            0 in trial.changed and close(trial.outcome.after[0], trial.case[0] * trial.case[2])
            for trial in self._seen.trials
            if not close(trial.case[0], trial.case[0] * trial.case[2])
        )

    @property
    def in_columns(self):
        """Whether examples came as columns, wherever that can be told, or it raised."""
        turned = [
            t.error is not None or shape_of(t.answer) == t.expected.T.shape
            for t in self._seen.trials
            if t.expected.shape[0] != t.expected.shape[1]
        ]
        return all(turned) and any(t.error is None for t in self._seen.trials)

    @property
    def inverted(self):
        """Whether it raised as where a matrix is inverted that has no inverse."""
        return any(isinstance(t.error, np.linalg.LinAlgError) for t in self._seen.trials)

    def branch(self, *makes):
        """Tell whether the rest is one of ``makes(grad, w, slope)`` in every case."""
        cases = self._seen.cases
        rests = [a - i for a, i in zip(self._seen.answers, self._identity, strict=True)]
        return any(
            all(close(rest, make(*case)) for rest, case in zip(rests, cases, strict=True))
            for make in makes
        )


def _branch(grad, w, slope):
    return (grad * slope) @ w


def _on_identity(name, sentence, *makes, rest=_branch):
    """Return the mistake that the identity passes back one of ``makes(grad, slope)``."""
    example, *variants = (
        lambda grad, w, slope, make=make: make(grad, slope) + rest(grad, w, slope)
        for make in makes
    )
    return _known(name, sentence, example, lambda ways: ways.identity(*makes), variants)


def _on_branch(name, sentence, *makes, identity=lambda grad, slope: grad):
    """Return the mistake that the layer passes back one of ``makes(grad, w, slope)``."""
    example, *variants = (
        lambda grad, w, slope, make=make: identity(grad, slope) + make(grad, w, slope)
        for make in makes
    )
    return _known(name, sentence, example, lambda ways: ways.branch(*makes), variants)


def _known(name, sentence, example, when, variants=()):
    def explain(case, answer, expected):
        return f"{sentence} Here {compared(answer, expected)}"

    return Mistake(name, example, explain, tuple(variants), when)


def _listed(values):
    return "(" + ", ".join(f"{value:.4g}" for value in np.round(values, 12) + 0.0) + ")"


def _in_place(grad, w, slope):
    grad *= slope
    return grad + grad @ w


def _rows_so_far(grad, w, slope):
    return grad + (np.cumsum(grad, axis=0) * np.cumsum(slope, axis=0)) @ w


def _nothing(grad, *_):
    return np.zeros_like(grad)


MISTAKES = (
    Mistake("the gradient of weights",
        lambda grad, w, slope: (grad * slope).T @ grad,
        "it is made as the gradient of weights is, `delta.T @ ...`, and W itself is not used. "
        "Asked for is the gradient of h, one row for each example: `delta @ w`, and `grad`.",
        (lambda grad, w, slope: grad.T @ (grad * slope),),
        when=lambda ways: ways.is_of_w, any_form=True),
    Mistake("W inverted",
        lambda grad, w, slope: grad + np.linalg.solve(w.T, (grad * slope).T).T,
        "W has no inverse there, and none is needed: forward the branch multiplies by W, and "
        "so it does on the way back, `(grad * slope) @ w`.",
        when=lambda ways: ways.inverted, any_form=True),
    Mistake("examples as columns",
        lambda grad, w, slope: ((np.eye(len(w)) + w) @ (grad * slope).T),
        "the examples come back as columns. Here they are rows, in `grad` and in what is "
        "returned: `delta @ w` has one row for each of them.",
        (lambda grad, w, slope: (grad + (grad * slope) @ w).T,),
        when=lambda ways: ways.in_columns, any_form=True, vague=True),
    _on_branch("ways multiplied",
        "what comes back on one way is multiplied by what comes back on the other. Both are "
        "added: `grad + (...)`.",
        lambda grad, w, slope: grad * ((grad * slope) @ w),
        identity=_nothing),
    _on_branch("identity through W",
        "the sum of both ways is sent through W. The identity does not pass the weights.",
        lambda grad, w, slope: (grad + grad * slope) @ w,
        lambda grad, w, slope: (grad + slope) @ w,
        identity=_nothing),
    _on_identity("identity left out",
        "with W = 0 nothing comes back. h also reaches the output directly, as without the "
        "layer: add `grad`.",
        _nothing),
    Mistake("grad overwritten",
        _in_place,
        "grad itself is multiplied by φ', in place, so that the identity passes on that, too. "
        "`delta = grad` is a second name for the same array, and `delta *= slope` writes into "
        "it: `delta = grad * slope` makes another one.",
        when=lambda ways: ways.written_into),
    Mistake("slope on the other way",
        lambda grad, w, slope: grad * slope + grad @ w,
        "φ' stands on the wrong way: the identity is multiplied by it, and the branch is not. "
        "`grad` goes back as it is, and `grad * slope` through W.",
        (lambda grad, w, slope: grad * slope + grad @ w.T,),
        when=lambda ways: ways.identity(lambda grad, slope: grad * slope)
        and ways.branch(lambda grad, w, slope: grad @ w, lambda grad, w, slope: grad @ w.T)),
    _on_identity("slope on the identity",
        "the identity is multiplied by φ'. It does not go through the activation: what "
        "saturates cannot stop it.",
        lambda grad, slope: grad * slope),
    _on_branch("branch left out",
        "only the identity passes the gradient back. The layer φ(Wh + b) depends on h as well.",
        _nothing),
    _on_branch("W transposed",
        "W is transposed. Forward the code is `h @ w.T`, so on the way back it is `delta @ w`.",
        lambda grad, w, slope: (grad * slope) @ w.T),
    _on_branch("slope behind W",
        "the slope is applied behind W. Backward the last thing comes first: φ' at the layer's "
        "own units, then W.",
        lambda grad, w, slope: (grad @ w) * slope),
    _on_branch("slope behind W transposed",
        "two things are wrong with the branch: φ' is applied behind W, and W is transposed. "
        "Backward φ' of the layer's own units comes first, then `@ w`, as forward it is "
        "`h @ w.T`.",
        lambda grad, w, slope: (grad @ w.T) * slope),
    _on_branch("slope forgotten",
        "the branch goes through φ, and φ' is missing.",
        lambda grad, w, slope: grad @ w,
        lambda grad, w, slope: grad @ w.T),
    _on_branch("grad behind W",
        "the slopes go through W, and grad is multiplied with what comes out. grad goes "
        "through W itself, times the slopes.",
        lambda grad, w, slope: grad * (slope @ w),
        lambda grad, w, slope: grad * (slope @ w.T)),
    Mistake("units not mixed",
        lambda grad, w, slope: grad + grad * slope * w.sum(axis=0),
        "in the branch the gradient of each unit comes back to that unit alone. Through W each "
        "unit acts on all, so that all gradients come back to it: a product of matrices, `@`.",
        (lambda grad, w, slope: grad + grad * slope * np.diag(w),
         lambda grad, w, slope: grad + grad * slope * w[:1]),
        when=lambda ways: ways.identity(lambda grad, slope: grad) and ways.units_apart,
        vague=True),
    Mistake("slope on the columns of W",
        lambda grad, w, slope: grad + grad @ (w * slope.mean(axis=0)),
        "the slopes scale the columns of W, and so what comes out behind it; and all examples "
        "get the same ones. φ' is that of the layer's own units, for each example: `(grad * "
        "slope) @ w`.",
        (lambda grad, w, slope: grad + grad @ (w * slope[0]),),
        when=lambda ways: ways.scales_columns and ways.examples_mixed),
    Mistake("examples mixed",
        _rows_so_far,
        "what comes back for one example, a row, depends on other rows. Each example has its "
        "own gradient and its own slopes.",
        when=lambda ways: ways.examples_mixed, vague=True),
    Mistake("another identity",
        lambda grad, w, slope: np.maximum(grad, (grad * slope) @ w),
        "Both ways are added: `grad` itself, and what the branch passes back.",
        (lambda grad, w, slope: np.maximum(grad, 0) + (grad * slope) @ w,
         lambda grad, w, slope: grad.clip(-0.1, 0.1) + (grad * slope) @ w),
        when=lambda ways: ways.identity_told, measured=lambda ways: ways.identity_told,
        vague=True),
    Mistake("another branch",
        lambda grad, w, slope: grad + (grad * np.sqrt(slope)) @ w,
        "Backward comes δ = grad ⊙ φ' first, and then δ times W.",
        (lambda grad, w, slope: grad + np.tanh((grad * slope) @ w),),
        when=lambda ways: ways.branch_told, measured=lambda ways: ways.branch_told, vague=True),
)  # fmt: skip
