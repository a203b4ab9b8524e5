"""How long is a training step beside PyTorch's? ``python benchmarks/pytorch.py``.

One step is forward and backward pass, norm of each layer's gradient, clip by global norm, and
momentum. All ways of making it take turns in one process and on one thread, as the machine may
be busy with other things; printed are medians of their times relative to PyTorch's in the same
round. "matrix products alone" is what nothing in NumPy can fall below. PyTorch comes with
``python course.py test --oracles``.
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import time
from itertools import pairwise

import numpy as np
import torch

from course_lib.activations import sigmoid
from course_lib.diagnostics import layer_norms
from course_lib.initializers import normal
from course_lib.mlp import MLP
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale

N_ROUNDS, N_STEPS = 30, 5
SETTINGS = ((64, 30, 64), (256, 30, 256))  # width, layers, batch
LR, GAMMA, MAX_NORM = 0.01, 0.9, 1.0


def ours(sizes, x, y, dtype):
    """Return a function that makes one step of the course's own code."""
    model = MLP(sizes, sigmoid)
    theta = model.init(np.random.default_rng(0), normal(4.0), dtype=dtype)
    optimizer = chain(clip_by_global_norm(MAX_NORM), momentum(GAMMA), scale(-LR))
    state = optimizer.init(theta)

    def step():
        nonlocal theta, state
        _, grad = model.loss_and_gradient(theta, x, y)
        layer_norms(grad, model.layers)
        update, state = optimizer.update(grad, state)
        theta = theta + update

    return step


def pytorch(sizes, x, y):
    """Return a function that makes the same step with PyTorch, eager and in float32."""
    layers = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*layers[:-1])
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


def relative_times(steps):
    """Return each step's median time relative to the last one's, measured in turns."""
    times = np.empty((N_ROUNDS, len(steps)))
    for step in steps:
        step()
    for round_ in range(N_ROUNDS):
        for i, step in enumerate(steps):
            start = time.perf_counter()
            for _ in range(N_STEPS):
                step()
            times[round_, i] = time.perf_counter() - start
    return np.median(times / times[:, -1:], axis=0)


def main():
    """Print one table."""
    torch.set_num_threads(1)
    print("a training step, PyTorch = 1")
    for width, n_layers, n_batch in SETTINGS:
        rng = np.random.default_rng(1)
        sizes = [width] * n_layers + [10]
        x, y = rng.standard_normal((n_batch, width)), rng.integers(10, size=n_batch)
        steps = {
            "float64": ours(sizes, x, y, np.float64),
            "float32": ours(sizes, x, y, np.float32),
            "matrix products alone": products(sizes, n_batch),
            "PyTorch": pytorch(sizes, x, y),
        }
        print(f"{width} wide, {n_layers} layers, batch {n_batch}")
        for name, ratio in zip(steps, relative_times(list(steps.values())), strict=True):
            print(f"    {name:24}{ratio:6.2f}")


if __name__ == "__main__":
    main()
