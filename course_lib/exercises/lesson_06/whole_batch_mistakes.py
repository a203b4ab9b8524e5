"""What goes wrong with the gradient of a batch that comes in parts, in lesson 06."""

import numpy as np

from course_lib.exercises.engine.formatting import counted, farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake


def _running(gradients, sizes):
    mean = gradients[0]
    for g in gradients[1:]:
        mean = (mean + g) / 2
    return mean + 0.0


def _in_place(gradients, sizes):
    gradients *= sizes[:, None]
    return gradients.sum(axis=0) / sizes.sum()


def _added_into_the_first(gradients, sizes):
    total = gradients[0]
    total *= sizes[0]
    for g, n in zip(gradients[1:], sizes[1:], strict=True):
        total += n * g
    return total / sizes.sum()


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values[:4]) + (", ..." * (len(values) > 4))


def _with_numbers(sentence):
    """Return an explanation: the sentence, then one parameter with what came and is right."""

    def explain(case, answer, expected):
        gradients, sizes = case
        i = farthest_apart(answer, expected)
        received, right = show_apart(answer[i], expected[i])
        return (
            f"{sentence} For one parameter, means {_listed(gradients[:, i])} with sizes "
            f"{_listed(sizes)} give {received}, and {right} is right."
        )

    return explain


def _explain_sum(case, answer, expected):
    gradients, _ = case
    n, i = len(gradients), farthest_apart(answer, expected)
    received, right = show_apart(answer[i], expected[i])
    return (
        f"the gradients are added and not divided. The loss is a mean, so the sum of {n} means "
        f"is about {n} times too long: {received} for {right}. That is a learning rate {n} "
        "times as large, without a word. (In PyTorch `backward()` adds like this; the loss of "
        "each part is divided before.)"
    )


def _explain_axis(case, answer, expected):
    gradients, _ = case
    n_parts, n_params = gradients.shape
    return (
        f"the sum goes over the wrong axis. gradients has shape ({n_parts}, {n_params}): "
        f"one micro-batch per row. The sum goes over the rows, axis 0, and leaves "
        f"{counted(n_params, 'number')}, one for each parameter."
    )


MISTAKES = (
    Mistake("1/K forgotten", lambda gradients, sizes: gradients.sum(axis=0), _explain_sum),
    Mistake(
        "equal weights",
        lambda gradients, sizes: gradients.mean(axis=0),
        _with_numbers("the micro-batches count alike, and so the examples of a small one count "
                      "for more. Each mean needs the number of its examples as weight: that "
                      "makes it their sum again."),
    ),
    Mistake(
        "taken for sums",
        lambda gradients, sizes: gradients.sum(axis=0) / sizes.sum(),
        _with_numbers("the total is divided by the number of all examples, as if every "
                      "gradient were the sum over its examples. They are means: times their "
                      "size first."),
    ),
    Mistake(
        "not divided",
        lambda gradients, sizes: sizes @ gradients,
        _with_numbers("the weights are right, and the sum over all examples is not divided by "
                      "their number. The loss is a mean."),
    ),
    Mistake(
        "divided by the number of micro-batches",
        lambda gradients, sizes: sizes @ gradients / len(sizes),
        _with_numbers("weighted by the sizes, this is the sum over all examples: it is divided "
                      "by the number of examples, the sum of the sizes, and not by the number "
                      "of micro-batches."),
    ),
    Mistake(
        "divided by the sizes",
        lambda gradients, sizes: (gradients / sizes[:, None]).sum(axis=0),
        _with_numbers("each mean is divided by its number of examples, though it has been "
                      "already. To get back to sums multiply by it."),
        variants=(
            lambda gradients, sizes: (gradients / sizes[:, None]).mean(axis=0),
            lambda gradients, sizes: (gradients / sizes[:, None]).sum(0) / np.sum(1 / sizes),
            lambda gradients, sizes: (gradients / sizes[:, None]).sum(0) / sizes.sum(),
        ),
    ),
    Mistake(
        "wrong axis",
        lambda gradients, sizes: gradients.mean(axis=1),
        _explain_axis,
        variants=(lambda gradients, sizes: gradients.sum(axis=1),
                  lambda gradients, sizes: gradients.sum(axis=1) / len(gradients),
                  lambda gradients, sizes: gradients.sum(axis=1) / sizes.sum()),
    ),
    Mistake(
        "one number for all parameters",
        lambda gradients, sizes: gradients.mean(),
        "everything is averaged into one number. A gradient has one for every parameter: sum "
        "over the micro-batches only, `axis=0`.",
        variants=(lambda gradients, sizes: gradients.sum(),
                  lambda gradients, sizes: np.sum(sizes[:, None] * gradients) / sizes.sum()),
    ),
    Mistake(
        "weights along the wrong axis",
        lambda gradients, sizes: (sizes * gradients).sum(axis=0) / sizes.sum(),
        "`sizes * gradients` sets the sizes along the parameters: NumPy matches the last axis. "
        "Where the number of parameters differs it raises an error, where it is the same the "
        "numbers are wrong without one. A column, `sizes[:, None] * gradients`, weights the "
        "rows; `sizes @ gradients` weights and adds.",
        variants=(lambda gradients, sizes: (gradients * sizes).sum(axis=0),
                  lambda gradients, sizes: gradients * sizes / sizes.sum(),
                  lambda gradients, sizes: gradients * sizes),
    ),
    Mistake(
        "running mean of two",
        _running,
        _with_numbers("mean and next gradient are averaged in turn, so that the last counts a "
                      "half, the one before a quarter, and so on. Add up first, divide once at "
                      "the end."),
    ),
    Mistake(
        "last micro-batch only",
        lambda gradients, sizes: gradients[-1] + 0.0,
        _with_numbers("one micro-batch decides alone. Is the sum overwritten in every round of "
                      "a loop, or does `return` stand inside it?"),
        variants=(lambda gradients, sizes: gradients[0] + 0.0,
                  lambda gradients, sizes: sizes[-1] * gradients[-1] / sizes.sum(),
                  lambda gradients, sizes: sizes[0] * gradients[0] / sizes.sum()),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the result is right, and the caller's gradients were overwritten on the way. `*=` and "
        "`+=` write into the array that was handed in, and a row such as `gradients[0]` is "
        "part of it: begin the sum with `np.zeros(...)`, or use `sizes[:, None] * gradients`.",
        variants=(_added_into_the_first,),
    ),
)  # fmt: skip
