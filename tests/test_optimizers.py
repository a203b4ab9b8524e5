import numpy as np
import pytest

from course_lib.activations import sigmoid
from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value, global_norm
from course_lib.mlp import MLP
from course_lib.optimizers import (
    Transform,
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
    stateless,
)

THETA = np.array([1.0, -2.0])
G = np.array([0.5, 3.0])


def counting():
    """A link that adds how many gradients it has seen before."""
    return Transform(init=lambda theta: 0, update=lambda g, n: (g + n, n + 1))


def run(optimizer, n_steps):
    state, updates = optimizer.init(THETA), []
    for _ in range(n_steps):
        update, state = optimizer.update(G, state)
        updates.append(update)
    return updates


def test_links_act_from_left_to_right():
    first = run(chain(stateless(np.square), scale(-1)), 1)[0]
    last = run(chain(scale(-1), stateless(np.square)), 1)[0]
    assert np.array_equal(first, -(G**2)) and np.array_equal(last, G**2)


def test_every_link_keeps_its_own_state():
    updates = run(chain(counting(), scale(2.0), counting()), 3)
    for n, update in enumerate(updates):
        assert update == pytest.approx(2 * (G + n) + n)


def test_chains_are_links():
    nested, flat = (
        chain(chain(counting(), scale(2.0)), counting()),
        chain(counting(), scale(2.0), counting()),
    )
    for a, b in zip(run(nested, 3), run(flat, 3), strict=True):
        assert np.array_equal(a, b)


def test_an_old_state_can_be_used_again():
    optimizer = chain(counting(), scale(-1.0))
    state = optimizer.init(THETA)
    first, _ = optimizer.update(G, state)
    again, _ = optimizer.update(G, state)
    assert np.array_equal(first, again)


def test_scale_keeps_float32_and_the_gradient():
    g = G.astype(np.float32)
    update, _ = scale(np.float64(-0.1)).update(g, ())
    assert update.dtype == np.float32
    assert np.array_equal(g, G)


@pytest.mark.parametrize("factor", [np.nan, np.inf, "1", None, [1.0]])
def test_scale_names_a_bad_factor(factor):
    with pytest.raises(ValueError, match="factor must be a finite number, got"):
        scale(factor)


def test_chain_names_a_bad_link():
    with pytest.raises(TypeError, match=r"links\[1\] must be a link, .*, got 0.1"):
        chain(scale(1.0), 0.1)
    with pytest.raises(TypeError, match=r"got the function momentum: call it, momentum\("):
        chain(momentum, scale(-1.0))
    with pytest.raises(
        TypeError, match=r"links\[0\] must be a link, .* got a list: chain\(\*links\)"
    ):
        chain([scale(-1.0)])
    with pytest.raises(ValueError, match="the number of links must be a whole number >= 1"):
        chain()


def test_a_class_of_ones_own_with_init_and_update_is_a_link():
    class Halved:
        def init(self, theta):
            return 0

        def update(self, g, n):
            return g / 2, n + 1

    optimizer = chain(Halved(), scale(-1.0))
    update, state = optimizer.update(np.array([4.0]), optimizer.init(np.zeros(1)))
    assert (update, state[0]) == (-2.0, 1)


# --- accumulation ---------------------------------------------------------------------------

LR, GAMMA = 0.1, 0.9
GRADIENTS = np.random.default_rng(9).standard_normal((100, 5))


def trajectory(optimizer, gradients=GRADIENTS):
    """The parameters after each step, from zero."""
    theta = np.zeros(gradients.shape[1:])
    state, path = optimizer.init(theta), []
    for g in gradients:
        update, state = optimizer.update(g, state)
        theta = theta + update
        path.append(theta)
    return np.array(path)


def pytorch_trajectory(torch, **options):
    theta = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer, path = torch.optim.SGD([theta], lr=LR, **options), []
    for g in GRADIENTS:
        theta.grad = torch.tensor(g)
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize(
    ("link", "options"),
    [
        (momentum(GAMMA), {"momentum": GAMMA}),
        (nesterov(GAMMA), {"momentum": GAMMA, "nesterov": True}),
        (momentum(0.0), {}),
    ],
    ids=["momentum", "nesterov", "plain"],
)
def test_pytorchs_sgd_takes_the_same_steps(torch, link, options):
    ours = trajectory(chain(link, scale(-LR)))
    assert ours == pytest.approx(pytorch_trajectory(torch, **options), abs=1e-12)


