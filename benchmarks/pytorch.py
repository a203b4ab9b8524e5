"""How long is a training step beside PyTorch's? ``python -m benchmarks.pytorch``.

One step is forward and backward pass, norm of each layer's gradient, clip by global norm, and
momentum. All ways of making it take turns in one process and on one thread, as the machine may
be busy with other things; printed are medians of their times relative to PyTorch's in the same
round. "Matrix products alone" is what nothing in NumPy can fall below. PyTorch comes with
``python course.py test --oracles``.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import torch

from course_lib.activations import sigmoid, tanh
from course_lib.diagnostics import layer_norms
from course_lib.initializers import normal, orthogonal
from course_lib.mlp import MLP
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale
from course_lib.rnn import RNN

N_ROUNDS, N_STEPS, N_IMPORTS = 30, 5, 9
LR, GAMMA, MAX_NORM = 0.01, 0.9, 1.0
DEEP = ((64, 30, 64), (256, 30, 256))  # width, layers, batch
GOALS = {
    "64 wide, float32": 0.35,
    "64 wide, float64": 0.70,
    "256 wide, float32": 1.00,
    "256 wide, products": 1.5,
    "three neurons": 0.15,
    "RNN of 50 steps": 0.55,
    "RNN of 200 steps": 0.55,
    "sweep": 4.0,
    "import": 0.15,
}


def ours(model, theta, x, y):
    """Return a function that makes one step of the course's own code."""
    optimizer = chain(clip_by_global_norm(MAX_NORM), momentum(GAMMA), scale(-LR))
    state = optimizer.init(theta)

    def step():
        nonlocal theta, state
        _, grad = model.loss_and_gradient(theta, x, y)
        layer_norms(grad, model.layers)
        update, state = optimizer.update(grad, state)
        theta = theta + update

    return step


def pytorch(model, x, y):
    """Return a function that makes the same step with PyTorch, eager and in float32."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=GAMMA)
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)

    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        for parameter in model.parameters():
            parameter.grad.norm()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()

    return step


class TorchRNN(torch.nn.Module):
    """PyTorch's recurrent net, read out at the last step."""

    def __init__(self, n_inputs, n_units, n_outputs):
        super().__init__()
        self.rnn = torch.nn.RNN(n_inputs, n_units, batch_first=True)
        self.out = torch.nn.Linear(n_units, n_outputs)

    def forward(self, x):
        """Return the logits."""
        return self.out(self.rnn(x)[0][:, -1])


def torch_mlp(sizes):
    """Return PyTorch's net of dense layers."""
    layers = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Sigmoid()]
    return torch.nn.Sequential(*layers[:-1])


def products(sizes, n_batch):
    """Return a function that makes the step's matrix products and nothing else."""
    rng = np.random.default_rng(0)
    weights = [
        rng.standard_normal((fan_out, fan_in), np.float32)
        for fan_in, fan_out in pairwise(sizes)
    ]
    signals = [rng.standard_normal((n_batch, n), np.float32) for n in sizes]

    def step():
        for w, a, delta in zip(weights, signals[:-1], signals[1:], strict=True):
            a @ w.T, delta @ w, delta.T @ a

    return step


def relative_times(*steps, n_steps=N_STEPS):
    """Return each step's median time relative to the last one's, measured in turns."""
    times = np.empty((N_ROUNDS, len(steps)))
    for step in steps:
        step()
    for round_ in range(N_ROUNDS):
        for i, step in enumerate(steps):
            start = time.perf_counter()
            for _ in range(n_steps):
                step()
            times[round_, i] = time.perf_counter() - start
    return np.median(times / times[:, -1:], axis=0)


def mlp_times(sizes, n_batch, dtypes, *others, n_steps=N_STEPS):
    """Return the times of our net in each precision, and of others, in PyTorch's."""
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((n_batch, sizes[0])), rng.integers(sizes[-1], size=n_batch)
    model = MLP(sizes, sigmoid)
    thetas = [model.init(np.random.default_rng(0), normal(4.0), dtype=d) for d in dtypes]
    steps = [ours(model, theta, x, y) for theta in thetas]
    reference = pytorch(torch_mlp(sizes), x, y)
    return relative_times(*steps, *others, reference, n_steps=n_steps)[:-1]


def rnn_time(n_steps):
    """Return the time of our recurrent net of 64 units in PyTorch's."""
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((32, n_steps, 8)), rng.integers(4, size=32)
    model = RNN(8, 64, 4, tanh)
    draws = normal(1.0), orthogonal(1.0)
    theta = model.init(np.random.default_rng(0), *draws, dtype=np.float32)
    return relative_times(ours(model, theta, x, y), pytorch(TorchRNN(8, 64, 4), x, y))[0]


