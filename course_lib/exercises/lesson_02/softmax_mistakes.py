"""What goes wrong with the gradient behind softmax and cross-entropy in lesson 02."""

from functools import cached_property

import numpy as np

from course_lib.activations import sigmoid
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close, factors
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits
from course_lib.exercises.kit.told import told_with

_LARGE = np.array([[1000.0, 0.0]]), np.array([1])
_NEAR = np.array([[1000.0, 999.0, 998.0]]), np.array([1])


def _batch(seed):
    """Return outputs and labels; no probability is 1/2, no class stands for its label."""
    rng = np.random.default_rng(seed)
    n, k = (4, 3) if seed else (3, 5)
    return rng.normal(size=(n, k)), (np.arange(n) * 2 + 1) % k


def _softmax(outputs, axis=1):
    exponentials = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _hot(outputs, labels):
    return 1.0 * (np.arange(outputs.shape[1]) == labels[:, None])


def _of(made):
    """Return the answers made(p, y) / n and made(p, y), with p in place of the outputs."""

    def mean(outputs, labels):
        return total(outputs, labels) / len(labels)

    def total(outputs, labels):
        return made(_softmax(outputs), _hot(outputs, labels))

    return mean, total


def _over_axis(axis):
    """Return p - y with sums over another axis, less the maxima of rows, of all, or none."""

    def plain(outputs):
        return np.exp(outputs) / np.exp(outputs).sum(axis=axis, keepdims=True)

    ways = (lambda o: _softmax(o, axis), lambda o: plain(o - o.max()), plain)
    return [lambda o, labels, p=p: p(o) - _hot(o, labels) for p in ways]


_OVER_ANOTHER_AXIS = [*_over_axis(0), *_over_axis(None)]


def _exponentials(outputs, shifted):
    return np.exp(outputs - shifted * outputs.max(axis=1, keepdims=True))


def _normalized(values):
    return values / values.sum(axis=1, keepdims=True)


def _one_maximum(outputs, labels):
    return _plain(outputs - outputs.max(), labels)


def _plain(outputs, labels):
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    return (p - _hot(outputs, labels)) / len(labels)


class Parts:
    """What an answer is made of: read off two batches, of 3 and of 4 rows.

    ``p`` and ``y`` stand for the probabilities and for the 1 of the right class.
    """

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _values(self):
        return [(*_batch(seed), self.seen.call(*_batch(seed))) for seed in (0, 1)]

    def is_(self, make):
        """Tell whether the answer is ``make(outputs, labels)``, or the n-th part of it."""
        return any(
            all(
                close(value, factor(len(o)) * make(o, labels))
                for o, labels, value in self._values
            )
            for factor in (lambda n: 1 / n, lambda n: 1)
        )

    def is_multiple(self, make):
        """Tell whether the answer is a multiple of ``make(outputs, labels)`` in each batch."""
        made = [
            (np.asarray(value, float), make(o, labels)) for o, labels, value in self._values
        ]
        return all(factors(made) or [0])

    @property
    def has_factor_of_mse(self):
        """Whether p - y, or outputs - y, is multiplied by 2/size."""
        return any(
            all(close(value * o.size / 2, make(o) - _hot(o, y)) for o, y, value in self._values)
            for make in (_softmax, lambda o: o)
        )

    @property
    def counts_labels(self):
        """Whether the last class is among the labels wherever it is right, and only there."""
        return all(
            trial.right == (trial.case[1].max() + 1 == trial.case[0].shape[1])
            for trial in self.seen.trials
        )

    @property
    def subtracts_labels(self):
        """Whether the row of labels is taken from each row of p, in a square batch."""
        o, labels = _batch(0)[0][:, :3], np.array([2, 0, 1])
        value, made = self.seen.call(o, labels), _softmax(o) - labels
        return close(value, made) or close(value, made / len(o))

    @property
    def is_loss(self):
        """Whether the mean loss came, or the sum, or the loss of each row."""
        for trial in self.seen.trials:
            o, labels = trial.case
            loss = -np.log(_softmax(o)[np.arange(len(labels)), labels])
            ways, numbers = (loss, loss.sum(), loss.mean()), fits(trial.answer, trial.expected)
            if not numbers or not any(close(np.abs(trial.answer), way) for way in ways):
                return False
        return True

    @property
    def whole_rows(self):
        """Whether y has rows of 1, those whose number stands among the labels."""
        o, labels = _batch(1)
        p, y = _softmax(o), np.isin(np.arange(len(o)), labels)[:, None]
        value = self.seen.call(o, labels)
        return close(value * len(o), p - y) or close(value, p - y)

    @property
    def weights(self):
        """Of p and of y, each times n, in both batches: shape (2, 2).

        Raises
        ------
        Unseen
            If the answer is no sum of the two.
        """
        rows = []
        for o, labels, value in self._values:
            columns = np.column_stack([_softmax(o).ravel(), _hot(o, labels).ravel()])
            found = np.linalg.lstsq(columns, value.ravel(), rcond=None)[0]
            if not close(columns @ found, value.ravel()):
                raise Unseen
            rows.append(found * len(o))
        return np.array(rows)

    def weighs(self, p, y):
        """Tell whether n times the answer has these weights, functions of n."""
        right = [(p(n), y(n)) for n in (3, 4)]
        return bool(np.allclose(self.weights, right))


