"""Laws of the figures of lesson 08: what they draw is what the library computes."""

import re

import numpy as np
import pytest

from course_lib.activations import sigmoid, tanh
from course_lib.experiments.wall import error_and_gradient
from course_lib.optimizers import chain, clip_by_global_norm, clip_by_value, momentum, scale
from course_lib.rnn import RNN
from course_lib.widgets import gain_widget, wall_rescue_widget
from course_lib.widgets.gain import OrthogonalNets, growth_per_step
from course_lib.widgets.wall_rescue import descend

make = gain_widget


@pytest.fixture(scope="module")
def nets():
    return OrthogonalNets(np.random.default_rng(0))


@pytest.mark.parametrize(
    ("unit", "activation", "center"),
    [("tanh", tanh, 0), ("sigmoid", sigmoid, 0), ("centered sigmoid", sigmoid, 0.5)],
)
def test_the_norms_are_those_of_recurrent_nets(nets, unit, activation, center):
    """The same net as an `RNN`, whose first step is spent on the start."""
    n, gain, strength = nets.W.shape[-1], 3.0, 0.4
    net = RNN(n, n, n, activation, loss=lambda output, y: (0.0, nets.grad))
    theta = np.zeros((len(nets.W), net.n_params))
    parts = net.unpack(theta)
    parts.W[...], parts.U[...], parts.V[...] = gain * nets.W, np.eye(n), np.eye(n)
    parts.b[...] = -center * parts.W.sum(axis=-1)
    start = nets.start if unit == "tanh" else 0.5 + nets.start
    z_1 = np.arctanh(start) if unit == "tanh" else np.log(start / (1 - start))
    first = (z_1 - parts.b[:, None])[None]
    x = np.moveaxis(np.concatenate([first, strength * nets.inputs]), 0, -2)
    expected = net.step_norms(theta, x, None)[:, 1:]
    np.testing.assert_allclose(nets.step_norms(unit, [gain], strength)[0], expected, rtol=1e-6)


def test_many_gains_at_once_are_as_many_single_ones(nets):
    many = nets.step_norms("tanh", [0.5, 2.0], 0.3)
    for norms, gain in zip(many, (0.5, 2.0), strict=True):
        np.testing.assert_allclose(norms, nets.step_norms("tanh", [gain], 0.3)[0])


def test_without_saturation_every_step_multiplies_by_the_gain(nets):
    growth = growth_per_step(nets.step_norms("centered sigmoid", [2.0], 0.0))
    np.testing.assert_allclose(growth, 0.5, rtol=0.02)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"gain": 0.5}, "it must vanish"),
        ({"gain": 1.0}, "it cannot grow"),
        ({"unit": "sigmoid", "gain": 4.0}, "it cannot grow"),
        (
            {"unit": "sigmoid", "gain": 5.0},
            "allows an explosion, and the gradient vanishes in all nets",
        ),
        (
            {"unit": "sigmoid", "gain": 16.0},
            "grows in 4 of the 6 nets, and shrinks in the others",
        ),
        ({"unit": "tanh", "gain": 4.0, "strength": 0.0}, "It explodes in all nets"),
    ],
)
def test_the_words_tell_bound_and_growth(widget, values, verdict):
    start = {name: control.start for name, control in widget.settings.items()}
    widget.move(**start | values)
    assert verdict in widget.sentence
    growth, bound = map(
        float, re.findall(r"(?:by|is) ([\d.e-]+?)(?: on|\.)", widget.sentence)[:2]
    )
    assert growth <= bound * 1.01


CHAINS = {
    "none": lambda c: scale(1.0),
    "by global norm": clip_by_global_norm,
    "by value": clip_by_value,
}


@pytest.mark.parametrize("rule", CHAINS)
@pytest.mark.parametrize("gamma", [0.0, 0.9])
def test_the_descent_is_that_of_the_chain(rule, gamma):
    optimizer = chain(CHAINS[rule](0.2), momentum(gamma), scale(-0.1))
    path, lengths, error = descend(-2.8, 0.1, gamma, rule, 0.2, 12)
    theta = np.array([6.0, -2.8])
    state = optimizer.init(theta)
    for point, length in zip(path[1:], lengths, strict=True):
        update, state = optimizer.update(error_and_gradient(theta)[1], state)
        theta = theta + update
        np.testing.assert_allclose(theta, point, rtol=1e-8)
        assert length == pytest.approx(np.linalg.norm(update), rel=1e-6)
    assert error == pytest.approx(error_and_gradient(theta)[0], rel=1e-6)


def test_no_step_is_longer_than_the_bound_that_is_told():
    widget = wall_rescue_widget(n_steps=150)
    widget.move(**{"gamma": 0.8, "rule": "by global norm", "threshold": 0.5})
    longest, bound = map(
        float, re.search(r"is (\S+) \(the bound is (\S+)\)", widget.sentence).groups()
    )
    assert bound == pytest.approx(0.25)
    assert longest <= bound
    widget.close()


def test_it_begins_with_plain_descent_that_is_thrown_out():
    widget = wall_rescue_widget()
    assert "no bound" in widget.sentence and "not solved" in widget.sentence
    widget.close()


def test_a_descent_without_steps_is_refused():
    with pytest.raises(ValueError, match=r"n_steps must be .* got 0"):
        wall_rescue_widget(0)
