"""What goes wrong with the training loop of lesson 10."""

import numpy as np

from course_lib.exercises.engine.formatting import counted, farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit import wrong_loops
from course_lib.exercises.kit.wrong_loops import loop, returning, state_from


def _about_theta(sentence):
    """Return an explanation: the sentence, then one parameter with what came and is right."""

    def explain(case, answer, expected):
        i = farthest_apart(answer[0], expected[0])
        received, right = show_apart(
            float(np.ravel(answer[0])[i]), float(np.ravel(expected[0])[i])
        )
        n = counted(len(case[2]), "step")
        return f"{sentence} After {n} a parameter gives {received}, and {right} is right."

    return explain


MISTAKES = (
    Mistake(
        "update subtracted",
        loop(wrong_loops.subtracted),
        _about_theta("the update is subtracted, and it climbs: the minus stands in the chain "
                     "already, in `scale(-lr)`. Add the update."),
    ),
    Mistake(
        "state not kept",
        loop(wrong_loops.state_lost),
        _about_theta("the new state is thrown away, so that momentum begins at 0 in every "
                     "step and remembers nothing: `update, state = ...` keeps it."),
        variants=(loop(wrong_loops.state_made_anew),),
    ),
    Mistake(
        "no first state",
        state_from(None),
        "the first state is made up, and the optimizer cannot go on from it. It comes from the "
        "optimizer itself, once before the loop: `state = optimizer.init(theta)`.",
        variants=tuple(map(state_from, ((), 0, 0.0, [], {}))),
    ),
    Mistake(
        "one number for many nets",
        wrong_loops.one_number_each,
        "where many nets go at once there is one loss per net, an array, and it has no room "
        "in a single number: append it as it is, `losses.append(loss)`, and make an array of "
        "the list at the end.",
        variants=(wrong_loops.into_zeros, wrong_loops.with_item),
    ),
    Mistake(
        "optimizer not used",
        loop(lambda theta, state, grad, optimizer: (theta - grad, state)),
        _about_theta("the raw gradient is subtracted: without the optimizer there is no rate, "
                     "no momentum and no clip."),
        variants=(loop(lambda theta, state, grad, optimizer: (theta + grad, state)),
                  loop(lambda theta, state, grad, optimizer: (theta - 0.1 * grad, state))),
    ),
    Mistake(
        "parameters replaced by the update",
        loop(wrong_loops.update_for_theta),
        _about_theta("the update itself becomes the parameters. It is a step: add it to "
                     "theta."),
    ),
    Mistake(
        "gradient always at the start",
        wrong_loops.gradient_at_the_start,
        _about_theta("every gradient is taken at the initial parameters. Each step has to ask "
                     "for it where the parameters are now."),
    ),
    Mistake(
        "first batch only",
        wrong_loops.first_batch_only,
        "only one step is made: `return` stands inside the loop. Move it to the left, below "
        "the loop.",
    ),
    Mistake(
        "initial parameters returned",
        returning(lambda start, last, before, losses: (start, losses)),
        _about_theta("the losses are right, and the parameters that come back are the initial "
                     "ones: return those of the last step."),
    ),
    Mistake(
        "last step left out",
        returning(lambda start, last, before, losses: (before, losses)),
        _about_theta("the parameters that come back are those before the last step."),
    ),
    Mistake(
        "loss after the step",
        wrong_loops.loss_after,
        "the losses are those of the parameters after each step, which costs a second pass. "
        "The first loss should be that of the initial parameters.",
    ),
    Mistake(
        "last loss only",
        returning(lambda start, last, before, losses: (last, losses[-1])),
        "one loss comes back, that of the last batch. All of them belong to the record: append "
        "each to a list.",
        variants=(wrong_loops.losses_in_the_loop,),
    ),
    Mistake(
        "mean of the losses",
        returning(lambda start, last, before, losses: (last, losses.mean(axis=0))),
        "the losses are averaged over the batches. The record keeps one per batch.",
        variants=(returning(lambda start, last, before, losses: (last, losses.mean())),
                  returning(lambda start, last, before, losses: (last, losses.sum()))),
    ),
    Mistake(
        "order of the returned values",
        returning(lambda start, last, before, losses: (losses, last)),
        "both values are right and in the wrong order: first the parameters, then the losses.",
    ),
    Mistake(
        "parameters only",
        returning(lambda start, last, before, losses: last),
        "the parameters come back alone. Return the losses too: `return theta, "
        "np.array(losses)`.",
    ),
    Mistake(
        "loss and gradient mixed up",
        wrong_loops.pair_mixed_up,
        "`loss_and_gradient` returns the loss first and the gradient second, and they are "
        "taken here in the other order.",
    ),
    Mistake(
        "argument changed in place",
        loop(wrong_loops.in_place),
        "the result is right, and the caller's initial parameters were overwritten: `theta += "
        "update` works in place. The same start could not be used for a second run: `theta = "
        "theta + update` makes a new array.",
    ),
)  # fmt: skip
