"""What goes wrong with the training loop of lesson 10: told by a diary of one training."""

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.kit.tiny_training import Bowl, Pairs
from course_lib.optimizers import Transform, scale

_START = np.array([3.0, -1.0])
_BATCHES = ((1.0, 1.0), (2.0, 0.5), (-1.0, 2.0), (0.5, 1.0))


class Diary(Bowl):
    """A model and an optimizer that write down what happens in a training of four batches.

    Attributes
    ----------
    asked : list of tuple
        ``(theta, x, y, loss, gradient)`` each time the model was asked.
    given : list of tuple
        ``(gradient, state)`` each time the optimizer got something.
    updates, states : list
        What it gave back; the first state comes first.
    begun : list of ndarray
        For which parameters it was asked for a first state.
    """

    def __init__(self, seen):
        self.seen = seen
        self.asked, self.given, self.updates, self.states = [], [], [], []
        self.begun = []
        self.outcome = seen.outcome(self, _START.copy(), Pairs(_BATCHES), self)

    def __deepcopy__(self, memo):
        """Return the same diary: what a copy wrote would be lost."""
        return self

    def loss_and_gradient(self, theta, x, y):
        """Return the loss and its gradient."""
        told = super().loss_and_gradient(theta, x, y)
        self.asked.append((np.array(theta), x, y, *told))
        return told

    def init(self, theta):
        """Return the first state."""
        self.begun.append(np.array(theta))
        self.states.append(np.zeros_like(theta))
        return self.states[-1]

    def update(self, grad, state):
        """Return the update of momentum, and the new state."""
        self.given.append((grad, state))
        self.states = self.states or ["none was asked for"]
        self.states.append(grad + 0.5 * state)
        self.updates.append(-0.1 * self.states[-1])
        return self.updates[-1], self.states[-1]

    @property
    def value(self):
        """The parameters and losses that were returned."""
        value = self.outcome.value
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise Unseen
        return value

    @property
    def whole(self):
        """Whether model and optimizer were asked once for each batch."""
        return len(self.asked) == len(self.given) == len(_BATCHES)

    @property
    def keeps_state(self):
        """Whether each step got the state that the one before gave back."""
        pairs = zip(self.given, self.states, strict=False)
        return all(given is kept for (_, given), kept in pairs)

    @property
    def first_state_is_made_up(self):
        """Whether what the optimizer got first is not what it made itself."""
        return all(self.given[0][1] is not state for state in self.states)

    @property
    def only_many_nets_fail(self):
        """Whether it keeps one loss a batch where θ holds many nets, and is right elsewhere."""
        return all(
            trial.right
            if np.ndim(trial.case[1]) == 1
            else _has_no_room(trial.error) or self._one_each(trial)
            for trial in self.seen.trials
        )

    @staticmethod
    def _one_each(trial):
        pair = isinstance(trial.answer, tuple | list) and len(trial.answer) == 2
        return pair and getattr(trial.answer[1], "shape", None) == (len(trial.case[2]),)

    @property
    def stops_early(self):
        """Whether losses are missing at the end of some cases, and all that came are right."""
        pairs = [
            (trial.answer, trial.expected, len(trial.case[2])) for trial in self.seen.trials
        ]
        if not all(isinstance(a, tuple | list) and len(a) == 2 for a, *_ in pairs):
            return False
        made = [(np.asarray(a[1]), e[1], n) for a, e, n in pairs]
        n_made = [len(losses) if losses.ndim else 0 for losses, _, _ in made]
        return (
            all(close(losses, e[: len(e) if k > n else k])
                for (losses, e, n), k in zip(made, n_made, strict=True))
            and any(k < n for (*_, n), k in zip(made, n_made, strict=True))
            and any(k == n for (*_, n), k in zip(made, n_made, strict=True))
        )  # fmt: skip

    def gets(self, make):
        """Tell whether the optimizer got ``make(gradients so far)`` at each step."""
        grads = [grad for *_, grad in self.asked]
        return self.whole and all(
            close(got, make(grads[: k + 1])) for k, (got, _) in enumerate(self.given)
        )

    def moves(self, make):
        """Tell whether each step goes from θ to ``make(theta, update)``."""
        steps = zip(self.asked, self.asked[1:], self.updates, strict=False)
        return self.whole and all(
            close(after[0], make(before[0], update)) for before, after, update in steps
        )

    def ends_at(self, make):
        """Tell whether the parameters returned are ``make(last theta, last update)``."""
        last = make(self.asked[-1][0], self.updates[-1]) if self.whole else np.nan
        return close(np.asarray(self.value[0]), last)

    def records(self, make, what=-2):
        """Tell whether what is returned as losses is ``make(losses)``, or made of others."""
        values = np.array([asked[what] for asked in self.asked])
        return len(values) and close(np.asarray(self.value[1]), make(values))

    @property
    def records_one_more(self):
        """Whether something stands before the losses, and those are right."""
        losses = np.array([asked[-2] for asked in self.asked])
        kept = np.asarray(self.value[1])
        return self.whole and kept.shape == (len(losses) + 1,) and close(kept[1:], losses)


