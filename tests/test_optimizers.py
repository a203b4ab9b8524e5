from copy import deepcopy
from functools import partial

import numpy as np
import pytest

from course_lib.activations import sigmoid
from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value, global_norm
from course_lib.mlp import MLP
from course_lib.optimizers import (
    accumulate_micro_batches,
    adam,
    chain,
    clip_by_global_norm,
    clip_by_layer_norm,
    clip_by_value,
    ema,
    momentum,
    nesterov,
    record,
    scale,
)

LR, GAMMA = 0.1, 0.9
GRADIENTS = np.random.default_rng(9).standard_normal((100, 5))
LAYERS = MLP([2, 2, 1], sigmoid).layers
# with numbers of another precision, which changes nothing about that of a gradient
LINKS = {
    "scale": scale(np.float64(-0.1)),
    "momentum": momentum(np.float64(0.9)),
    "ema": ema(np.float64(0.9)),
    "nesterov": nesterov(np.float64(0.9)),
    "adam": adam(np.float64(0.9), np.float64(0.999), np.float64(1e-8)),
    "accumulate_micro_batches": accumulate_micro_batches(2),
    "record": record([]),
    "clip_by_value": clip_by_value(np.float64(0.5)),
    "clip_by_global_norm": clip_by_global_norm(np.float64(0.5)),
    "clip_by_layer_norm": clip_by_layer_norm(np.float64(0.5), LAYERS),
}
DECAYS = {
    "momentum": (momentum, "gamma"),
    "ema": (ema, "gamma"),
    "nesterov": (nesterov, "gamma"),
    "beta_1 of Adam": (adam, "beta_1"),
    "beta_2 of Adam": (partial(adam, 0.9), "beta_2"),
}
NO_NUMBERS = ["0.1", None, True, np.nan, np.inf, 1j, np.complex128(1), [0.1]]


def trajectory(optimizer, gradients=GRADIENTS):
    """The parameters after each step, from zero."""
    theta = np.zeros(gradients.shape[1:])
    state, path = optimizer.init(theta), []
    for g in gradients:
        update, state = optimizer.update(g, state)
        theta = theta + update
        path.append(theta)
    return np.array(path)


def steps_of(optimizer, gradients):
    return np.diff(trajectory(optimizer, gradients), axis=0, prepend=0)


def pytorch_trajectory(torch, kind, **options):
    theta = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer, path = getattr(torch.optim, kind)([theta], lr=LR, **options), []
    for g in GRADIENTS:
        theta.grad = torch.tensor(g)
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_keeps_float32_and_changes_neither_gradient_nor_state(link):
    g = np.linspace(-3, 5, LAYERS[-1].b.stop, dtype=np.float32)
    _, state = link.update(g, link.init(g))
    before = deepcopy((g, state))
    step, after = link.update(g, state)
    again, _ = link.update(g, state)
    assert step.dtype == np.float32 and np.array_equal(step, again)
    remembered = after if isinstance(after, tuple) else (after,)
    assert {a.dtype for a in remembered if isinstance(a, np.ndarray)} <= {step.dtype}
    np.testing.assert_equal((g, state), before)


@pytest.mark.parametrize(("make", "name"), DECAYS.values(), ids=DECAYS)
@pytest.mark.parametrize("value", [-0.1, 1.0, *NO_NUMBERS])
def test_a_bad_decay_is_named(make, name, value):
    with pytest.raises(ValueError, match=rf"{name} must lie in \[0, 1\), got"):
        make(value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (scale, "factor must be a finite number, got"),
        (partial(adam, 0.9, 0.999), "eps must be a finite number > 0, got"),
        (clip_by_value, "max_value must be a finite number > 0, got"),
        (clip_by_global_norm, "max_norm must be a finite number > 0, got"),
        (lambda limit: clip_by_layer_norm(limit, ()), "max_norm must be a finite number > 0"),
        (accumulate_micro_batches, "k must be a whole number >= 1, got"),
    ],
)
def test_a_bad_number_is_named_when_the_link_is_made(make, message):
    for value in [*NO_NUMBERS, *(() if make is scale else (0, -1e-8))]:
        with pytest.raises(ValueError, match=message):
            make(value)


# --- accumulation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "kind", "options"),
    [
        (momentum(GAMMA), "SGD", {"momentum": GAMMA}),
        (nesterov(GAMMA), "SGD", {"momentum": GAMMA, "nesterov": True}),
        (momentum(0.0), "SGD", {}),
        *(
            (adam(*betas), "Adam", {"betas": betas, "eps": 1e-8})
            for betas in [(0.9, 0.999), (0.5, 0.9), (0.0, 0.0)]
        ),
    ],
)
def test_pytorch_takes_the_same_steps(torch, link, kind, options):
    ours = trajectory(chain(link, scale(-LR)))
    assert ours == pytest.approx(pytorch_trajectory(torch, kind, **options), abs=1e-12)


def test_pytorchs_dampening_is_ema_but_for_its_first_gradient_which_it_does_not_damp(torch):
    undamped_first = GRADIENTS.copy()
    undamped_first[0] /= 1 - GAMMA
    ours = trajectory(chain(ema(GAMMA), scale(-LR)), undamped_first)
    theirs = pytorch_trajectory(torch, "SGD", momentum=GAMMA, dampening=GAMMA)
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_ema_is_momentum_at_a_smaller_rate():
    averaged = trajectory(chain(ema(GAMMA), scale(-LR)))
    assert averaged == pytest.approx(
        trajectory(chain(momentum(GAMMA), scale(-(1 - GAMMA) * LR))), abs=1e-14
    )


