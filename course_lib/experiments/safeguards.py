"""The plans of lesson 09: four symptoms, and for each the remedies that are tried on it.

A plan is a net, how it begins, what turns its gradients into steps, and how long it trains.
A symptom is a plan that fails; a remedy is the same plan with one thing changed.
"""

import json
from dataclasses import replace

import numpy as np

from course_lib._files import shipped
from course_lib.activations import relu, sigmoid, tanh
from course_lib.experiments.plan import Plan, draw_digits, draw_sequences, drawn
from course_lib.gated import GRU
from course_lib.initializers import centered, he, normal, orthogonal
from course_lib.optimizers import adam, clip_by_global_norm, ema, nesterov
from course_lib.residual import ResidualNet
from course_lib.rnn import RNN
from course_lib.schedules import warm_up

WITHOUT, SMALLER = "no remedy", "smaller rate, more steps"
THRESHOLDS, WEIGHTS = (0.1, 1.0, 10.0), (1e-3, 1e-2, 1e-1)  # of the clip, of the penalty


def recurrent_net():
    """Return the plan that meets single spikes: a plain tanh net, the temporal-order task."""
    net = RNN(6, 32, 4, tanh)
    return Plan(net, draw_sequences, drawn(normal(1.0)), 16, 400, np.log(4))


def deep_net(activation, sigma_w, n_layers=20):
    """Return the plan of a net of 32 units a layer on digits, its weights at a scale."""
    net = ResidualNet(64, 32, n_layers - 1, 10, activation, skip=False)
    return Plan(net, draw_digits, drawn(normal(sigma_w)), 16, 300, np.log(10))


def spikes():
    """Return plans against single large gradients: a recurrent net."""
    plan = recurrent_net()
    return {
        **_steps_changed(plan),
        # as in lesson 08: small weights from the inputs, orthogonal ones between the states
        "initialization": replace(plan, init=drawn(normal(0.15), recurrent=orthogonal(1.1))),
        "orthogonal weights": replace(plan, init=drawn(normal(1.0), recurrent=orthogonal())),
        "gated units": replace(
            plan, model=GRU(6, 32, 4), init=drawn(normal(1.0), gate_bias=1.0)
        ),
    }


def vanishing():
    """Return plans against a gradient that vanishes from the start: a deep sigmoid net."""
    plan = deep_net(sigmoid, 1.0)
    return {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(normal(10.15))),
        "centered activations": replace(plan, init=drawn(centered(normal(4.0)))),
        "orthogonal weights": replace(plan, init=drawn(orthogonal(4.0))),
        "centered and orthogonal": replace(plan, init=drawn(centered(orthogonal(4.0)))),
        **_blocks_changed(plan, sigmoid),
    }


def exploding():
    """Return plans against a gradient that explodes from the start: a deep tanh net."""
    plan = deep_net(tanh, 4.0)
    return {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(normal(1.0))),
        "orthogonal weights": replace(plan, init=drawn(orthogonal())),
        **_blocks_changed(plan, tanh),
    }


def too_fast():
    """Return plans against a rate beyond stability, 0.2: the ReLU net of lessons 06 and 07."""
    plan = deep_net(relu, 2.2, n_layers=5)
    plan = replace(plan, n_batch=24, n_steps=200, rates=(0.2,))  # the rate is the symptom
    return {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(he())),
        "orthogonal weights": replace(plan, init=drawn(orthogonal(np.sqrt(2)))),
        **_blocks_changed(plan, relu),
    }


SYMPTOMS = {
    "single spikes": spikes,
    "vanishing at the start": vanishing,
    "exploding at the start": exploding,
    "rate beyond stability": too_fast,
}


def settings(name, plan):
    """Return the plans that a remedy is tuned over, by its setting: a threshold or a weight."""
    if name == "clipping":
        return {
            c: replace(plan, link=clip_by_global_norm(c, nonfinite="zero")) for c in THRESHOLDS
        }
    if name == "gradient penalty":
        return {mu: replace(plan, mu=mu) for mu in WEIGHTS}
    return {None: plan}


def tuned(symptom, name):
    """Return the plan of a remedy at its stored setting and rate."""
    entry = stored()["symptoms"][symptom]["remedies"][name]
    plan = settings(name, SYMPTOMS[symptom]()[name])[entry["setting"]]
    return replace(plan, rates=(entry["rate"],))


def _steps_changed(plan):
    """Return what can be done without touching the net: what becomes of its gradients."""
    return {
        WITHOUT: plan,
        SMALLER: plan.longer(4),
        "gradient penalty": plan.penalized(0.01),
        "Nesterov": replace(plan, link=nesterov(0.9)),
        "averaging (EMA)": replace(plan, link=ema(0.9)),
        "clipping": replace(plan, link=clip_by_global_norm(1.0, nonfinite="zero")),
        "Adam": replace(plan, link=adam()),
        "warm-up": replace(plan, link=warm_up(100)),
    }


def _blocks_changed(plan, activation):
    """Return the same net with skip connections, with layer normalization, and with both."""
    blocks = plan.model.n_blocks

    def with_(**switches):
        return replace(plan, model=ResidualNet(64, 32, blocks, 10, activation, **switches))

    return {
        "residual connections": with_(),
        "layer normalization": with_(skip=False, normalize=True),
        "residual and normalized": with_(normalize=True),
    }


def stored():
    """Return the results of ``course_lib/data/safeguards/make.py``, as it wrote them down.

    Raises
    ------
    FileNotFoundError
        If the data did not come with the package.
    """
    return json.loads(shipped("safeguards", "safeguards.json").read_text(encoding="utf-8"))