def test_pytorchs_dampening_is_ema_but_for_its_first_gradient_which_it_does_not_damp(torch):
    undamped_first = GRADIENTS.copy()
    undamped_first[0] /= 1 - GAMMA
    ours = trajectory(chain(ema(GAMMA), scale(-LR)), undamped_first)
    theirs = pytorch_trajectory(torch, momentum=GAMMA, dampening=GAMMA)
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
    constant = np.ones((400, 1))
    steps = np.diff(trajectory(link(GAMMA), constant), axis=0)
    assert steps[-1] == pytest.approx(times, rel=1e-6)
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


@pytest.mark.parametrize("make", [momentum, ema, nesterov])
@pytest.mark.parametrize("gamma", [-0.1, 1.0, np.nan, "0.9", None, True])
def test_a_bad_gamma_is_named(make, gamma):
    with pytest.raises(ValueError, match=r"gamma must lie in \[0, 1\), got"):
        make(gamma)


@pytest.mark.parametrize("make", [momentum, ema, nesterov])
def test_float32_stays_float32_and_states_are_not_changed(make):
    link, g = make(0.9), np.ones(3, np.float32)
    state = link.init(g)
    before = state.copy()
    update, new_state = link.update(g, state)
    assert update.dtype == new_state.dtype == np.float32
    assert np.array_equal(state, before) and np.array_equal(g, np.ones(3))


# --- Adam -----------------------------------------------------------------------------------


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.0)])
def test_pytorchs_adam_takes_the_same_steps(torch, betas):
    theta = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer, theirs = torch.optim.Adam([theta], lr=LR, betas=betas, eps=1e-8), []
    for g in GRADIENTS:
        theta.grad = torch.tensor(g)
        optimizer.step()
        theirs.append(theta.detach().numpy().copy())
    ours = trajectory(chain(adam(*betas), scale(-LR)))
    assert ours == pytest.approx(np.array(theirs), abs=1e-12)


def test_adam_divides_the_weighted_mean_by_the_weighted_mean_square():
    ages = np.arange(len(GRADIENTS))[::-1]
    weights_1, weights_2 = 0.9**ages, 0.999**ages
    mean = weights_1 @ GRADIENTS / weights_1.sum()
    mean_square = weights_2 @ GRADIENTS**2 / weights_2.sum()
    last = np.diff(trajectory(adam()), axis=0)[-1]
    assert last == pytest.approx(mean / (np.sqrt(mean_square) + 1e-8), rel=1e-11)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_a_constant_gradient_of_any_size_makes_adam_step_by_its_sign(size):
    steps = np.diff(trajectory(adam(), size * np.tile(G - 1, (50, 1))), axis=0, prepend=0)
    assert steps == pytest.approx(np.tile(np.sign(G - 1), (50, 1)), abs=1e-4)


def test_adam_forgets_the_size_of_all_gradients_together():
    ours = trajectory(adam(eps=1e-30))
    assert trajectory(adam(eps=1e-30), 1e9 * GRADIENTS) == pytest.approx(ours, rel=1e-9)


def test_a_zero_gradient_makes_adam_stay():
    assert np.array_equal(trajectory(adam(), np.zeros((5, 2))), np.zeros((5, 2)))


@pytest.mark.parametrize("name", ["beta_1", "beta_2"])
@pytest.mark.parametrize("value", [-0.1, 1.0, np.nan, "0.9", None, True])
def test_a_bad_decay_of_adam_is_named(name, value):
    with pytest.raises(ValueError, match=rf"{name} must lie in \[0, 1\), got"):
        adam(**{name: value})


@pytest.mark.parametrize("eps", [0, -1e-8, np.inf, "1e-8"])
def test_a_bad_eps_is_named(eps):
    with pytest.raises(ValueError, match="eps must be a finite number > 0, got"):
        adam(eps=eps)


