"""Lesson 12: six broken runs, to be mended; the outcome decides."""

from course_lib.activations import sigmoid
from course_lib.exercises.engine.model import Exercise
from course_lib.exercises.lesson_12.common_mistakes import common
from course_lib.exercises.lesson_12.nets_mistakes import exploding, vanishing, wrong_slope
from course_lib.exercises.lesson_12.run_repair import RepairedRun, RepairTask
from course_lib.exercises.lesson_12.steps_mistakes import late_clip, rate, summed
from course_lib.initializers import centered, normal, orthogonal
from course_lib.optimizers import (
    accumulate_micro_batches,
    clip_by_global_norm,
    momentum,
    scale,
)


def mend_1(configuration):
    """Return run 1 with weights that neither shrink nor saturate the signal."""
    initializer = centered(normal(4.0))
    return configuration.replace(initializer=initializer, diagnosis="vanishing")


def mend_2(configuration):
    """Return run 2 with orthogonal weights, the edge of stability for tanh."""
    return configuration.replace(initializer=orthogonal(1.0), diagnosis="exploding")


def mend_3(configuration):
    """Return run 3 with a rate that the landscape allows."""
    return configuration.replace(links=(scale(-0.3),), diagnosis="rate")


def mend_4(configuration):
    """Return run 4 with the mean of its micro-batches."""
    links = (accumulate_micro_batches(8), momentum(0.9), scale(-0.1))
    return configuration.replace(links=links, diagnosis="sum")


def mend_5(configuration):
    """Return run 5 with the clip in front of the velocity."""
    links = (clip_by_global_norm(1.0), momentum(0.9), scale(-0.03))
    return configuration.replace(links=links, diagnosis="order")


def mend_6(configuration):
    """Return run 6 with the true derivative."""
    return configuration.replace(activation=sigmoid, diagnosis="derivative")


REPAIR_TASKS = (
    RepairTask(
        1,
        "vanishing",
        opinions={
            "slow": "A larger rate was worth trying: it does not help, as the first layers get "
            "less than a ten-thousandth of the gradient, whatever the rate of all.",
        },
    ),
    RepairTask(
        2,
        "exploding",
        opinions={
            "rate": "A smaller rate was worth trying: within this budget no rate works, as "
            "the gradient holds only for steps far shorter than a useful one.",
        },
    ),
    RepairTask(3, "rate", rates=None),
    RepairTask(
        4,
        "sum",
        rates=None,
        whole_batches=8,
        opinions={
            "rate": "Its steps are too long, that is true. But the rate is the one that is "
            "written, and whole batches learn with it: what makes the steps longer there?",
        },
    ),
    RepairTask(
        5,
        "order",
        opinions={
            "data": "Some images are damaged, that is true, and nobody can promise that none "
            "ever will be. A run has to outlive a spike: what keeps it from that?",
        },
    ),
    RepairTask(
        6,
        "derivative",
        gradient=True,
        opinions={
            "exploding": "What is carried back does grow with every layer. But lesson 04 "
            "promises a calm net for these weights: is it the gradient that is carried back?",
        },
    ),
)