def _whole_rows(outputs, labels):
    y = np.zeros(outputs.shape)
    y[labels] = 1
    return (_softmax(outputs) - y) / len(labels)


def _clipped(outputs, labels):
    return _plain(np.clip(outputs, -500, 500), labels)


def _parted(p_over, y_over):
    """Return the answer p/p_over(n) - y/y_over(n)."""

    def answer(outputs, labels):
        n, y = len(labels), _hot(outputs, labels)
        return _softmax(outputs) / p_over(n) - y / y_over(n)

    return answer


def _less(make):
    """Return the answers (make(outputs) - y)/n and make(outputs) - y."""
    total = lambda o, labels: make(o) - _hot(o, labels)  # noqa: E731
    return lambda o, labels: total(o, labels) / len(o), total


_IN_PLACE_OF_P = {
    "the outputs themselves stand": lambda o: o,
    "the sigmoid of each output stands": sigmoid,
    "exp(o) stands": np.exp,
    "exp(o - the row's largest) stands": lambda o: np.exp(o - o.max(axis=1, keepdims=True)),
    "the outputs divided by their sum stand": lambda o: o / o.sum(axis=1, keepdims=True),
    "log p stands": lambda o: np.log(_softmax(o)),
    "1 at the row's largest output stands": lambda o: _hot(o, o.argmax(axis=1)),
}

_shown = told_with(lambda case, answer, expected: f"Here {compared(answer, expected)}")


def _told(name, sentence, *examples, **more):
    """Return a mistake, also where exp overflows besides: the laws tell of that."""
    both = (way for example in examples for way in (example, _overflowing(example)))
    return _shown(name, sentence, *both, **more)


def _overflowing(example):
    def function(outputs, labels):
        return example(outputs, labels) + 0 * np.exp(np.abs(outputs)).max()

    return function


