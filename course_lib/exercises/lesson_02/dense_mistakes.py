"""What goes wrong with the backward pass of a dense layer in lesson 02."""

import numpy as np

from course_lib.activations import sigmoid
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.shapes import about_shapes
from course_lib.mlp import dense_backward

_NAMES = ("grad_w", "grad_b", "grad_a_previous")


class BackwardFacts:
    """The three values in every case that returned three, beside what belongs there."""

    def __init__(self, seen):
        self.errors = [trial.error for trial in seen.trials if trial.error]
        rows = [trial for trial in seen.trials if not trial.error]
        if not rows or not all(map(_has_three, rows)):
            raise Unseen
        self.rows = [(trial.case, trial.answer, trial.expected) for trial in rows]

    def are(self, **made):
        """Tell whether these values are made so, ``made(delta, a_previous, w)``; others right.

        A tuple of functions stands for several ways.
        """
        return all(
            any(self._is(i, way) for way in _ways(made.get(name, _right(i))))
            for i, name in enumerate(_NAMES)
        )

    def _is(self, i, way):
        try:
            return all(close(np.asarray(a[i], float), way(*case)) for case, a, _ in self.rows)
        except ValueError:  # a way that does not fit these shapes is not the answer's
            return False

    def partly(self, function):
        """Tell whether each value is that of a function, or right."""
        return self.are(
            **{name: (lambda *case, i=i: function(*case)[i], _right(i))
               for i, name in enumerate(_NAMES)}
        )  # fmt: skip

    @property
    def updated(self):
        """Whether δ was handed back through w - η grad_w, at one rate η above rounding."""
        if any(np.shape(a[2]) != right[2].shape for _, a, right in self.rows):
            return False
        gaps = np.concatenate([np.ravel(a[2] - right[2]) for _, a, right in self.rows])
        steps = np.concatenate([np.ravel(case[0] @ right[0]) for case, _, right in self.rows])
        rate = -(gaps @ steps) / (steps @ steps)
        return rate > 1e-9 and np.allclose(gaps, -rate * steps, rtol=1e-6, atol=1e-9)


def _has_three(trial):
    """Tell whether three arrays of real numbers came."""
    parts = trial.answer if isinstance(trial.answer, tuple | list) else ()
    numeric = (isinstance(p, np.ndarray | float) and np.asarray(p).dtype.kind in "iuf"
               for p in parts)  # fmt: skip
    return len(parts) == 3 and all(numeric)


def _right(i):
    return lambda *case: dense_backward(*case)[i]


def _ways(made):
    return made if isinstance(made, tuple) else (made,)


def _one_value(name, value, *ways, words, only_shapes=False):
    """Return the mistake of making one of the values in one of these ways."""
    i = _NAMES.index(value)

    def example(way):
        def function(delta, a_previous, w):
            values = list(dense_backward(delta, a_previous, w))
            values[i] = way(delta, a_previous, w)
            return tuple(values)

        return function

    def when(facts):
        raised = bool(facts.errors) and all(map(about_shapes, facts.errors))
        return raised == only_shapes == bool(facts.errors) and facts.are(**{value: ways})

    function, *variants = map(example, ways)
    return Mistake(name, function, words, tuple(variants), when, any_form=True)


def _mean_of(*names):
    def function(delta, a_previous, w):
        values = dense_backward(delta, a_previous, w)
        pairs = zip(_NAMES, values, strict=True)
        return tuple(v / len(delta) if name in names else v for name, v in pairs)

    return function


def _of_one(example):
    """Return what one example of the batch gives alone: the first (0) or the last (-1)."""

    def function(delta, a_previous, w):
        d, a = delta[example], a_previous[example]
        return np.outer(d, a), d, d @ w

    return function


def _updated_first(delta, a_previous, w):
    grad_w, grad_b, _ = dense_backward(delta, a_previous, w)
    return grad_w, grad_b, delta @ (w - 0.1 * grad_w)


def _updated_in_place(delta, a_previous, w):
    grad_w, grad_b, _ = dense_backward(delta, a_previous, w)
    w -= 0.1 * grad_w
    return grad_w, grad_b, delta @ w


def _explain_transposed(case, answer, expected):
    _, _, w = case
    return (
        f"grad_w is transposed. It must have the shape of w, (fan_out, fan_in) = {w.shape}, as "
        f"it is subtracted from w in the end; here it has {np.shape(answer[0])}. In a square "
        "layer the shapes agree, and nothing but the numbers tells."
    )


def _explain_mean(case, answer, expected):
    n_batch = len(case[0])
    return (
        f"something is divided by the number of examples, here {n_batch}. The loss has its 1/n "
        "already, so delta carries it: the backward pass only sums over the batch. Divided "
        "again, the gradient is n times too small."
    )