_HINTS = (
    (
        "The loss stays at that of guessing, and the gradient norm looks ordinary. It is the "
        "norm of all layers together: look at them one by one.",
        "Each layer on the way back keeps less than a quarter of δ. Lesson 04 says which "
        "weights keep its size. Large weights alone saturate a sigmoid, as its activations "
        "have the mean 1/2; section 5 of that lesson removes that mean with biases.",
        "`centered(normal(4.0))` draws weights of scale 4 and centers the activations: put it "
        "in the place of `initializer`.",
    ),
    (
        "The loss lies far above that of guessing, every step is clipped, and nothing comes of "
        "it. Lesson 07 has a section on what clipping cannot do.",
        "δ grows by more than one half per layer. For tanh, lesson 04 puts the edge at a "
        "weight scale of 1; orthogonal weights hold it best.",
        "`orthogonal(1.0)` in the place of `initializer`; the links may stay as they are.",
    ),
    (
        "The layers' gradients are level, and a gradient check passes. Within a few steps "
        "the loss is above that of guessing: how long are they, compared with the parameters?",
        "Try the same run at a third and at a tenth of its rate, and look at the loss.",
        "The rate stands in the last link: `scale(-0.3)` in the place of `scale(-1.5)`. The "
        "tuple of links has one entry, so mind its comma.",
    ),
    (
        "The run in whole batches of 64 learns at this very rate. So compare what comes out of "
        "the first link with what goes in.",
        "Feed `configuration.links[0]` eight times with ones. Their mean is 1: what does the "
        "link pass on the eighth time?",
        "The course's own link passes on the mean: `accumulate_micro_batches(8)` as the first "
        "of the three links.",
    ),
    (
        "Some batches hold a damaged image, and their gradients are hundreds of times too "
        "long. Each step is clipped all the same. What is not?",
        "Follow one spike through the links, as in section 4 of lesson 07: which of them "
        "remembers it, and for how long?",
        "The same links in another order: `clip_by_global_norm(1.0)` first, so that no spike "
        "enters `momentum(0.9)`; `scale(-0.03)` last.",
    ),
    (
        "What is carried back grows by a factor of more than ten per layer. Lesson 04 predicts "
        "1 for centered sigmoids at this scale. One of the two is wrong: which can be checked?",
        "A gradient check (lesson 02) compares the gradient with the slope of the loss. If it "
        "fails, something on the way back is wrong: plot the activation's derivative.",
        "The derivative of this sigmoid is a(1 - a), and it is given z. Put the course's "
        "`sigmoid` in the place of `activation`.",
    ),
)
_REMARKS = (
    "Any initialization that learns will do: `centered(orthogonal(4.0))` is a little better "
    "still. Lesson 09 has other remedies, which change the net.",
    "Weights at the edge and somewhat beyond it, from the scale 1 to about 2, all learn here; "
    "orthogonal ones learn fastest. Clip and rate were never the trouble.",
    "A clip, an average, or momentum at a rate of 0.15 cures this run as well: the landscape "
    "is a good one, and all of them shorten the steps.",
    "Dividing the rate by 8 makes the same steps, and so passes; then a clip's threshold would "
    "have to be multiplied by 8, and the next reader would wonder. The mean is what was meant.",
    "In PyTorch the clip stands before `optimizer.step()`, in front of the momentum inside it, "
    "unless somebody clips what the optimizer makes.",
    "`a * (1 - a)` is right for the activation a = σ(z), and wrong for z. The article has this "
    "very slip.",
)
_MISTAKES = (vanishing, exploding, rate, summed, late_clip, wrong_slope)
_MENDED = (mend_1, mend_2, mend_3, mend_4, mend_5, mend_6)


def _statement(task):
    configuration = task.case.configuration
    return f"""Mend run {task.number}: return its configuration, changed so that it learns.

        configuration : Configuration, with a seed that may be another than the recorded one
        returns configuration.replace(...); it has to recognize half of the new digits with
        each of three seeds.  You may change `initializer`, `links`, and the derivative of
        `activation`; net, data and budget ({configuration.n_steps} gradients) stay.
        Say diagnosis="..." in replace(...) too: it is commented on, and decides nothing.
        """


def _exercise(task, mend, mistakes, hints, remark):
    return Exercise(
        name=mend.__name__,
        lesson="12",
        statement=_statement(task),
        reference=mend,
        cases=task.cases,
        comparison=RepairedRun(task=task),
        time_factor=6.0,
        mistakes=(*common(task, mend), *mistakes(task)),
        laws=task.laws(),
        hints=hints,
        remark=remark,
    )


EXERCISES = tuple(map(_exercise, REPAIR_TASKS, _MENDED, _MISTAKES, _HINTS, _REMARKS))
