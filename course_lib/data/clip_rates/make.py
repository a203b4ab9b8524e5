"""Run what lesson 10 stores: three nets at many rates, without and with a clip.

    python -m course_lib.data.clip_rates.make                    # all of it
    python -m course_lib.data.clip_rates.make "convolutional"    # one net anew

Writes ``runs.json`` beside it: for each rate a 0 or 1 for each net. It takes ten minutes of one
core. Nets and batches are drawn as in the lesson; the threshold is the median of the norms of
ten healthy runs.
"""

import json
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from course_lib import datasets
from course_lib.activations import sigmoid, tanh
from course_lib.cnn import CNN
from course_lib.experiments import characters
from course_lib.experiments.clip_rates import WAYS
from course_lib.experiments.plan import Plan, draw_digits, drawn
from course_lib.initializers import glorot, he, normal, orthogonal
from course_lib.mlp import MLP
from course_lib.optimizers import chain, clip_by_global_norm, momentum, record
from course_lib.rnn import RNN

TARGET = Path(__file__).with_name("runs.json")
SEED, N_HEALTHY = 10, 10
TEXT = characters.lesson_text()
ONE_HOT = np.eye(len(TEXT.alphabet), dtype=np.float32)


@dataclass(frozen=True)
class Sweep:
    """A net, how it is trained, and when it counts as one that has learned.

    Attributes
    ----------
    plan : Plan
        The net, how it begins, its batches, its rates, and the link without a clip.
    healthy : Plan
        The run whose norms give the threshold, at one rate.
    learned : callable
        ``learned(theta) -> bool`` for each net.
    n_nets : int
        How many nets are trained.
    """

    plan: Plan
    healthy: Plan
    learned: Callable
    n_nets: int


def reads(model, share):
    """Return the judge of nets that read digits: more than a share of the test images."""
    data = datasets.digits(np.random.default_rng(0), dtype=np.float32)

    def learned(theta):
        answers = model.forward(theta, data.x_test).argmax(axis=-1)
        return (answers == data.y_test).mean(axis=-1) > share

    return learned


def draw_text(rng, shape):
    """Return pieces of 20 characters, one-hot, and at each place the next one."""
    seen, following = characters.random_windows(rng, TEXT.train, shape, 20)
    return ONE_HOT[seen], following


def spells(model):
    """Return the judge of nets that spell: better than the frequencies of characters."""
    share = np.bincount(TEXT.train) / len(TEXT.train)
    unigram = -(share[share > 0] * np.log(share[share > 0])).sum()
    seen, following = characters.cut_into_windows(TEXT.test, 100)

    def learned(theta):
        nets = theta.reshape(-1, theta.shape[-1])  # one at a time: the text is long
        nats = [model.loss_and_gradient(net, ONE_HOT[seen], following)[0] for net in nets]
        return np.reshape(nats, theta.shape[:-1]) < unigram

    return learned


def grid(low, high, per_decade):
    """Return rates that are evenly spaced on a logarithmic axis, rounded."""
    n = round(np.log10(high / low) * per_decade)
    return tuple(float(f"{low * 10 ** (k / per_decade):.3g}") for k in range(n + 1))


def sweeps():
    """Return the `Sweep` of each net, by its name in the lesson."""
    mlp, cnn = MLP([64, 32, 32, 10], sigmoid), CNN(image_shape=(8, 8), n_filters=8)
    speller = RNN(30, 48, 30, tanh, output="all")
    dense = Plan(mlp, draw_digits, drawn(glorot()), 32, 250, np.log(10), momentum(0.9))
    patches = Plan(cnn, draw_digits, drawn(he()), 64, 150, np.log(10))
    start = drawn(normal(1.0), recurrent=orthogonal(1.0))
    text = Plan(speller, draw_text, start, 16, 120, np.log(30), momentum(0.9))
    made = {
        "two hidden layers": (dense, grid(0.5, 5, 10), (0.9, 0.5), reads(mlp, 0.8), 60),
        "convolutional": (patches, grid(0.5, 10, 10), (0.9, 0.1), reads(cnn, 0.9), 60),
        "recurrent": (text, grid(0.3, 4, 10), (0.9, 0.3), spells(speller), 60),
    }
    return {
        name: Sweep(
            replace(plan, rates=rates),
            replace(plan, rates=(lr,), link=momentum(gamma)),
            learned,
            n_nets,
        )
        for name, (plan, rates, (gamma, lr), learned, n_nets) in made.items()
    }


def run(sweep):
    """Run one sweep; return what is stored of it."""
    log, healthy = [], sweep.healthy
    recorded = replace(healthy, link=chain(record(log), healthy.link))
    recorded.run(np.random.default_rng((SEED, 0)), N_HEALTHY, desc="healthy")
    threshold = float(np.median(np.ravel(log)))
    clip = clip_by_global_norm(threshold, nonfinite="zero")
    links = dict(zip(WAYS, (sweep.plan.link, chain(clip, sweep.plan.link)), strict=True))
    learned = {}
    for way, link in links.items():
        plan = replace(sweep.plan, link=link)
        theta = plan.run(np.random.default_rng((SEED, 1)), sweep.n_nets, desc=way).theta
        learned[way] = ["".join(map(str, row.astype(int))) for row in sweep.learned(theta)]
    return {"rates": sweep.plan.rates, "threshold": threshold, "learned": learned}


def main(names):
    """Run the sweeps of these names, all if there is none, and write down what they give."""
    stored = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {"nets": {}}
    found = sweeps()
    for name in names or found:
        with np.errstate(over="ignore", invalid="ignore"):  # exploding runs are counted
            stored["nets"][name] = run(found[name])
        stored["nets"] = {key: stored["nets"][key] for key in found if key in stored["nets"]}
        versions = {"python": platform.python_version(), "numpy": np.__version__}
        stored |= {"seed": SEED, "versions": versions}
        TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