def test_velocity_is_the_sum_of_all_gradients_each_decayed_by_its_age():
    v, state = momentum(GAMMA).update(GRADIENTS[0], np.zeros(5))
    for g in GRADIENTS[1:]:
        v, state = momentum(GAMMA).update(g, state)
    ages = np.arange(len(GRADIENTS))[::-1]
    assert v == pytest.approx((GAMMA**ages) @ GRADIENTS, rel=1e-12)


@pytest.mark.parametrize(("link", "times"), [(momentum, 10), (nesterov, 10), (ema, 1)])
def test_a_constant_gradient_is_multiplied_and_a_spike_is_displaced_alike(link, times):
    assert steps_of(link(GAMMA), np.ones((400, 1)))[-1] == pytest.approx(times, rel=1e-6)
    spike = np.zeros((400, 1))
    spike[0] = 1
    assert trajectory(link(GAMMA), spike)[-1] == pytest.approx(times, rel=1e-6)


def test_nesterov_is_the_look_ahead_form_in_other_variables():
    # look-ahead: the gradient is taken at θ - ηγv; ours moves the point where it is taken
    curvature = np.array([0.3, 2.0])
    theta, v, seen = np.ones(2), np.zeros(2), []
    for _ in range(30):
        ahead = theta - LR * GAMMA * v
        seen.append(ahead)
        v = GAMMA * v + curvature * ahead
        theta = theta - LR * v
    optimizer, ours = chain(nesterov(GAMMA), scale(-LR)), np.ones(2)
    state = optimizer.init(ours)
    for ahead in seen:
        assert ours == pytest.approx(ahead, rel=1e-12)
        update, state = optimizer.update(curvature * ours, state)
        ours = ours + update


# --- Adam -----------------------------------------------------------------------------------


def test_adam_divides_the_weighted_mean_by_the_weighted_mean_square():
    ages = np.arange(len(GRADIENTS))[::-1]
    weights_1, weights_2 = 0.9**ages, 0.999**ages
    mean = weights_1 @ GRADIENTS / weights_1.sum()
    mean_square = weights_2 @ GRADIENTS**2 / weights_2.sum()
    last = steps_of(adam(), GRADIENTS)[-1]
    assert last == pytest.approx(mean / (np.sqrt(mean_square) + 1e-8), rel=1e-11)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_a_constant_gradient_of_any_size_makes_adam_step_by_its_sign(size):
    steps = steps_of(adam(), size * np.tile([-0.5, 2.0], (50, 1)))
    assert steps == pytest.approx(np.tile([-1, 1], (50, 1)), abs=1e-4)


def test_adam_forgets_the_size_of_all_gradients_together():
    ours = trajectory(adam(eps=1e-30))
    assert trajectory(adam(eps=1e-30), 1e9 * GRADIENTS) == pytest.approx(ours, rel=1e-9)


def test_a_zero_gradient_makes_adam_stay():
    assert np.array_equal(trajectory(adam(), np.zeros((5, 2))), np.zeros((5, 2)))


# --- the other links ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        (clip_by_value(0.5), lambda g: clip_value(g, 0.5)),
        (clip_by_global_norm(0.5), lambda g: clip_global_norm(g, 0.5)),
        (clip_by_layer_norm(0.5, LAYERS), lambda g: clip_layer_norms(g, 0.5, LAYERS)),
    ],
)
def test_clips_as_links_are_the_rules(link, rule):
    g = np.linspace(-3, 5, LAYERS[-1].b.stop)
    assert np.array_equal(link.update(g, link.init(g))[0], rule(g))


def test_clip_before_momentum_recovers_from_a_spike_at_once_and_after_it_does_not():
    gradients = np.array([[1.0], [1.0], [1000.0], *[[-1.0]] * 60])

    def steps_until_negative(*links):
        return int(np.argmax(steps_of(chain(*links), gradients)[3:, 0] < 0)) + 1

    assert steps_until_negative(clip_by_global_norm(1.0), momentum(0.9)) == 3
    assert steps_until_negative(momentum(0.9), clip_by_global_norm(1.0)) == 44


def test_k_micro_batches_make_the_steps_of_whole_batches_also_through_momentum():
    whole = trajectory(
        chain(momentum(GAMMA), scale(-LR)), GRADIENTS.reshape(25, 4, 5).mean(axis=1)
    )
    micro = trajectory(chain(accumulate_micro_batches(4), momentum(GAMMA), scale(-LR)))
    assert micro[3::4] == pytest.approx(whole, abs=1e-14)
    assert np.array_equal(micro[4], micro[3]), "between whole batches nothing moves"


def test_record_sees_the_gradient_where_it_stands_and_changes_nothing():
    raw, clipped = [], []
    optimizer = chain(record(raw), clip_by_global_norm(1.0), record(clipped), scale(-1.0))
    plain = chain(clip_by_global_norm(1.0), scale(-1.0))
    assert np.array_equal(trajectory(optimizer), trajectory(plain))
    assert raw == [global_norm(g) for g in GRADIENTS]
    assert max(clipped) == pytest.approx(1.0) and len(clipped) == len(GRADIENTS)