def _has_no_room(error):
    """Tell whether an array had no room in a single number."""
    about = "scalar" in str(error) or "element with a sequence" in str(error)
    return isinstance(error, TypeError | ValueError) and about


def _training(
    step=lambda theta, update: theta + update,
    hand=lambda grads: grads[-1],
    keep=lambda optimizer, theta, state: state,
    init=lambda o, theta: o.init(theta),
    end=lambda start, before, theta, losses: (theta, losses),
    record=lambda loss: loss,
):
    """Return a training loop with some parts exchanged."""  # fmt: skip

    def answer(model, theta, batches, optimizer):
        start = before = theta
        state, losses, grads = init(optimizer, theta), [], []
        for x, y in batches:
            loss, grad = model.loss_and_gradient(theta, x, y)
            grads.append(grad)
            update, new = optimizer.update(hand(grads), keep(optimizer, theta, state))
            before, theta, state = theta, step(theta, update), new
            losses.append(record(loss))
        return end(start, before, theta, np.array(losses))

    return answer


def _loss_after(model, theta, batches, optimizer):
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        update, state = optimizer.update(model.loss_and_gradient(theta, x, y)[1], state)
        theta = theta + update
        losses.append(model.loss_and_gradient(theta, x, y)[0])
    return theta, np.array(losses)


def _at_the_start(model, theta, batches, optimizer):
    start = theta

    class Fixed:
        def loss_and_gradient(self, theta, x, y):
            return model.loss_and_gradient(start, x, y)

    return _training()(Fixed(), theta, batches, optimizer)


def _none_kept(model, theta, batches, optimizer):
    state, losses, new = optimizer.init(theta), [], theta
    for x, y in batches:
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        new = theta + update
        losses.append(loss)
    return new, np.array(losses)


def _early(model, theta, batches, optimizer):
    batches = list(batches)
    return _training()(model, theta, batches[:5] if len(batches) > 5 else batches, optimizer)


def _size_kept(size):
    """Return the training that keeps the size of each gradient in place of the loss."""

    def answer(model, theta, batches, optimizer):
        sizes = []

        class Kept:
            def loss_and_gradient(self, theta, x, y):
                loss, grad = model.loss_and_gradient(theta, x, y)
                sizes.append(size(grad))
                return loss, grad

        end, _ = _training()(Kept(), theta, batches, optimizer)
        return end, np.array(sizes)

    return answer


def _running_mean(losses):
    return np.cumsum(losses, axis=0).T / np.arange(1, len(losses) + 1)


_SIZES = tuple(
    lambda grad, size=size: size(np.abs(grad), axis=-1)
    for size in (np.linalg.norm, np.sum, np.max, np.mean)
)


def _first_only(model, theta, batches, optimizer):
    return _training()(model, theta, list(batches)[:1], optimizer)


def _one_step(model, theta, batches, optimizer):
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(theta, x, y)
        losses.append(loss)
    return theta + optimizer.update(grad, state)[0], np.array(losses)


def _without_optimizer(model, theta, batches, optimizer):
    return _training()(model, theta, batches, scale(-1.0))


def _asked(ask):
    """Return the training that takes ``ask(model, theta, x, y)`` for loss and gradient."""

    def answer(model, theta, batches, optimizer):
        class Mixed:
            def loss_and_gradient(self, theta, x, y):
                return ask(model, theta, x, y)

        return _training()(Mixed(), theta, batches, optimizer)

    return answer