MISTAKES = (
    Mistake("outputs clipped", _clipped,
            "the cases are right, and clipping large outputs changes the probabilities: 1000 "
            "and 999 would get one and the same. Take the largest output off each row "
            "instead, `outputs.max(axis=1, keepdims=True)`: that changes no probability.",
            when=lambda facts: not facts.seen.wrong and np.isfinite(
                facts.seen.call(*_NEAR)).all() and not close(
                facts.seen.call(*_NEAR), facts.seen.right(*_NEAR))),
    Mistake("one maximum for the whole batch", _one_maximum,
            "the cases are right, but this takes one maximum for the whole batch; take each "
            "row's own: `outputs.max(axis=1, keepdims=True)`. In a row whose outputs all lie "
            "far below those of another, every exp is 0, and 0/0 is nan.",
            when=lambda facts: not facts.seen.wrong and close(
                facts.seen.call(*_LARGE), facts.seen.right(*_LARGE))),
    Mistake("exp overflows", _plain,
            "the cases are right, and exp overflows for large outputs: inf/inf is nan. Take "
            "the largest output off each row first. That changes no probability.",
            when=lambda facts: not facts.seen.wrong),
    _told("softmax along the wrong axis",
          "the exponentials are divided by a sum over the batch, or over everything. The "
          "probabilities of one example, one row, add up to 1: `sum(axis=1, keepdims=True)`.",
          *(lambda o, labels, f=f: f(o, labels) / len(o) for f in _OVER_ANOTHER_AXIS),
          when=lambda facts: any(map(facts.is_, _OVER_ANOTHER_AXIS))),
    _told("the right class forgotten",
          "these are the probabilities alone. The right class has a part of its own: "
          "differentiate -log p = -o + log of the sum, and look at the first term.",
          *_of(lambda p, y: p)),
    _told("with respect to the probabilities",
          "this is -1/p at the right class: the gradient at the probabilities. One gate is "
          "left on the way back to the outputs, the softmax.",
          *_of(lambda p, y: -y / p)),
    _told("only the diagonal of the softmax",
          "only the right class has a gradient. Each probability depends on *all* outputs of "
          "its row, as they share the sum: the Jacobian of the softmax is not diagonal.",
          *_of(lambda p, y: -y * (1 - p)), *_of(lambda p, y: -y * p)),
    _told("all these columns in every row",
          "`p[:, labels]` takes the columns of all labels in *every* row. Each row has its own "
          "label: `p[np.arange(len(labels)), labels]` takes pairs of row and column.",
          *_of(lambda p, y: p - y.any(axis=0))),
    _told("whole rows for single entries",
          "`y[labels] = 1` sets whole *rows* to 1, those whose number is a label. Each row has "
          "a 1 in the column of its own label: `y[np.arange(len(labels)), labels] = 1`.",
          _whole_rows, when=lambda facts: facts.whole_rows, any_form=True),
    _told("mse's gradient",
          "the difference is multiplied by 2/outputs.size: so begins the way back from `mse`, "
          "2 (o - y)/size. From the cross-entropy it begins with (p - y)/n. In the place of "
          "the outputs stand the probabilities p, the softmax of each row, and n is the number "
          "of rows.",
          lambda o, labels: 2 * (o - _hot(o, labels)) / o.size,
          lambda o, labels: 2 * (_softmax(o) - _hot(o, labels)) / o.size,
          when=lambda facts: facts.has_factor_of_mse),
    _told("labels taken for a one-hot matrix",
          "the label numbers themselves are subtracted. What is subtracted is 1, at the right "
          "class only: `p[np.arange(len(labels)), labels] -= 1`.",
          *(lambda o, labels, k=k, to=to: (_softmax(o) - labels[to]) / (len(o) if k else 1)
            for k in (1, 0) for to in ((slice(None), None), ...)),
          when=lambda facts: facts.subtracts_labels or facts.is_(
              lambda o, labels: _softmax(o) - labels[:, None]), any_form=True),
    Mistake("the number of classes from the labels",
            lambda o, labels: (_softmax(o) - np.eye(labels.max() + 1)[labels]) / len(o),
            "the number of classes is taken from the labels, and the last class need not be "
            "among them. `outputs.shape[1]` is the number of classes.",
            when=lambda facts: facts.counts_labels, any_form=True),
    _told("1 taken from every entry",
          "1 is subtracted from every entry. It belongs to the right class of each row only: "
          "`p[np.arange(len(labels)), labels] -= 1`.",
          *_of(lambda p, y: p - 1),
          when=lambda facts: facts.is_(lambda o, labels: _softmax(o) - 1)),
    _told("the 1 not divided by n",
          "p is divided by n before 1 is subtracted, so that this 1 counts n times too much. "
          "First subtract, then divide all of it: (p - y) / n.",
          _parted(lambda n: n, lambda n: 1),
          when=lambda facts: facts.weighs(lambda n: 1, lambda n: -n)),
    _told("p not divided by n",
          "only the 1 of the right class is divided by n, and p is not. All of it is: "
          "(p - y) / n.",
          _parted(lambda n: 1, lambda n: n),
          when=lambda facts: facts.weighs(lambda n: n, lambda n: -1)),
    _told("1 added",
          "1 is added at the right class. It is subtracted: -log p = -o + log of the sum.",
          *_of(lambda p, y: p + y), vague=True,
          when=lambda facts: facts.is_(lambda o, labels: _softmax(o) + _hot(o, labels))),
    _told("the softmax's slope once more",
          "p - y is multiplied by a slope of the softmax once more. It is in there already: "
          "p - y is the gradient at the outputs.",
          *_of(lambda p, y: (p - y) * p * (1 - p)), *_of(lambda p, y: (p - y) * p), vague=True,
          when=lambda facts: any(facts.is_(lambda o, labels, f=f: (
              _softmax(o) - _hot(o, labels)) * f(_softmax(o)))
              for f in (lambda p: p * (1 - p), lambda p: p, lambda p: 1 - p))),
    _told("squared",
          "p - y is squared. The gradient of the cross-entropy is p - y itself.",
          *_of(lambda p, y: (p - y) ** 2),
          when=lambda facts: facts.is_(lambda o, labels: (_softmax(o) - _hot(o, labels)) ** 2)),
    _told("1 subtracted before the division",
          "1 is subtracted from the exponential, before it is divided by the sum of its row. "
          "First divide, which makes p; then subtract 1 from p.",
          *(lambda o, labels, s=s: (_exponentials(o, s) - _hot(o, labels))
            / _exponentials(o, s).sum(axis=1, keepdims=True) / len(o) for s in (1, 0)),
          *(lambda o, labels, s=s: _normalized(_exponentials(o, s) - _hot(o, labels)) / len(o)
            for s in (1, 0)),
          when=lambda facts: any(
              facts.is_(lambda o, labels, s=s: (_exponentials(o, s) - _hot(o, labels))
                        / _exponentials(o, s).sum(axis=1, keepdims=True))
              or facts.is_(lambda o, labels, s=s: _normalized(
                  _exponentials(o, s) - _hot(o, labels))) for s in (1, 0))),
    _told("the loss in place of its gradient",
          "this is -log p, or log p: the loss itself, or its parts. Its gradient with respect "
          "to the outputs is asked for.",
          *_of(lambda p, y: -y * np.log(p)), *_of(lambda p, y: -np.log(p)),
          lambda o, labels: -np.mean(np.log(_softmax(o)[np.arange(len(labels)), labels])),
          when=lambda facts: facts.is_loss or any(facts.is_(
              lambda o, labels, f=f: -f(o, labels) * np.log(_softmax(o)))
              for f in (_hot, lambda o, labels: 1)),
          any_form=True),
    *(_told(f"no softmax: {words.removesuffix(' stands').removesuffix(' stand')}",
            f"{words} in the place of the probabilities. A row's probabilities are the "
            "softmax: exp(o) divided by the sum of exp over the row. The gradient is (p - y)/n "
            "for n rows.",
            *_less(make),
            when=lambda facts, make=make: facts.is_multiple(
                lambda o, labels: make(o) - _hot(o, labels)))
      for words, make in _IN_PLACE_OF_P.items()),
)  # fmt: skip
