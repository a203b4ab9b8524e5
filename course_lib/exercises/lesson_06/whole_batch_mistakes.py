"""What goes wrong with the gradient of a batch that comes in parts, in lesson 06."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.values import fits
from course_lib.exercises.kit.told import told_with

_SIZES = [np.array(sizes) for sizes in ([4, 1, 3], [2, 6, 5, 8], [5, 5, 2])]


_OTHER_MEANS = (np.log, np.exp), (np.reciprocal, np.reciprocal), (np.square, np.sqrt)


class Facts:
    """The weight that each micro-batch gets, for two lists of sizes."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _weights(self):
        """Weights for both lists of sizes, and whether the gradients enter as they are."""
        found, linear = [], True
        for sizes in _SIZES:
            k = len(sizes)
            weights = self.seen.call(np.eye(k, k + 1), sizes)[:k]
            others = np.arange(k * (k + 1.0)).reshape(k, -1) ** 1.5 - 4
            linear &= np.allclose(self.seen.call(others, sizes), weights @ others)
            found.append(weights)
        return found, linear

    @property
    def is_weighted_sum(self):
        """Whether the answer adds multiples of the gradients, and nothing else."""
        return self._weights[1]

    def are(self, *forms):
        """Tell whether the weights are one of these functions of the sizes."""
        found, linear = self._weights
        return linear and any(
            all(np.allclose(w, form(n)) for w, n in zip(found, _SIZES, strict=True))
            for form in forms
        )

    @property
    def is_of_other_numbers(self):
        """Whether the mean is one of logarithms, reciprocals or squares, turned back."""
        sizes, gradients = _SIZES[0], np.arange(1.0, 13.0).reshape(3, 4) ** 1.5
        came = self.seen.call(gradients, sizes)
        return any(
            np.allclose(came, back(w @ there(gradients)))
            for w in (sizes / sizes.sum(), np.full(3, 1 / 3))
            for there, back in _OTHER_MEANS
        )

    def are_multiples(self, form):
        """Tell whether the weights are this function of the sizes but for a factor each."""
        found, linear = self._weights
        return linear and all(
            w.sum() > 0 and np.allclose(w / w.sum(), form(n) / form(n).sum())
            for w, n in zip(found, _SIZES, strict=True)
        )

    @property
    def weights_told(self):
        """Wrong weights for some sizes beside the right ones, "" if there are none."""
        pairs = zip(*self._weights[:1], _SIZES, strict=True)
        for weights, sizes in pairs:
            if not np.allclose(weights, sizes / sizes.sum()):
                return (
                    f"for sizes {_listed(sizes)} the gradients are weighted with "
                    f"{_listed(weights)}, and {_listed(sizes / sizes.sum())} are right."
                )
        return ""

    @property
    def sums_told(self):
        """What weights in proportion to the sizes add up to, for some sizes."""
        weights, sizes = self._weights[0][0], _SIZES[0]
        return (
            "the weights are in proportion to the sizes, and they do not add up to 1: for "
            f"sizes {_listed(sizes)} they add up to {weights.sum():.4g}."
        )

    @property
    def follows_columns(self):
        """Whether there is a number for each micro-batch in place of each parameter."""
        return all(
            isinstance(t.error, IndexError)
            if t.case[0].shape[0] > t.case[0].shape[1]
            else fits(t.answer, t.expected) and np.shape(t.answer) == (len(t.case[0]),)
            and np.allclose(t.answer, t.expected[: len(t.case[0])])
            for t in self.seen.trials
        )  # fmt: skip

    @property
    def is_of_one(self):
        """Whether one micro-batch alone has a weight."""
        found, linear = self._weights
        return linear and all(np.count_nonzero(w) == 1 for w in found)

    @property
    def leaves_some_out(self):
        """Whether some micro-batches have no weight, and others have."""
        found, linear = self._weights
        return linear and all(np.any(w) and not np.all(w) for w in found)

    @property
    def fits_square_ones(self):
        """Whether it raises about shapes unless there are as many micro-batches as parameters.

        Where there is one of either, it may raise or not.
        """
        trials = [(t.error, *t.case[0].shape) for t in self.seen.trials]
        return all(
            isinstance(error, ValueError) if k != n and 1 not in (k, n) else k != n or not error
            for error, k, n in trials
        )

    def has_shape(self, shape):
        """Tell whether all answers have this shape, a function of (K, n_params)."""
        return all(
            isinstance(a, np.ndarray | np.number | float) and np.shape(a) == shape(*g.shape)
            for a, (g, _) in zip(self.seen.answers, self.seen.cases, strict=True)
        )


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values[:4]) + (", ..." * (len(values) > 4))


