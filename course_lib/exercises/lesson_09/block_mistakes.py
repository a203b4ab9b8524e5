"""What goes wrong with the gradient through a residual block in lesson 09."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close


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


def _nothing(grad, *_):
    return np.zeros_like(grad)


MISTAKES = (
    _on_branch("identity through W",
        "the sum of both ways is sent through W. The identity does not pass the weights.",
        lambda grad, w, slope: (grad + grad * slope) @ w,
        lambda grad, w, slope: (grad + slope) @ w,
        identity=_nothing),
    _on_identity("identity left out",
        "with W = 0 nothing comes back. h also reaches the output directly, as without the "
        "layer: add `grad`.",
        _nothing),
    _on_identity("slope on the identity",
        "the identity is multiplied by φ' as well. It does not go through the activation: what "
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
        lambda grad, w, slope: (grad @ w) * slope,
        lambda grad, w, slope: (grad @ w.T) * slope),
    _on_branch("slope forgotten",
        "the branch goes through φ, and φ' is missing.",
        lambda grad, w, slope: grad @ w,
        lambda grad, w, slope: grad @ w.T),
)  # fmt: skip