def _lost(optimizer, theta, state):
    return optimizer.init(theta)


def _known(name, example, when, sentence, *variants, vague=False):
    """Return the mistake that ``when(diary)`` tells, whatever else is wrong."""
    return Mistake(name, example, sentence, variants, when, any_form=True, vague=vague)


MISTAKES = (
    _known("theta and x mixed up",
        _asked(lambda model, theta, x, y: model.loss_and_gradient(x, theta, y)),
        lambda d: d.asked and np.ndim(d.asked[0][0]) == 0,
        "a batch's number stands where theta belongs: `model.loss_and_gradient(theta, x, y)`."),
    _known("loss and gradient mixed up",
        _asked(lambda model, theta, x, y: model.loss_and_gradient(theta, x, y)[::-1]),
        lambda d: d.given and np.ndim(d.given[0][0]) == 0,
        "`loss_and_gradient` returns the loss first and the gradient second, and they are "
        "taken here in the other order."),
    _known("optimizer not used", _without_optimizer,
        lambda d: d.asked and not d.given and not d.outcome.error,
        "`optimizer.update` is not called: the rate, the momentum and the clip that it stands "
        "for play no part."),
    _known("gradient and state mixed up",
        lambda model, theta, batches, optimizer: _training()(model, theta, batches, Transform(
            optimizer.init, lambda grad, state: optimizer.update(state, grad)
        )),
        lambda d: d.given and d.states and d.given[0][0] is d.states[0],
        "the state stands where the gradient belongs: `optimizer.update(grad, state)`."),
    _known("update and state mixed up",
        lambda model, theta, batches, optimizer: _training()(model, theta, batches, Transform(
            optimizer.init, lambda grad, state: optimizer.update(grad, state)[::-1]
        )),
        lambda d: len(d.given) > 1 and d.given[1][1] is d.updates[0],
        "`optimizer.update` returns the update first and the new state second, and they are "
        "taken here in the other order."),
    _known("pair not taken apart",
        lambda model, theta, batches, optimizer: _training()(model, theta, batches, Transform(
            optimizer.init, lambda grad, state: (optimizer.update(grad, state), state)
        )),
        lambda d: len(d.asked) > 1 and d.asked[1][0].shape == (2, *_START.shape),
        "`optimizer.update` returns two things, the update and the new state, and both are "
        "added to theta: `update, state = optimizer.update(grad, state)`."),
    _known("no first state", _training(init=lambda optimizer, theta: None),
        lambda d: d.given and d.first_state_is_made_up,
        "the first state is not the optimizer's own: it is made up, or left over from a "
        "training before. It comes from the optimizer, once before the loop: `state = "
        "optimizer.init(theta)`."),
    _known("one number for many nets", _training(record=float),
        lambda d: d.only_many_nets_fail,
        "where many nets go at once there is one loss per net, an array, and it has no room in "
        "a single number: append it as it is, `losses.append(loss)`, and make an array of the "
        "list at the end.",
        _training(record=lambda loss: loss.item()),
        _training(record=np.mean)),
    _known("first batch only", _first_only,
        lambda d: not d.outcome.error and len(d.asked) == 1,
        "only one step is made: `return` stands inside the loop. Move it to the left, below "
        "the loop."),
    _known("fewer steps than batches", _one_step,
        lambda d: 0 < len(d.given) < len(d.asked) == len(_BATCHES),
        "the optimizer makes fewer steps than there are batches: `optimizer.update` belongs "
        "into the loop, where each batch makes its step.", vague=True),
    _known("gradients pile up", _training(hand=sum),
        lambda d: d.gets(sum) or d.gets(lambda grads: sum(grads) / len(grads)),
        "the optimizer gets all gradients so far, added up or averaged. Each step needs that "
        "of its own batch; momentum is the optimizer's business.",
        _training(hand=lambda grads: sum(grads) / len(grads))),
    _known("state made anew", _training(keep=_lost),
        lambda d: d.whole and not d.keeps_state and len(d.begun) > len(_BATCHES) - 1,
        "`optimizer.init` is called in every step and makes the state new, so that momentum "
        "begins at 0 each time. Call it once, before the loop."),
    _known("begun with something else", _training(init=lambda o, theta: o.init(np.zeros(1))),
        lambda d: d.whole and d.begun and not close(d.begun[0], _START),
        "`optimizer.init` gets something else than the initial parameters. Its state may be "
        "made of them: `state = optimizer.init(theta)`, before the loop."),
    _known("state not kept",
        lambda model, theta, batches, optimizer: _training()(model, theta, batches, Transform(
            optimizer.init, lambda grad, state: (optimizer.update(grad, state)[0], state)
        )),
        lambda d: d.whole and not d.keeps_state,
        "the new state is thrown away, so that momentum begins at 0 in every step and "
        "remembers nothing: `update, state = ...` keeps it."),
    _known("gradient of zeros", _training(hand=lambda grads: 0 * grads[-1]),
        lambda d: d.gets(lambda grads: 0 * grads[-1]),
        "the optimizer gets zeros in the place of the gradient, so that nothing moves. Each "
        "batch has a new gradient: there is nothing to be set to 0 before the step."),
    _known("update subtracted", _training(lambda theta, update: theta - update),
        lambda d: d.moves(lambda theta, update: theta - update),
        "the update is subtracted, and it climbs: the minus stands in the chain already, in "
        "its last link, `scale(-lr)`. Add the update."),
    _known("update in the place of theta", _training(lambda theta, update: update),
        lambda d: d.moves(lambda theta, update: update),
        "the update takes the place of the parameters, and it is what is to be added to them: "
        "`update, state = optimizer.update(grad, state)`, then `theta = theta + update`."),
    _known("update not kept", _training(lambda theta, update: theta),
        lambda d: d.moves(lambda theta, update: theta) and d.ends_at(lambda *_: _START),
        "the parameters stay where they were: the update is made, and nothing comes of it. "
        "`theta = theta + update` keeps the sum."),
    _known("gradient always at the start", _at_the_start,
        lambda d: d.moves(lambda theta, update: theta),
        "every gradient is taken at the initial parameters. Each step has to ask for it where "
        "the parameters are now, and to begin there.",
        _none_kept),
    _known("losses left out at the end", _early,
        lambda d: d.stops_early,
        "in some of the trainings losses are missing at the end: the loop stops before the "
        "last batch, or not every loss is kept. Each batch makes a step and leaves a loss."),
    _known("a number before the losses",
        _training(end=lambda start, before, theta, losses: (theta, np.array([0.0, *losses]))),
        lambda d: d.records_one_more,
        "one entry too many stands before the losses: the list has to be empty at first, "
        "`losses = []`."),
    _known("size of the gradient in place of the loss", _size_kept(_SIZES[0]),
        lambda d: any(
            d.records(lambda grads, size=size: size(grads), -1) for size in _SIZES
        ),
        "what is kept is the size of each gradient. Asked for are the losses, the first of the "
        "two that `loss_and_gradient` returns.",
        *map(_size_kept, _SIZES[1:3])),
    _known("losses added up",
        _training(end=lambda start, before, theta, losses: (theta, np.cumsum(losses, axis=0))),
        lambda d: d.records(np.cumsum) or d.records(_running_mean),
        "the losses are added up from batch to batch, or averaged over all so far. Each entry "
        "is the loss of its own batch.",
        _training(end=lambda start, before, theta, losses: (theta, _running_mean(losses))),
        vague=True),
    _known("loss after the step", _loss_after,
        lambda d: len(d.asked) == 2 * len(_BATCHES) and d.records(lambda losses: losses[1::2]),
        "the losses are those of the parameters after each step, which costs a second pass. "
        "The first loss should be that of the initial parameters."),
    _known("last loss only",
        _training(end=lambda start, before, theta, losses: (theta, losses[-1])),
        lambda d: d.records(lambda losses: losses[-1]) or d.records(lambda losses: losses[-1:]),
        "one loss comes back, that of the last batch. All of them belong to the record: append "
        "each to a list that is made before the loop.",
        _training(end=lambda start, before, theta, losses: (theta, losses[-1:]))),
)  # fmt: skip