def _numbers(case, answer, expected):
    gradients, sizes = case
    i = farthest_apart(answer, expected)
    received, right = show_apart(answer[i], expected[i])
    return (
        f"For one parameter, means {_listed(gradients[:, i])} with sizes {_listed(sizes)} give "
        f"{received}, and {right} is right."
    )


_told = told_with(_numbers)


def _weighted(name, sentence, *forms, when=None, vague=False):
    """Return the mistake of weighting the gradients so, by functions of the sizes."""
    examples = [lambda gradients, sizes, form=form: form(sizes) @ gradients for form in forms]
    when = when or (lambda facts: facts.are(*forms))
    return _told(name, sentence, *examples, when=when, any_form=True, vague=vague)


MISTAKES = (
    _weighted("1/K forgotten",
              "the gradients are added and not divided. The loss is a mean, so the sum of K "
              "means is about K times too long: that is a learning rate K times as large, "
              "without a word. (In PyTorch `backward()` adds like this; the loss of each part "
              "is divided before.) And each mean needs its size as weight.",
              lambda n: np.ones(len(n))),
    _weighted("taken for sums",
              "the total is divided by the number of all examples, as if every gradient were "
              "the sum over its examples. They are means: times their size first.",
              lambda n: np.ones(len(n)) / n.sum()),
    _weighted("equal weights",
              "the micro-batches count alike, and so the examples of a small one count for "
              "more. Each mean needs the number of its examples as weight: that makes it their "
              "sum again.", lambda n: np.ones(len(n)) / len(n),
              lambda n: n.max() * np.ones(len(n)),
              when=lambda facts: facts.are_multiples(lambda n: np.ones(len(n)))),
    _weighted("divided by the number of micro-batches",
              "weighted by the sizes, this is the sum over all examples: it has to be divided "
              "by their number, the sum of the sizes, and not by the number of micro-batches.",
              lambda n: n / len(n)),
    _weighted("divided by the sizes",
              "each mean is divided by its number of examples, though it has been already. To "
              "get back to sums multiply by it.",
              lambda n: 1 / n, lambda n: 1 / n / len(n), lambda n: 1 / n / (1 / n).sum(),
              when=lambda facts: facts.are_multiples(lambda n: 1 / n)),
    _weighted("one micro-batch only",
              "one micro-batch decides alone, and all belong to the mean. (If there is a loop: "
              "is the sum overwritten in every round, or does `return` stand inside it?)",
              lambda n: np.eye(len(n))[-1], lambda n: np.eye(len(n))[0],
              lambda n: np.eye(len(n))[-1] * n / n.sum(), when=lambda facts: facts.is_of_one),
    _weighted("a micro-batch left out",
              "some micro-batch has no weight, so that its examples do not count: is it left "
              "out by a condition, or does a loop begin too late or end too soon?",
              lambda n: np.where(np.arange(len(n)) > 0, n, 0) / n.sum(),
              lambda n: (n == n.max()) / (n == n.max()).sum(),
              when=lambda facts: facts.leaves_some_out),
    _told("another kind of mean",
          "the mean is a geometric, harmonic or quadratic one: it is taken of logarithms, "
          "reciprocals or squares. The gradients themselves are averaged, by their sizes.",
          lambda gradients, sizes: np.sqrt(sizes @ gradients**2 / sizes.sum()),
          lambda gradients, sizes: np.exp(sizes @ np.log(np.abs(gradients)) / sizes.sum()),
          lambda gradients, sizes: np.exp(sizes @ np.log(gradients) / sizes.sum()),
          lambda gradients, sizes: sizes.sum() / (sizes @ (1 / gradients)),
          when=lambda facts: facts.is_of_other_numbers, any_form=True),
    _weighted("cut to whole numbers",
              "`//` divides whole numbers and cuts the rest off: every share below 1 is 0. `/` "
              "keeps the fraction.", lambda n: n // n.sum()),
    Mistake("weights that do not add up to 1",
            lambda gradients, sizes: sizes / np.linalg.norm(sizes) @ gradients,
            "Sizes divided by their own sum, `sizes.sum()`, do.",
            (lambda gradients, sizes: sizes / sizes[0] @ gradients,
             lambda gradients, sizes: sizes / (sizes.sum() + 1) @ gradients),
            when=lambda facts: facts.are_multiples(lambda n: n)
            and known_relation(facts.seen) is None,
            measured=lambda facts: facts.sums_told, vague=True),
    Mistake("other weights",
            lambda gradients, sizes: np.sqrt(sizes) @ gradients / np.sqrt(sizes).sum(),
            "A gradient counts in proportion to the number of its examples.",
            (lambda gradients, sizes: (sizes / sizes.sum() + 0.1) @ gradients,
             lambda gradients, sizes: sizes**2 @ gradients),
            when=lambda facts: facts.is_weighted_sum and facts.weights_told,
            measured=lambda facts: facts.weights_told, vague=True),
    _told("gradients changed before",
          "this is no weighted sum of the gradients: each is shortened, squared or the like "
          "before, or another mean is taken, such as a median.",
          lambda gradients, sizes: sizes / sizes.sum() @ np.sign(gradients),
          lambda gradients, sizes: np.median(gradients, axis=0),
          lambda gradients, sizes: np.average(
              [g / max(1, np.linalg.norm(g)) for g in gradients], axis=0, weights=sizes),
          when=lambda facts: not facts.is_weighted_sum, any_form=True, vague=True),
    Mistake("as many parameters as micro-batches",
            lambda gradients, sizes: np.array([sizes @ gradients[:, j] / sizes.sum()
                                               for j in range(len(gradients))]),
            "each number is right, and there is one for each micro-batch. One for each "
            "parameter is needed: the columns are `gradients.shape[1]`.",
            when=lambda facts: facts.follows_columns, any_form=True),
    Mistake("wrong axis", lambda gradients, sizes: gradients.mean(axis=1),
            "the sum goes over the wrong axis. gradients has shape (K, n_params), one "
            "micro-batch per row: the sum goes over the rows, axis 0, and leaves one number "
            "for each parameter.",
            variants=(lambda gradients, sizes: gradients.sum(axis=1) / sizes.sum(),),
            when=lambda facts: facts.has_shape(lambda k, n: (k,)), any_form=True),
    Mistake("one number for all parameters", lambda gradients, sizes: gradients.mean(),
            "everything is added up or averaged into one number. A gradient has one for every "
            "parameter: sum over the micro-batches only, `axis=0`.",
            when=lambda facts: facts.has_shape(lambda k, n: ()), any_form=True),
    Mistake("weights along the wrong axis",
            lambda gradients, sizes: (sizes * gradients).sum(axis=0) / sizes.sum(),
            "`sizes * gradients` sets the sizes along the parameters: NumPy matches the last "
            "axis. Where the number of parameters differs it raises an error, where it is the "
            "same the numbers are wrong without one. A column, `sizes[:, None] * gradients`, "
            "weights the rows; `sizes @ gradients` weights and adds.",
            variants=(lambda gradients, sizes: gradients * sizes,
                      lambda gradients, sizes: gradients @ sizes / sizes.sum(),
                      lambda gradients, sizes: np.average(gradients, axis=1, weights=sizes)),
            when=lambda facts: facts.fits_square_ones, any_form=True),
)  # fmt: skip
