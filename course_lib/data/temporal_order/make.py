"""Run what lesson 08 stores: recurrent nets on the temporal-order task, over many seeds.

    python -m course_lib.data.temporal_order.make               # all of it
    python -m course_lib.data.temporal_order.make "50 units"    # one part anew

Writes ``runs.json`` beside it: how many nets learn, by method, rate, size, length
and gain. It takes some minutes on one core. The lesson runs a smaller version itself.
"""

import json
import platform
import sys
from pathlib import Path

import numpy as np

from course_lib.activations import tanh
from course_lib.datasets import temporal_order
from course_lib.initializers import normal, orthogonal
from course_lib.optimizers import chain, clip_by_global_norm, ema, momentum, nesterov
from course_lib.rnn import RNN

TARGET = Path(__file__).with_name("runs.json")
SEED = 8
METHODS = {
    "plain descent": momentum(0.0),
    "momentum": momentum(0.9),
    "EMA": ema(0.9),
    "Nesterov": nesterov(0.9),
}
RATES = [round(10.0 ** (k / 2), 4) for k in range(-5, 2)]
LENGTHS, GAINS = [20, 50, 100], [0.5, 1.1]


def chains(max_norm=1.0):
    """Return every method without a clip and with one, by (method, clipped)."""
    clip = clip_by_global_norm(max_norm, nonfinite="zero")
    plain = {(name, False): link for name, link in METHODS.items()}
    return plain | {(name, True): chain(clip, link) for name, link in METHODS.items()}


def count(links, lr, n_steps, n_seeds, *, n_units=20, gain=1.1, n_batch=16, length=20):
    """Train all seeds with every chain on the same sequences; count those that learn.

    A run has learned if its mean loss over the last 20 steps is below half of what guessing
    costs, ln 4.

    Parameters
    ----------
    links : dict of hashable to Transform
    lr : float
        Learning rate, the same for all.
    n_steps, n_seeds, n_units, n_batch, length : int
        Steps, nets, units of each, sequences in a batch, and time steps T.
    gain : float
        Of the orthogonal recurrent weights at the start.

    Returns
    -------
    dict of hashable to int
    """
    net, rng = RNN(6, n_units, 4, tanh), np.random.default_rng(SEED)
    theta = net.init(rng, normal(0.15), orthogonal(gain), (n_seeds,), np.float32)
    thetas = dict.fromkeys(links, theta)
    states = {key: link.init(theta) for key, link in links.items()}
    late = dict.fromkeys(links, 0.0)
    for step in range(n_steps):
        x, y = temporal_order(rng, (n_seeds, n_batch), length)
        for key, link in links.items():
            loss, grad = net.loss_and_gradient(thetas[key], x.astype(np.float32), y)
            update, states[key] = link.update(grad, states[key])
            thetas[key] = thetas[key] - np.float32(lr) * update
            late[key] = late[key] + loss / 20 if step >= n_steps - 20 else 0.0
    return {key: int(np.sum(losses < np.log(4) / 2)) for key, losses in late.items()}


def as_lists(counts):
    """Return counts of several settings as {method: {"plain": [...], "clipped": [...]}}."""
    return {
        name: {
            word: [one[name, clipped] for one in counts]
            for word, clipped in (("plain", False), ("clipped", True))
        }
        for name in METHODS
    }


def by_rate():
    """Run every chain at seven rates."""
    counts = [count(chains(), lr, 150, 60) for lr in RATES]
    return {"rates": RATES, "n_seeds": 60, "n_steps": 150, "solved": as_lists(counts)}


def of_50_units():
    """Run every chain on larger nets, at one rate."""
    counts = [count(chains(), 0.1, 150, 60, n_units=50, n_batch=20)]
    return {"n_seeds": 60, "n_steps": 150, "solved": as_lists(counts)}


def by_length_and_gain():
    """Run every chain on longer sequences and at a smaller gain."""
    grid = [(length, gain) for length in LENGTHS for gain in GAINS]
    counts = [count(chains(), 0.1, 200, 10, gain=g, length=t) for t, g in grid]
    found = {"n_seeds": 10, "n_steps": 200, "solved": as_lists(counts)}
    return {"length and gain": grid} | found


PARTS = {"by rate": by_rate, "50 units": of_50_units, "by length and gain": by_length_and_gain}


def main(names):
    """Run the parts of these names, all if there is none, and write down what they give."""
    runs = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    for name in names or PARTS:
        with np.errstate(over="ignore", invalid="ignore"):  # exploding runs are counted
            runs[name] = PARTS[name]()
        versions = {"python": platform.python_version(), "numpy": np.__version__}
        runs |= {"seed": SEED, "versions": versions}
        TARGET.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