def _explain_not_summed(case, answer, expected):
    return (
        f"grad_b has shape {np.shape(answer[1])}, one row per example. All examples share one "
        f"bias, so their rows are added: shape {np.shape(expected[1])}."
    )


def _explain_axis(case, answer, expected):
    return (
        "grad_b is summed over the wrong axis. delta has shape (n_batch, fan_out) = "
        f"{case[0].shape}; the sum goes over the batch, axis 0, and leaves one number for "
        "every bias."
    )


def _explain_one_sum(case, answer, expected):
    n_batch, fan_out = case[0].shape
    return (
        f"grad_b is one number, {np.ravel(answer[1])[0]:.4g}: `sum()` without an axis adds up "
        f"all of delta. There is one bias for each of the fan_out = {fan_out} columns: sum "
        f"over the n_batch = {n_batch} rows only, `sum(axis=0)`."
    )


MISTAKES = (
    _one_value("grad_w transposed", "grad_w", lambda d, a, w: a.T @ d,
               words=_explain_transposed),
    Mistake(
        "mean over the batch",
        _mean_of("grad_w", "grad_b"),
        _explain_mean,
        variants=(_mean_of("grad_w"), _mean_of("grad_b", "grad_a_previous")),
        when=lambda facts: facts.partly(_mean_of(*_NAMES)),
    ),
    Mistake(
        "one example only",
        _of_one(-1),
        "one example alone counts, the first or the last. All examples share w and b: their "
        "parts are added up, over the whole batch. (In a loop, `=` puts the next in the place "
        "of the last, and `+=` adds it; a `return` ends it.)",
        variants=(_of_one(0), lambda d, a, w: (*_of_one(-1)(d, a, w)[:2], d @ w)),
        any_form=True,
        when=lambda facts: any(facts.partly(_of_one(example)) for example in (-1, 0)),
        vague=True,
    ),
    _one_value("bias not summed", "grad_b", lambda d, a, w: d, words=_explain_not_summed),
    _one_value("bias summed over the wrong axis", "grad_b", lambda d, a, w: d.sum(axis=1),
               lambda d, a, w: d.sum(axis=1, keepdims=True),
               words=_explain_axis),
    _one_value("bias summed over everything", "grad_b", lambda d, a, w: d.sum(),
               lambda d, a, w: d.sum() / len(d), lambda d, a, w: d.mean(),
               lambda d, a, w: np.array([d.sum()]),
               words=_explain_one_sum),
    _one_value(
        "w transposed",
        "grad_a_previous",
        lambda d, a, w: d @ w.T,
        words="forward, the layer multiplies by w.T; backward by w itself. The shapes say it: "
        "delta is (n_batch, fan_out), w is (fan_out, fan_in), and (n_batch, fan_in) is wanted. "
        "A square layer lets w.T pass without an error.",
        only_shapes=True,
    ),
    _one_value(
        "z in place of a_previous",
        "grad_w",
        lambda d, a, w: d.T @ (a @ w.T),
        lambda d, a, w: d.T @ sigmoid(a @ w.T),
        lambda d, a, w: d.T @ np.tanh(a @ w.T),
        words="grad_w is made with what comes out of the layer: z = a_previous @ w.T, or an "
        "activation of it. The weights multiply what goes in: grad_w is made with a_previous.",
    ),
    _one_value(
        "slope of the activation multiplied in",
        "grad_a_previous",
        lambda d, a, w: (d @ w) * a * (1 - a),
        words="the third value already contains a(1 - a), the slope of the layer below. This "
        "function ends at a_previous; the step from a to z belongs to the layer below and its "
        "activation. Done in both places, it counts twice.",
    ),
    _one_value(
        "signs in place of a_previous",
        "grad_w",
        lambda d, a, w: d.T @ (a > 0),
        lambda d, a, w: d.T @ np.sign(a),
        lambda d, a, w: d.T @ np.maximum(a, 0),
        words="grad_w takes the signs of a_previous, or its positive part, in the place of its "
        "values. What comes in has been through its activation already: it is used as it is.",
    ),
    _one_value(
        "sums multiplied in place of products summed",
        "grad_w",
        lambda d, a, w: np.outer(d.sum(0), a.sum(0)),
        lambda d, a, w: np.outer(d.mean(0), a.mean(0)),
        lambda d, a, w: np.outer(d.sum(0), a.mean(0)),
        words="grad_w is made of sums over the batch: delta and a_previous are each added up, "
        "or averaged, and then multiplied. Every example has a product of its own, and these "
        "are added up, as `delta.T @ a_previous` does.",
    ),
    Mistake(
        "w updated first",
        _updated_first,
        "w is changed by a step before delta goes back through it. The gradient belongs to the "
        "w that the forward pass has used: first all three values, then the step, which is the "
        "optimizer's and not done here.",
        variants=(_updated_in_place,),
        when=lambda facts: not facts.errors and facts.updated,
        any_form=True,
    ),
)  # fmt: skip