def sweep_ratio(n_nets=200, width=16, n_layers=10, n_batch=32):
    """Return how many times a loop over nets takes as long as one call for all."""
    rng = np.random.default_rng(1)
    model = MLP([width] * n_layers + [10], sigmoid)
    theta = model.init(rng, normal(4.0), shape=(n_nets,))
    x, y = rng.standard_normal((n_batch, width)), rng.integers(10, size=n_batch)

    def loop():
        for one in theta:
            model.loss_and_gradient(one, x, y)

    def at_once():
        model.loss_and_gradient(theta, x, y)

    return relative_times(loop, at_once, n_steps=1)[0]


def import_seconds():
    """Return how much longer `import course_lib.mlp` takes than NumPy alone, in the median."""
    found = {}
    for module in ("numpy", "course_lib.mlp"):
        clock = "time.perf_counter()"
        code = f"import time; begin = {clock}; import {module}; print({clock} - begin)"
        runs = [subprocess.check_output([sys.executable, "-c", code]) for _ in range(N_IMPORTS)]
        found[module] = np.median([float(run) for run in runs])
    return max(0.0, found["course_lib.mlp"] - found["numpy"])  # noise may make it negative


def measured():
    """Return every figure that has a goal, by its name."""
    found = {}
    for width, n_layers, n_batch in DEEP:
        sizes = [width] * n_layers + [10]
        dtypes = np.float64, np.float32
        float64, float32, alone = mlp_times(sizes, n_batch, dtypes, products(sizes, n_batch))
        found |= {f"{width} wide, float64": float64, f"{width} wide, float32": float32}
        found[f"{width} wide, matrix products alone"] = alone
        found[f"{width} wide, products"] = float32 / alone
    found["three neurons"] = mlp_times([2, 2, 2], 4, (np.float64,), n_steps=50)[0]
    for n_steps in (50, 200):
        found[f"RNN of {n_steps} steps"] = rnn_time(n_steps)
    return found | {"sweep": sweep_ratio(), "import": import_seconds()}


# why a goal may be missed; printed where it is
REASONS = {
    "three neurons": "A step on a dozen parameters is some seventy calls of NumPy, and each "
    "costs about a microsecond whatever it computes. Fewer calls would take a pass written for "
    "this one net, which a learner would have to read beside the one for all nets.",
    "64 wide, float32": "Beside its matrix products a layer makes some thirty calls, each on a "
    "few thousand numbers. Buffers used again and layers stacked would save more, at the price "
    "of a backward pass that no longer reads like its formulas.",
    "64 wide, float64": "PyTorch's step is in float32, which takes half the memory and half "
    "the instructions. On a processor without AVX-512 NumPy computes exp in float64 one number "
    "at a time, too.",
    "sweep": "What one call saves is the cost of calling NumPy. Where the processor calls "
    "quickly, less is to be saved.",
    **dict.fromkeys(
        ("256 wide, float32", "256 wide, products"),
        "What is not a product (σ, its slope, the clip, momentum) passes over memory a dozen "
        "times.",
    ),
}
NAMES = {
    "256 wide, products": "256 wide, float32, in units of its matrix products",
    "64 wide, products": "64 wide, float32, in units of its matrix products",
    "sweep": "200 nets of width 16: a loop, in units of one call for all",
    "import": "`import course_lib.mlp` beyond NumPy, seconds",
}


def table():
    """Measure, and return a table in Markdown, each figure beside its goal."""
    torch.set_num_threads(1)
    reasons = []
    rows = ["| a training step, PyTorch = 1 | measured | goal | |", "| --- | --- | --- | --- |"]
    for name, value in measured().items():
        goal, sign = GOALS.get(name), "≥" if name == "sweep" else "≤"
        is_met = goal is None or (value >= goal if sign == "≥" else value <= goal)
        wanted, met = (f"{sign} {goal:g}", "met" if is_met else "missed") if goal else ("", "")
        rows.append(f"| {NAMES.get(name, name)} | {value:.2f} | {wanted} | {met} |")
        if met == "missed":
            reasons.append(f"Missed: {NAMES.get(name, name)}. {REASONS.get(name, '')}".rstrip())
    return "\n\n".join(["\n".join(rows), *reasons])


if __name__ == "__main__":
    print(table())
