"""What links do with gradients that are known: their rate, their bounds, their memory."""

import numpy as np

from course_lib.optimizers import chain

_SMALL, _HUGE = 1e-6, 1e9  # norms far below and far above any threshold
_N_SMALL, _N_LATE, _N_HUGE, _N_AFTER = 480, 80, 16, 80
_N_BATCHES, _N_ENTRIES = 3, 8


def optimizer_response(links, n):
    """Return what links do with gradients of n entries that keep to one direction.

    Parameters
    ----------
    links : tuple of Transform
    n : int

    Returns
    -------
    dict of str to float
        The entries of a `RunMetrics` that are about the links.
    """
    optimizer = chain(*links)
    small, larger = (_along(optimizer, n, [k * _SMALL] * _N_SMALL) for k in (1, 10))
    late, first = small[-_N_LATE:], next(iter(small[small != 0]), np.nan)
    n_updates = np.count_nonzero(late)
    rate = -late.sum() / max(n_updates, 1) / _SMALL
    proportional = np.allclose(larger, 10 * small, rtol=1e-3, atol=0)
    return {
        "updates": n_updates / len(late),
        "rate": rate if proportional else np.nan,
        "buildup": -rate * _SMALL / first,
        "longest": np.abs(_along(optimizer, n, [_HUGE] * _N_HUGE)).max(),
        "memory": _memory(optimizer, n, 1e3),
        "reach": _memory(optimizer, n, _HUGE),
        "turning": _turning(optimizer, n),
    }


def steps_of_whole_batches(links, meant, k):
    """Compare the updates from micro-batches with those that their means make.

    Parameters
    ----------
    links : tuple of Transform
        Get the micro-batches one by one.
    meant : tuple of Transform
        Get the mean of every k.
    k : int

    Returns
    -------
    length, error : float
        The multiple of the updates meant that comes nearest, and how far from it the updates
        are, relative to their size.
    """
    gradients = _SMALL * np.random.default_rng(0).standard_normal((_N_BATCHES, k, _N_ENTRIES))
    needed = np.zeros_like(gradients)
    needed[:, -1] = _updates(chain(*meant), gradients.mean(axis=1))
    made = _updates(chain(*links), gradients.reshape(-1, _N_ENTRIES)).reshape(needed.shape)
    length = (made * needed).sum() / (needed**2).sum()
    size = np.linalg.norm(made)
    return length, np.linalg.norm(made - length * needed) / size if size else 1.0


def _updates(optimizer, gradients):
    state, updates = optimizer.init(np.zeros_like(gradients[0])), []
    for gradient in gradients:
        update, state = optimizer.update(gradient, state)
        updates.append(update)
    return np.array(updates)


def _along(optimizer, n, sizes):
    direction = np.full(n, n**-0.5)
    state, along = optimizer.init(np.zeros(n)), []
    for size in sizes:
        update, state = optimizer.update(size * direction, state)
        along.append(float((update * direction).sum()))
    return np.array(along)


def _turning(optimizer, n):
    """Return how far updates turn from a huge gradient whose entries differ, as 1 - cosine."""
    gradient = np.arange(1, n + 1) * (_HUGE / n)
    state, total = optimizer.init(np.zeros(n)), np.zeros(n)
    for _ in range(_N_HUGE):
        update, state = optimizer.update(gradient, state)
        total = total + update
    sizes = np.linalg.norm(total) * np.linalg.norm(gradient)
    return 1 - abs(total @ gradient) / sizes if sizes else 0.0


def _memory(optimizer, n, spike):
    """Return how many updates after a spike the first one follows a gradient of -1."""
    after = _along(optimizer, n, [1.0, 1.0, spike, *[-1.0] * _N_AFTER])[3:]
    turned = np.flatnonzero(after > 0)
    return turned[0] + 1 if len(turned) else len(after)