def test_adam_keeps_float32_and_changes_neither_state_nor_gradient():
    link, g = adam(np.float64(0.9), np.float64(0.999), np.float64(1e-8)), G.astype(np.float32)
    _, state = link.update(g, link.init(g))
    before = state[0].copy(), state[1].copy(), state[2]
    first, new_state = link.update(g, state)
    assert first.dtype == new_state[0].dtype == new_state[1].dtype == np.float32
    assert np.array_equal(first, link.update(g, state)[0]) and np.array_equal(g, G)
    assert all(np.array_equal(a, b) for a, b in zip(state, before, strict=True))


# --- the other links ------------------------------------------------------------------------


def test_clips_as_links_are_the_rules():
    model = MLP([2, 2, 1], sigmoid)
    g = np.linspace(-3, 5, model.n_params)
    pairs = [
        (clip_by_value(0.5), clip_value(g, 0.5)),
        (clip_by_global_norm(0.5), clip_global_norm(g, 0.5)),
        (clip_by_layer_norm(0.5, model.layers), clip_layer_norms(g, 0.5, model.layers)),
    ]
    for link, expected in pairs:
        assert np.array_equal(link.update(g, link.init(g))[0], expected)


@pytest.mark.parametrize(
    "make", [clip_by_value, clip_by_global_norm, lambda c: clip_by_layer_norm(c, ())]
)
def test_clips_as_links_name_a_bad_limit_at_once(make):
    with pytest.raises(ValueError, match="must be a finite number > 0, got -1"):
        make(-1)


def test_clip_before_momentum_recovers_from_a_spike_at_once_and_after_it_does_not():
    gradients = np.array([[1.0], [1.0], [1000.0], *[[-1.0]] * 60])

    def steps_until_negative(optimizer):
        steps = np.diff(trajectory(optimizer, gradients), axis=0, prepend=0).ravel()
        return int(np.argmax(steps[3:] < 0)) + 1

    assert steps_until_negative(chain(clip_by_global_norm(1.0), momentum(0.9))) == 3
    assert steps_until_negative(chain(momentum(0.9), clip_by_global_norm(1.0))) == 44


def test_k_micro_batches_make_the_steps_of_whole_batches_also_through_momentum():
    whole = trajectory(
        chain(momentum(GAMMA), scale(-LR)), GRADIENTS.reshape(25, 4, 5).mean(axis=1)
    )
    micro = trajectory(chain(accumulate_micro_batches(4), momentum(GAMMA), scale(-LR)))
    assert micro[3::4] == pytest.approx(whole, abs=1e-14)
    assert np.array_equal(micro[4], micro[3]), "between whole batches nothing moves"


@pytest.mark.parametrize("k", [0, -1, 2.5, None])
def test_a_bad_number_of_micro_batches_is_named(k):
    with pytest.raises((ValueError, TypeError), match="k must be a whole number >= 1"):
        accumulate_micro_batches(k)


def test_record_sees_the_gradient_where_it_stands_and_changes_nothing():
    raw, clipped = [], []
    optimizer = chain(record(raw), clip_by_global_norm(1.0), record(clipped), scale(-1.0))
    plain = chain(clip_by_global_norm(1.0), scale(-1.0))
    assert np.array_equal(trajectory(optimizer), trajectory(plain))
    assert raw == [global_norm(g) for g in GRADIENTS]
    assert max(clipped) == pytest.approx(1.0) and len(clipped) == len(GRADIENTS)


@pytest.mark.parametrize("link", [momentum, ema, nesterov])
def test_a_decay_of_another_precision_does_not_change_that_of_the_gradient(link):
    made = link(np.float64(0.9))
    g = np.ones(3, np.float32)
    step, state = made.update(g, made.init(g))
    assert step.dtype == state.dtype == np.float32


@pytest.mark.parametrize("bad", [1j, np.complex128(1), "0.1", None, True, np.inf, [0.1]])
def test_factors_and_decays_that_are_no_numbers_are_named(bad):
    with pytest.raises(ValueError, match="factor must be a finite number, got"):
        scale(bad)
    for link in (momentum, ema, nesterov):
        with pytest.raises(ValueError, match=r"gamma must lie in \[0, 1\), got"):
            link(bad)
