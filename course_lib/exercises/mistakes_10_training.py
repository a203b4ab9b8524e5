"""What goes wrong with the training loop of lesson 10."""

import numpy as np

from course_lib.exercises.model import Mistake
from course_lib.exercises.shown import counted, farthest_apart, show_apart


def _loop(step):
    """Return the answer that makes each step by ``step(theta, state, grad, optimizer)``."""

    def answer(model, theta, batches, optimizer):
        state, losses = optimizer.init(theta), []
        for x, y in batches:
            loss, grad = model.loss_and_gradient(theta, x, y)
            theta, state = step(theta, state, grad, optimizer)
            losses.append(loss)
        return theta, np.array(losses)

    return answer


def _subtracted(theta, state, grad, optimizer):
    update, state = optimizer.update(grad, state)
    return theta - update, state


def _state_lost(theta, state, grad, optimizer):
    update, _ = optimizer.update(grad, state)
    return theta + update, state


def _state_made_anew(theta, state, grad, optimizer):
    update, state = optimizer.update(grad, optimizer.init(theta))
    return theta + update, state


def _in_place(theta, state, grad, optimizer):
    update, state = optimizer.update(grad, state)
    theta += update
    return theta, state


def _update_for_theta(theta, state, grad, optimizer):
    return optimizer.update(grad, state)


def _returning(choose):
    """Return the answer that returns ``choose(start, last, before_last, losses)``."""

    def answer(model, theta, batches, optimizer):
        start, before, state, losses = theta, theta, optimizer.init(theta), []
        for x, y in batches:
            loss, grad = model.loss_and_gradient(theta, x, y)
            update, state = optimizer.update(grad, state)
            before, theta = theta, theta + update
            losses.append(loss)
        return choose(start, theta, before, np.array(losses))

    return answer


def _loss_after(model, theta, batches, optimizer):
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        update, state = optimizer.update(model.loss_and_gradient(theta, x, y)[1], state)
        theta = theta + update
        losses.append(model.loss_and_gradient(theta, x, y)[0])
    return theta, np.array(losses)


def _gradient_at_the_start(model, theta, batches, optimizer):
    start, state, losses = theta, optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(start, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def _first_batch_only(model, theta, batches, optimizer):
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        losses.append(loss)
        return theta + update, np.array(losses)


def _losses_in_the_loop(model, theta, batches, optimizer):
    state = optimizer.init(theta)
    for x, y in batches:
        losses = []
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def _pair_mixed_up(model, theta, batches, optimizer):
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        grad, loss = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


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
        _loop(_subtracted),
        _about_theta("the update is subtracted, and it climbs: the minus stands in the chain "
                     "already, in `scale(-lr)`. Add the update."),
    ),
    Mistake(
        "state not kept",
        _loop(_state_lost),
        _about_theta("the new state is thrown away, so that momentum begins at 0 in every "
                     "step and remembers nothing: `update, state = ...` keeps it."),
        variants=(_loop(_state_made_anew),),
    ),
    Mistake(
        "optimizer not used",
        _loop(lambda theta, state, grad, optimizer: (theta - grad, state)),
        _about_theta("the raw gradient is subtracted: without the optimizer there is no rate, "
                     "no momentum and no clip."),
        variants=(_loop(lambda theta, state, grad, optimizer: (theta + grad, state)),
                  _loop(lambda theta, state, grad, optimizer: (theta - 0.1 * grad, state))),
    ),
    Mistake(
        "parameters replaced by the update",
        _loop(_update_for_theta),
        _about_theta("the update itself becomes the parameters. It is a step: add it to "
                     "theta."),
    ),
    Mistake(
        "gradient always at the start",
        _gradient_at_the_start,
        _about_theta("every gradient is taken at the initial parameters. Each step has to ask "
                     "for it where the parameters are now."),
    ),
    Mistake(
        "first batch only",
        _first_batch_only,
        "only one step is made: `return` stands inside the loop. Move it to the left, below "
        "the loop.",
    ),
    Mistake(
        "initial parameters returned",
        _returning(lambda start, last, before, losses: (start, losses)),
        _about_theta("the losses are right, and the parameters that come back are the initial "
                     "ones: return those of the last step."),
    ),
    Mistake(
        "last step left out",
        _returning(lambda start, last, before, losses: (before, losses)),
        _about_theta("the parameters that come back are those before the last step."),
    ),
    Mistake(
        "loss after the step",
        _loss_after,
        "the losses are those of the parameters after each step, which costs a second pass. "
        "The first loss should be that of the initial parameters.",
    ),
    Mistake(
        "last loss only",
        _returning(lambda start, last, before, losses: (last, losses[-1])),
        "one loss comes back, that of the last batch. All of them belong to the record: append "
        "each to a list.",
        variants=(_losses_in_the_loop,),
    ),
    Mistake(
        "mean of the losses",
        _returning(lambda start, last, before, losses: (last, losses.mean(axis=0))),
        "the losses are averaged over the batches. The record keeps one per batch.",
        variants=(_returning(lambda start, last, before, losses: (last, losses.mean())),
                  _returning(lambda start, last, before, losses: (last, losses.sum()))),
    ),
    Mistake(
        "order of the returned values",
        _returning(lambda start, last, before, losses: (losses, last)),
        "both values are right and in the wrong order: first the parameters, then the losses.",
    ),
    Mistake(
        "parameters only",
        _returning(lambda start, last, before, losses: last),
        "the parameters come back alone. Return the losses too: `return theta, "
        "np.array(losses)`.",
    ),
    Mistake(
        "loss and gradient mixed up",
        _pair_mixed_up,
        "`loss_and_gradient` returns the loss first and the gradient second, and they are "
        "taken here in the other order.",
    ),
    Mistake(
        "argument changed in place",
        _loop(_in_place),
        "the result is right, and the caller's initial parameters were overwritten: `theta += "
        "update` works in place. The same start could not be used for a second run: `theta = "
        "theta + update` makes a new array.",
    ),
)  # fmt: skip
