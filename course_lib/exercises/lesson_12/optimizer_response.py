"""What links do with gradients that are known: their rate, their bounds, their memory."""

import numpy as np

from course_lib.optimizers import chain

_SMALL, HUGE = 1e-6, 1e9  # norms far below and far above any threshold
_N_SMALL, _N_BEFORE, _N_AFTER = 480, 120, 80
_N_UPDATES = 120  # until a velocity no longer grows
_N_BATCHES, _N_ENTRIES, _N_TURNING = 3, 8, 16


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
    apart = _gradients_apart(_along(optimizer, n, [_SMALL] * _N_SMALL))
    n_gradients = int(max(_N_SMALL, _N_UPDATES * (apart or 0)))
    small, larger = (_along(optimizer, n, [k * _SMALL] * n_gradients) for k in (1, 10))
    made = small[small != 0]
    rate = -made[-20:].mean() / _SMALL if made.size else 0.0
    proportional = np.allclose(larger, 10 * small, rtol=1e-3, atol=0)
    return {
        "updates": 1 / apart if apart else 0.0,
        "rate": rate if proportional else np.nan,
        "buildup": -rate * _SMALL / made[0] if made.size else np.nan,
        "longest": np.abs(_along(optimizer, n, [HUGE] * n_gradients)).max(),
        "minuses": sum(_turns(link, n) for link in links),
        "memory": _memory(optimizer, n, 1e3),
        "reach": _memory(optimizer, n, HUGE),
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


def _gradients_apart(updates):
    """Return after how many gradients the next update comes, 0 if none does."""
    at = np.flatnonzero(updates)
    return np.diff(at).mean() if len(at) > 1 else at[0] + 1 if len(at) else 0


def _turns(link, n):
    """Tell whether a link by itself turns the sign of a gradient."""
    return (_along(chain(link), n, [_SMALL] * _N_SMALL) < 0).any()


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
    gradient = np.arange(1, n + 1) * (HUGE / n)
    state, total = optimizer.init(np.zeros(n)), np.zeros(n)
    for _ in range(_N_TURNING):
        update, state = optimizer.update(gradient, state)
        total = total + update
    sizes = np.linalg.norm(total) * np.linalg.norm(gradient)
    return 1 - abs(total @ gradient) / sizes if sizes else 0.0


def _memory(optimizer, n, spike):
    """Return how many updates after a spike the first one follows a gradient of -1."""
    before = [0.0] * _N_BEFORE  # a warm-up is over then
    after = _along(optimizer, n, [*before, 1.0, 1.0, spike, *[-1.0] * _N_AFTER])[-_N_AFTER:]
    turned = np.flatnonzero(after > 0)
    return turned[0] + 1 if len(turned) else len(after)
