"""What goes wrong with the entropy of pairs in lesson 10."""

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake


def _rows(counts):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _entropy(counts, p, log=np.log):
    """Return the mean of -log p over all pairs of the text."""
    seen = counts > 0
    return -(counts[seen] * log(p[seen])).sum() / counts.sum()


def _of_shares(p):
    return -(p[p > 0] * np.log(p[p > 0])).sum()


def _row_entropies(counts):
    return np.array([_of_shares(row) for row in _rows(counts)])


def _columns(counts):
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def _row_sums_along_rows(counts):
    return counts / np.maximum(counts.sum(axis=1), 1)


def _added_to_p(counts, small):
    return -(counts * np.log(_rows(counts) + small)).sum() / counts.sum()


def _divided_in_place(counts):
    counts /= np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return _of_shares(counts)


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""
    return lambda case, answer, expected: f"{sentence} Here {compared(answer, expected)}"


MISTAKES = (
    Mistake(
        "bits in place of nats",
        lambda counts: _entropy(counts, _rows(counts), np.log2),
        _with_numbers("the logarithm has base 2, which gives bits. The cross-entropy of the "
                      "course is in nats: `np.log`."),
        variants=(lambda counts: _entropy(counts, _rows(counts), np.log10),),
    ),
    Mistake(
        "sign",
        lambda counts: -_entropy(counts, _rows(counts)),
        _with_numbers("logarithms of probabilities are negative: the entropy needs a minus."),
    ),
    Mistake(
        "entropy of the pair",
        lambda counts: _entropy(counts, counts / counts.sum()),
        _with_numbers("each count is divided by the number of all pairs, which gives the "
                      "entropy of two characters together. The first one is known: divide each "
                      "row by its own sum."),
        variants=(lambda counts: _entropy(counts, counts / counts.sum()) / 2,),
    ),
    Mistake(
        "every character counts alike",
        lambda counts: _row_entropies(counts).mean(),
        _with_numbers("the entropies of the rows are averaged or added as if all characters "
                      "were equally frequent. In a text the space counts for far more than the "
                      "z: weight each row by its sum."),
        variants=(lambda counts: _row_entropies(counts)[counts.sum(axis=1) > 0].mean(),
                  lambda counts: _row_entropies(counts).sum()),
    ),
    Mistake(
        "the other way round",
        lambda counts: _entropy(counts, _columns(counts)),
        _with_numbers("the columns are divided by their sums: this asks which character came "
                      "before. counts[i, j] has the present character in its row: sum along "
                      "`axis=1`."),
    ),
    Mistake(
        "row sums along the wrong axis",
        lambda counts: _entropy(counts, _row_sums_along_rows(counts)),
        _with_numbers("column j was divided by the sum of row j: without its second axis the "
                      "array of sums is laid along the rows. `counts.sum(axis=1, "
                      "keepdims=True)` keeps each sum beside its row."),
        variants=(lambda counts: _entropy(counts, counts / counts.sum(axis=1)),
                  lambda counts: -(counts * np.log(_row_sums_along_rows(counts))).sum()
                  / counts.sum(),
                  lambda counts: -(counts * np.log(counts / counts.sum(axis=1))).sum()
                  / counts.sum()),
    ),
    Mistake(
        "small number added",
        lambda counts: _added_to_p(counts, 1e-6),
        _with_numbers("a number added to every probability keeps clear of log 0, and changes "
                      "all the others a little. Up to 1e-9 that passes; exact is to leave out "
                      "what never occurs: `seen = counts > 0`."),
        variants=tuple((lambda counts, small=small: _added_to_p(counts, small))
                       for small in (1e-7, 1e-5, 1e-4, 1e-3)),
    ),
    Mistake(
        "single characters only",
        lambda counts: _of_shares(counts.sum(axis=0) / counts.sum()),
        _with_numbers("the pairs are not used: this is the entropy of single characters, the "
                      "unigram entropy."),
        variants=(lambda counts: _of_shares(counts.sum(axis=1) / counts.sum()),),
    ),
    Mistake(
        "not divided by the number of pairs",
        lambda counts: _entropy(counts, _rows(counts)) * counts.sum(),
        _with_numbers("this is the sum over the whole text. The entropy is a mean: divide by "
                      "`counts.sum()`."),
        variants=(lambda counts: _entropy(counts, _rows(counts)) * counts.sum() / len(counts),
                  lambda counts: _entropy(counts, _rows(counts)) * counts.sum() / counts.size,
                  lambda counts: -np.sum(np.log(_rows(counts)[counts > 0]))),
    ),
    Mistake(
        "pairs not weighted",
        lambda counts: -np.log(_rows(counts)[counts > 0]).mean(),
        _with_numbers("every pair that occurs counts once, however often it occurs. In the "
                      "mean over the text it counts counts[i, j] times."),
    ),
    Mistake(
        "weighted by the conditional probability",
        lambda counts: _row_entropies(counts).sum() / counts.sum(),
        _with_numbers("the weight of a pair is p(next | present), which forgets how frequent "
                      "the present character is. Weight by the counts."),
    ),
    Mistake(
        "0 log 0",
        lambda counts: -(counts * np.log(_rows(counts))).sum() / counts.sum(),
        "a pair that never occurs has the probability 0, the logarithm of 0 is -inf, and 0 "
        "times -inf is nan. Leave such pairs out: `seen = counts > 0`.",
        variants=(lambda counts: -(counts * np.log(counts / counts.sum(axis=1, keepdims=True))
                                   ).sum() / counts.sum(),),
    ),
    Mistake(
        "counts smoothed",
        lambda counts: _entropy(counts, (counts + 1) / (counts + 1).sum(1, keepdims=True)),
        _with_numbers("something is added to every count. That keeps the logarithm finite, and "
                      "makes another table: it is good for text never seen before, and here "
                      "the entropy of the counts themselves is asked for."),
        variants=(lambda counts: _entropy(counts + 1, _rows(counts + 1)),),
    ),
    Mistake(
        "divided in place",
        _divided_in_place,
        "`/=` writes the quotients into the caller's array. It holds whole numbers and has no "
        "room for them; if it had, the counts would be gone. Give the probabilities a name of "
        "their own: `p = counts / ...`.",
    ),
)  # fmt: skip
