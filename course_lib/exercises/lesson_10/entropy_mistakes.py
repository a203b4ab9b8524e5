"""What goes wrong with the entropy of pairs in lesson 10."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close


def _rows(counts):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _columns(counts):
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def _pairs(counts):
    return counts / counts.sum()


def _misaligned(counts):
    return counts / np.maximum(counts.sum(axis=1), 1)


def _one_more(counts):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 2)


def _not_divided(counts):
    return counts


def _smoothed(added):
    return lambda counts: (counts + added) / (counts + added).sum(axis=1, keepdims=True)


def _softmax(counts):
    powers = np.exp(counts - counts.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# what may stand for p, and what each -log p may be multiplied by
_PROBABILITIES = (_rows, _pairs, _columns, _misaligned, _not_divided, _softmax)
_WEIGHTS = {
    "mean": lambda counts: counts / counts.sum(),
    "sum": lambda counts: counts,
    "sum by rows": lambda counts: counts / len(counts),
    "sum by entries": lambda counts: counts / counts.size,
    "sum by kinds": lambda counts: counts / (counts > 0).sum(),
    "squares": lambda counts: _rows(counts) ** 2,
    "rows": _rows,
    "mean of rows seen": lambda counts: _rows(counts) / (counts.sum(axis=1) > 0).sum(),
    "mean of rows": lambda counts: _rows(counts) / len(counts),
    "rows by pairs": lambda counts: _rows(counts) / counts.sum(),
    "rows by pairs seen": lambda counts: _rows(counts) / (counts > 0).sum(),
    "columns": _columns,
    "logs": lambda counts: counts > 0,
    "mean of logs": lambda counts: (counts > 0) / (counts > 0).sum(),
}


def _sum(counts, probabilities=_rows, weight="mean", log=np.log):
    """Return the sum of -log p, weighted, over the pairs that occur."""
    seen, p = counts > 0, probabilities(counts)
    return -(_WEIGHTS[weight](counts)[seen] * log(p[seen])).sum()


def _made(probabilities=_rows, weight="mean", log=np.log):
    return lambda counts: _sum(counts, probabilities, weight, log)


def _unigram(axis):
    return lambda counts: _sum(counts.sum(axis=axis, keepdims=True).reshape(1, -1))


def _small_added(small):
    return lambda counts: -(counts * np.log(_rows(counts) + small)).sum() / counts.sum()


def _raised_to(floor):
    return _made(lambda counts: np.maximum(_rows(counts), floor))


def _mutual(counts):
    return _sum(counts.sum(axis=0, keepdims=True)) - _sum(counts)


def _plain(make, weight="mean"):
    """Return the sum of ``make(p)``, weighted: no logarithm."""

    def answer(counts):
        seen = counts > 0
        return (_WEIGHTS[weight](counts)[seen] * make(_rows(counts)[seen])).sum()

    return answer


_WITHOUT_LOG = tuple(
    _plain(make, weight)
    for weight in ("mean", "rows", "mean of rows")
    for make in (lambda p: 1 - p, lambda p: -p, lambda p: p, lambda p: 1 / p)
)


def _likeliest(counts):
    best = _rows(counts).max(axis=1)
    seen = best > 0
    return -(counts.sum(axis=1)[seen] * np.log(best[seen])).sum() / counts.sum()


def _log_of_mean(counts):
    return -np.log((counts * _rows(counts)).sum() / counts.sum())


def _log_of_means(counts):
    sizes = counts.sum(axis=1)
    seen = sizes > 0
    return -(sizes[seen] * np.log((_rows(counts) ** 2).sum(axis=1)[seen])).sum() / sizes.sum()


def _before_zeros(divide):
    """Return the answer that stops at the first row of zeros."""

    def answer(counts):
        empty = np.flatnonzero(counts.sum(axis=1) == 0)
        used = counts[: empty[0]] if empty.size else counts
        return _sum(used) * (used.sum() / counts.sum() if divide else 1)

    return answer


class Made:
    """What the numbers of an answer are made of."""

    def __init__(self, seen):
        self._seen, self.counts = seen, [counts for (counts,) in seen.cases]

    def equals(self, function):
        """Tell whether the answer is ``function(counts)`` in every case."""
        pairs = zip(self._seen.answers, self.counts, strict=True)
        return all(np.isclose(a, function(c), rtol=1e-9, atol=1e-12) for a, c in pairs)

    @cached_property
    def formula(self):
        """Probabilities and weights whose sum the answer is a multiple of, or None, None."""
        answers = np.array(self._seen.answers, float)
        for probabilities in _PROBABILITIES:
            for weight in _WEIGHTS:
                sums = np.array([_sum(c, probabilities, weight) for c in self.counts])
                if answers.any() and close(answers, sums * (answers @ sums) / (sums @ sums)):
                    return probabilities, weight
        return None, None

    @cached_property
    def factor(self):
        """The number that the right value is multiplied by in every case, or None."""
        right = np.array(self._seen.expected)
        factor = self._seen.answers @ right / (right @ right)
        return factor if close(np.array(self._seen.answers), factor * right) else None

    @cached_property
    def adds_to_probabilities(self):
        """Whether a number is added to each p: with one character the answer shows it."""
        return self.equals(_small_added(np.exp(-self._seen.call(np.array([[5]]))) - 1))

    @cached_property
    def adds_to_counts(self):
        """Whether a number is added to each count: two characters that repeat show it."""
        p = np.exp(-self._seen.call(np.array([[4, 0], [0, 4]])))
        added = 4 * (1 - p) / (2 * p - 1)
        usual = (1, 0.5, 0.1, 0.01, 1e-3)
        return self.equals(_with_smoothed(added)) or any(
            self.equals(_all_smoothed(small)) for small in usual
        )

    @cached_property
    def floor(self):
        """What smaller probabilities are raised to, None if they are not: a rare pair tells."""
        n = 10**9
        value = self._seen.call(np.array([[n, 1], [0, 0]]))
        p = np.exp(-(value * (n + 1) + n * np.log(n / (n + 1))))
        raised = 2 / n < p < 0.5 and self.equals(_raised_to(p))
        return float(p) if raised else None

    @cached_property
    def parts_told(self):
        """What it makes of rows that are alike, or of two others, beside what is right."""
        alike, others = np.array([[3, 1], [6, 2]]), np.array([[3, 1], [1, 1]])
        words = "where all rows are in the same proportion, 3 to 1, it gives"
        if np.isclose(self._seen.call(alike), _sum(alike), rtol=1e-6):
            alike, entropies = others, [f"{_sum(row[None]):.4f}" for row in others]
            words = (
                "a row by itself is right, and the mean over rows is not: rows of 4 and 2 "
                f"pairs with the entropies {' and '.join(entropies)} give"
            )
        came, right = float(self._seen.call(alike)), _sum(alike)
        if np.isclose(came, right, rtol=1e-3):
            return ""
        return f"{words} {came:.4f}, and {right:.4f} is right."

    @cached_property
    def nan(self):
        """Where the answer is nan, case by case."""
        return np.isnan(np.array(self._seen.answers, float))

    def nan_where(self, test):
        """Tell whether the answer is nan in some cases, all of them with ``test(counts)``."""
        cases = zip(self.counts, self.nan, strict=True)
        return self.nan.any() and all(test(counts) for counts, nan in cases if nan)

    @cached_property
    def wrong_where_one_occurs_once(self):
        """Whether it is right but where some character has one successor in all."""
        wrong = [t.case[0] for t in self._seen.trials if not t.right]
        return all((counts.sum(axis=1) == 1).any() for counts in wrong)

    @cached_property
    def one_for_each_row(self):
        """Whether there is one number for each row."""
        shapes = [getattr(answer, "shape", None) for answer in self._seen.answers]
        return shapes == [(len(counts),) for counts in self.counts]


def _with_smoothed(added):
    return _made(_smoothed(added))


def _all_smoothed(added):
    return lambda counts: _sum(counts + added)


def _known(name, example, when, sentence, *variants):
    """Return the mistake, explained with what came and what is right."""

    def explain(case, answer, expected):
        return f"{sentence} Here {compared(answer, expected)}"

    return Mistake(name, example, explain, variants, when)


def _divided_in_place(counts):
    counts /= np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return counts


def _without_axis(counts):
    return -(counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum() / counts.sum()


MISTAKES = (
    Mistake("0/0",
        lambda counts: _sum(counts) * np.prod(counts.sum(axis=1) / counts.sum(axis=1)),
        "it is nan where a row is all zeros: such a row divided by its sum is 0/0. Divide by 1 "
        "there (`np.maximum(rows, 1)`), or leave the row out.",
        when=lambda m: m.nan_where(lambda counts: not counts.sum(axis=1).all())),
    Mistake("0 log 0",
        _without_axis,
        "a pair that never occurs has the probability 0, the logarithm of 0 is -inf, and 0 "
        "times -inf is nan. Leave such pairs out: `seen = counts > 0`.",
        (
            lambda counts: -(_rows(counts) * np.log(_rows(counts))).sum() / counts.sum(),
            lambda counts: -(counts * np.log(_misaligned(counts))).sum() / counts.sum(),
        ),
        when=lambda m: m.nan_where(lambda counts: not counts.all())),
    _known("bits in place of nats", _made(log=np.log2),
        lambda m: m.factor and np.isclose(1 / np.log([2, 10]), m.factor).any(),
        "the logarithm has base 2, which gives bits, or base 10. The cross-entropy of the "
        "course is in nats: `np.log`.",
        _made(log=np.log10)),
    _known("single characters only", _unigram(0),
        lambda m: m.equals(_unigram(0)) or m.equals(_unigram(1)),
        "the pairs are not used: this is the entropy of single characters, the unigram "
        "entropy.",
        _unigram(1)),
    _known("entropy of the pair", _made(_pairs),
        lambda m: m.formula[0] is _pairs,
        "each count is divided by the number of all pairs, which gives the entropy of two "
        "characters together. The first one is known: divide each row by its own sum."),
    _known("the other way round", _made(_columns),
        lambda m: m.formula[0] is _columns,
        "this asks which character came before, as with columns divided by their sums. "
        "counts[i, j] has the present character in its row: sum along `axis=1`."),
    _known("row sums along the wrong axis", _made(_misaligned),
        lambda m: m.formula[0] is _misaligned,
        "column j was divided by the sum of row j: without its second axis the array of sums "
        "is laid along the rows. `counts.sum(axis=1, keepdims=True)` keeps each sum beside its "
        "row."),
    _known("counts in place of probabilities", _made(_not_divided),
        lambda m: m.formula[0] is _not_divided,
        "the logarithm is that of the counts. Divide each row by its own sum first."),
    _known("softmax of the counts", _made(_softmax),
        lambda m: m.formula[0] is _softmax,
        "the probabilities are a softmax of the counts: e to the power of each, divided by the "
        "sum. Counts are not logits: divide each row by its own sum."),
    _known("no logarithm", _WITHOUT_LOG[0],
        lambda m: any(map(m.equals, _WITHOUT_LOG)),
        "no logarithm is taken: probabilities themselves are averaged, or 1 - p, or 1/p. The "
        "entropy is the mean of -log p.",
        _WITHOUT_LOG[1]),
    _known("likeliest successor only", _likeliest,
        lambda m: m.equals(_likeliest),
        "each row counts by the probability of its likeliest successor alone. All successors "
        "that occur belong to the mean, each as often as it occurs."),
    _known("logarithm of a mean", _log_of_mean,
        lambda m: m.equals(_log_of_mean) or m.equals(_log_of_means),
        "the logarithm is taken of a mean probability. The entropy is the mean of -log p: each "
        "p has its own logarithm, and then comes the mean.",
        _log_of_means),
    _known("nothing behind a row of zeros", _before_zeros(True),
        lambda m: m.equals(_before_zeros(True)) or m.equals(_before_zeros(False)),
        "what stands behind a row of zeros is left out: the loop ends there. Skip that row, "
        "with `continue`, and go on with the next.",
        _before_zeros(False)),
    _known("perplexity", lambda counts: np.exp(_sum(counts)),
        lambda m: m.equals(lambda counts: np.exp(_sum(counts))),
        "this is e to the power of the entropy, the perplexity. The entropy itself is the mean "
        "of -log p."),
    Mistake("one number for each character",
        lambda counts: np.array([_sum(row[None]) if row.any() else 0.0 for row in counts]),
        "one number comes for each row. They belong to one text: weight each by the sum of its "
        "row, add them up, and divide by `counts.sum()`.",
        when=lambda m: m.one_for_each_row,
        any_form=True),
    _known("every character counts alike", _made(weight="mean of rows"),
        lambda m: m.formula[1] in ("rows", "mean of rows", "mean of rows seen"),
        "the entropies of the rows are averaged or added as if all characters were equally "
        "frequent. In a text the space counts for far more than the z: weight each row by its "
        "sum.",
        _made(weight="rows")),
    _known("not divided by the number of pairs", _made(weight="sum"),
        lambda m: m.formula[1] in ("sum", "sum by rows", "sum by entries", "sum by kinds"),
        "the sum over the whole text is not divided by the number of its pairs. The entropy is "
        "a mean: divide by `counts.sum()`.",
        _made(weight="sum by rows")),
    _known("pairs not weighted", _made(weight="mean of logs"),
        lambda m: m.formula[1] in ("logs", "mean of logs"),
        "every pair that occurs counts once, however often it occurs. In the mean over the "
        "text it counts counts[i, j] times.",
        _made(weight="logs")),
    _known("weighted by the conditional probability", _made(weight="rows by pairs"),
        lambda m: m.formula[1] in ("rows by pairs", "rows by pairs seen", "columns", "squares"),
        "the weight of a pair is a conditional probability, or its square, which forgets how "
        "frequent the present character is. Weight by the counts.",
        _made(weight="rows by pairs seen"),
        _made(weight="squares")),
    _known("number added to the probabilities", _small_added(1e-6),
        lambda m: m.adds_to_probabilities,
        "a number is added to every probability. That keeps clear of log 0, and changes all "
        "the others. Up to 1e-9 it passes; exact is to leave out what never occurs: `seen = "
        "counts > 0`.",
        _small_added(1e-3)),
    Mistake("small probabilities raised",
        _raised_to(0.01),
        "probabilities below some limit are raised to it, as by `np.clip` or `np.maximum`. A "
        "pair that seldom occurs then costs less than its -log p. Leave out what never occurs, "
        "and nothing else: `seen = counts > 0`.",
        (_raised_to(1e-3),),
        lambda m: m.floor),
    _known("what the pair tells", _mutual,
        None,
        "this is how much the first character tells of the second, H(j) - H(j | i) (their "
        "mutual information). What is asked for is the part that stays open: -log of p(j | i) "
        "alone, with no share of column j in it."),
    _known("counts smoothed", _with_smoothed(1),
        lambda m: m.adds_to_counts,
        "something is added to every count. That keeps the logarithm finite, and makes another "
        "table: it is good for text never seen before, and here the entropy of the counts "
        "themselves is asked for.",
        _all_smoothed(1)),
    _known("absent pairs counted once", lambda counts: _sum(np.maximum(counts, 1)), None,
        "pairs that never occur are counted once. That keeps the logarithm finite, and makes "
        "another table: leave them out, `seen = counts > 0`.",
        lambda counts: _sum(counts, lambda c: _rows(np.maximum(c, 1)))),
    _known("a character that occurs once", lambda counts: _sum(counts, _one_more),
        lambda m: m.wrong_where_one_occurs_once,
        "it is right, but where a character occurs once only: such a row is left out, or "
        "divided by more than its sum. Only a row of zeros needs care."),
    Mistake("another formula",
        lambda counts: (
            counts.sum(axis=1) @ np.log(np.maximum((counts > 0).sum(axis=1), 1)) / counts.sum()
        ),
        "A row by itself has the mean of -log p, each p with its own share; the text has the "
        "mean over all pairs, so that a row counts by its sum.",
        (lambda counts: _sum(_rows(counts).mean(axis=0, keepdims=True)),),
        when=lambda m: m.parts_told, measured=lambda m: m.parts_told, vague=True),
    Mistake("divided in place",
        _divided_in_place,
        "`/=` writes the quotients into the caller's array. It holds whole numbers and has no "
        "room for them; if it had, the counts would be gone. Give the probabilities a name of "
        "their own: `p = counts / ...`."),
)  # fmt: skip
