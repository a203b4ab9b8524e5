"""Training loops that go wrong, and one that does not: for the known mistakes of lesson 10."""

import numpy as np


def loop(step):
    """Return the answer that makes each step by ``step(theta, state, grad, optimizer)``."""

    def answer(model, theta, batches, optimizer):
        state, losses = optimizer.init(theta), []
        for x, y in batches:
            loss, grad = model.loss_and_gradient(theta, x, y)
            theta, state = step(theta, state, grad, optimizer)
            losses.append(loss)
        return theta, np.array(losses)

    return answer


def added(theta, state, grad, optimizer):
    """Add the update: the right step."""
    update, state = optimizer.update(grad, state)
    return theta + update, state


def subtracted(theta, state, grad, optimizer):
    """Subtract the update."""
    update, state = optimizer.update(grad, state)
    return theta - update, state


def state_lost(theta, state, grad, optimizer):
    """Throw the new state away."""
    update, _ = optimizer.update(grad, state)
    return theta + update, state


def state_made_anew(theta, state, grad, optimizer):
    """Begin with the first state at every step."""
    update, state = optimizer.update(grad, optimizer.init(theta))
    return theta + update, state


def in_place(theta, state, grad, optimizer):
    """Write into the parameters of the caller."""
    update, state = optimizer.update(grad, state)
    theta += update
    return theta, state


def update_for_theta(theta, state, grad, optimizer):
    """Return the update in place of the parameters."""
    return optimizer.update(grad, state)


def returning(choose):
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


def loss_after(model, theta, batches, optimizer):
    """Take each loss after its step."""
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        update, state = optimizer.update(model.loss_and_gradient(theta, x, y)[1], state)
        theta = theta + update
        losses.append(model.loss_and_gradient(theta, x, y)[0])
    return theta, np.array(losses)


def gradient_at_the_start(model, theta, batches, optimizer):
    """Ask for every gradient at the initial parameters."""
    start, state, losses = theta, optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(start, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def first_batch_only(model, theta, batches, optimizer):
    """Return inside the loop."""
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        losses.append(loss)
        return theta + update, np.array(losses)


def losses_in_the_loop(model, theta, batches, optimizer):
    """Begin the list of losses anew with each batch."""
    state = optimizer.init(theta)
    for x, y in batches:
        losses = []
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def pair_mixed_up(model, theta, batches, optimizer):
    """Take the gradient for the loss and the loss for the gradient."""
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        grad, loss = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def one_number_each(model, theta, batches, optimizer):
    """Make one number of each loss."""
    theta, losses = loop(added)(model, theta, batches, optimizer)
    return theta, np.array([float(loss) for loss in losses])


def into_zeros(model, theta, batches, optimizer):
    """Write each loss into an array of numbers."""
    state, losses = optimizer.init(theta), np.zeros(len(batches))
    for i, (x, y) in enumerate(batches):
        losses[i], grad = model.loss_and_gradient(theta, x, y)
        theta, state = added(theta, state, grad, optimizer)
    return theta, losses


def with_item(model, theta, batches, optimizer):
    """Make one number of each loss by its method."""
    theta, losses = loop(added)(model, theta, batches, optimizer)
    return theta, np.array([loss.item() for loss in losses])


def state_from(first):
    """Return the answer that begins with that state in place of the optimizer's own."""

    def answer(model, theta, batches, optimizer):
        state, losses = first, []
        for x, y in batches:
            loss, grad = model.loss_and_gradient(theta, x, y)
            theta, state = added(theta, state, grad, optimizer)
            losses.append(loss)
        return theta, np.array(losses)

    return answer
