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

    @property
    def wrong_for_one_row(self):
        """Whether some case of a single example is wrong."""
        return any(len(t.expected) == 1 and not t.right for t in self._seen.trials)

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
    _on_branch("product of the two ways",
        "the two ways are multiplied. Along one way slopes are multiplied; different ways are "
        "added.",
        lambda grad, w, slope: grad * ((grad * slope) @ w),
        identity=_nothing),
    _known("mean of the two ways",
        "the two ways are averaged. The block's output is their sum, and so is the gradient.",
        lambda grad, w, slope: (grad + _branch(grad, w, slope)) / 2,
        lambda ways: ways.identity(lambda grad, slope: grad / 2)),
    _on_identity("identity left out",
        "with W = 0 nothing comes back. h also reaches the output directly, as without the "
        "layer: add `grad`.",
        _nothing),
    _on_identity("slope on the identity",
        "the identity is multiplied by φ' as well. It does not go through the activation: what "
        "saturates cannot stop it.",
        lambda grad, slope: grad * slope),
    _on_identity("1 in place of the gradient",
        "1 is added. The identity's *slope* is 1; what it passes back is `grad` as a whole.",
        lambda grad, slope: np.ones_like(grad)),
    _on_identity("identity taken off",
        "`grad` is taken off. The block's output is h plus the layer: the two ways are added.",
        lambda grad, slope: -grad),
    _on_identity("identity counted twice",
        "the identity's part comes in twice. h reaches the output directly once.",
        lambda grad, slope: 2 * grad),
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
    _on_branch("gradient forgotten in the branch",
        "the branch gives back φ' times W, its own slope. By the chain rule `grad` multiplies "
        "it: `(grad * slope) @ w`.",
        lambda grad, w, slope: slope @ w),
    _on_branch("no matrix product",
        "W multiplies entry by entry. Each unit of the layer takes part in every entry of the "
        "result: `@`, the matrix product, adds their parts up.",
        lambda grad, w, slope: grad * slope * np.diag(w),
        lambda grad, w, slope: grad * slope * w.sum(axis=0)),
    _on_branch("branch taken off",
        "the branch is taken off. The block adds it.",
        lambda grad, w, slope: -_branch(grad, w, slope)),
    _known("another identity",
        "the layer's part is right. With W = 0 `grad` has to come back, and something else "
        "does.",
        lambda grad, w, slope: slope + _branch(grad, w, slope),
        lambda ways: ways.branch(_branch) and ways.wrong_for_one_row,
        (lambda grad, w, slope: grad * (1 - slope) + _branch(grad, w, slope),)),
    _known("another branch",
        "with W = 0 `grad` comes back, as it has to. What the layer adds is not (grad ⊙ φ') W.",
        lambda grad, w, slope: grad + (grad * (1 - slope)) @ w,
        lambda ways: ways.identity(lambda grad, slope: grad) and ways.wrong_for_one_row,
        (
            lambda grad, w, slope: grad + (grad * slope**2) @ w,
            lambda grad, w, slope: grad + (grad + grad * slope) @ w,
        )),
)  # fmt: skip
