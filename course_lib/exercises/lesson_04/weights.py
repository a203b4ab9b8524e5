"""Lesson 04: how weights are scaled by the number of inputs, of units, or of both."""

import numpy as np

from course_lib.exercises.engine.formatting import rounded
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.kit.tried import tried


def variance_scaling(draw, scale, mode):
    """Return normal weights of variance scale/n, with n as the mode says."""
    fan_out, fan_in = draw.shape
    n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    return np.sqrt(scale / n) * draw


_MODES = ("fan_in", "fan_out", "fan_avg")
_DRAW = np.array([[1.0, -2.0, 0.5]])


def _cases(rng):
    sizes = ((2, 3), (4, 4), (6, 2), (3, 8))
    pairs = [(size, mode) for size in sizes for mode in _MODES]
    scales = rng.permutation([1.0, 2.0, 0.5] * 4)
    return [(rng.normal(size=size).round(2) + 0.0, float(scale), mode)
            for (size, mode), scale in zip(pairs, scales, strict=True)]  # fmt: skip


def _ratio(function, mode, back, rng, size):
    """Return by what the mean square of a signal changes at a layer of this size."""
    w = function(rng.standard_normal(size), 1.0, mode)
    w = w.T if back else w
    signal = rng.standard_normal((w.shape[1], 60))
    return np.mean((w @ signal) ** 2) / np.mean(signal**2)


def _drawn_layer(rng):
    return int(rng.integers(99)), tuple(map(int, rng.integers(150, 900, 2)))


def _keeps(mode, back):
    @tried((0, (300, 1500)), drawn=_drawn_layer, n_drawn=2)
    def holds(function, seed, size):
        ratio = float(_ratio(function, mode, back, np.random.default_rng(seed), size))
        said = f"{size[0]} units of {size[1]} inputs"
        return abs(ratio - 1) < 0.07, f"{said}: mean square multiplied by {ratio:.3g}"

    return holds


@tried(
    (5, 1.0), (3, 2.0), drawn=lambda rng: (int(rng.integers(2, 9)), float(rng.uniform(0.3, 3)))
)
def _same_in_square_layers(function, n, scale):
    draw = np.random.default_rng(0).standard_normal((n, n))
    sizes = [float(np.std(function(draw.copy(), scale, mode))) for mode in _MODES]
    return bool(np.allclose(sizes, sizes[0])), f"{n} × {n}: {', '.join(map(rounded, sizes))}"


def _n(fan_in, fan_out, mode):
    return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]


def _other_average(average):
    def way(scale, fan_in, fan_out, mode):
        n = average(fan_in, fan_out) if mode == "fan_avg" else _n(fan_in, fan_out, mode)
        return np.sqrt(scale / n)

    return way


def _other_modes(number):
    def way(scale, fan_in, fan_out, mode):
        n = number(fan_in, fan_out)
        return np.sqrt(scale / (_n(fan_in, fan_out, mode) if mode == "fan_avg" else n))

    return way


def _divides_by_size(seen, mode):
    """Tell whether the variance is one over the number of all weights."""
    draw = np.array([[1.0, -2.0, 0.5], [0.3, 2.0, -1.0]])
    return np.allclose(seen.call(draw, 1.0, mode), draw / np.sqrt(draw.size))


def _numbers(case, answer, expected):
    draw, scale, mode = case
    return f"Here draw has shape {draw.shape}, scale is {scale:g} and mode is {mode!r}."


_told = told_with(_numbers)


def _mistake(name, sentence, *ways, when=None):
    """Return the mistake of multiplying by way(scale, fan_in, fan_out, mode)."""

    def weights(way):
        return lambda draw, scale, mode: way(scale, *draw.shape[::-1], mode) * draw

    return _told(name, sentence, *map(weights, ways), when=when)


MISTAKES = (
    _mistake("fan-in and fan-out exchanged",
             "fan-in and fan-out are exchanged. draw has the shape of the weights, (fan_out, "
             "fan_in): a row for each unit, a column for each input.",
             lambda scale, i, o, mode: np.sqrt(scale / _n(o, i, mode))),
    _mistake("variance in place of its root",
             "the draw is multiplied by the variance, scale/n. A number times a standard "
             "normal draw has the *square* of that number as its variance: take the root.",
             lambda scale, i, o, mode: scale / _n(i, o, mode)),
    _mistake("scale outside the root",
             "scale belongs into the root: it is a factor of the variance.",
             lambda scale, i, o, mode: scale / np.sqrt(_n(i, o, mode))),
    _mistake("another average",
             "fan_in and fan_out are right, and fan_avg is not the mean of the two: (fan_in + "
             "fan_out) / 2, with its parentheses, and with `/`: `//` cuts a half off.",
             *map(_other_average, (lambda i, o: i + o, lambda i, o: i + o / 2, max, min)),
             when=lambda seen: {t.case[2] for t in seen.trials if not t.right} == {"fan_avg"}
             and not np.array_equal(seen.call(_DRAW, 7.3, "fan_avg"), _DRAW)),
    _mistake("number of weights",
             "n is the number of all weights, `draw.size`. A unit adds up fan_in of them on "
             "the way forward, an input fan_out on the way back.",
             lambda scale, i, o, mode: np.sqrt(scale / (i * o)),
             _other_modes(lambda i, o: i * o),
             when=lambda seen: all(_divides_by_size(seen, mode) for mode in _MODES[:2])),
    _mistake("one n for all modes",
             "fan_in and fan_out give the same weights: the mode has no part in n, or is "
             "compared with other words, or one axis is taken for both, or a condition always "
             "holds, as `mode == ... or \"fan_out\"` does.",
             lambda scale, i, o, mode: np.sqrt(scale / i),
             lambda scale, i, o, mode: np.sqrt(scale / o),
             when=lambda seen: np.allclose(*(seen.call(_DRAW, 1.0, m) for m in _MODES[:2]))),
)  # fmt: skip

EXERCISES = (
    Exercise(
        name="variance_scaling",
        lesson="04",
        statement="""The weights of a layer, made of standard normal numbers: with the variance
        scale / n, where mode says what n is.

        draw : array, shape (fan_out, fan_in), standard normal;  scale : number > 0
        mode : "fan_in", "fan_out", or "fan_avg", the mean of the two
        returns an array of the shape of draw
        """,
        reference=variance_scaling,
        cases=_cases,
        mistakes=MISTAKES,
        laws=(
            Law("fan_in with scale 1 keeps the mean square on the way forward",
                _keeps("fan_in", back=False)),
            Law("fan_out with scale 1 keeps it on the way back", _keeps("fan_out", back=True)),
            Law("in a square layer all three are the same", _same_in_square_layers),
        ),
        hints=(
            "Which axis of draw counts the inputs of a unit, and which one the units?",
            "k times a number of variance 1 has the variance k². Which k makes it scale/n?",
            "`fan_out, fan_in = draw.shape`; choose n by `mode`; then `np.sqrt(...) * draw`.",
        ),
        remark="`VarianceScaling` in Keras, `variance_scaling` in JAX. LeCun's weights are "
        '(1, "fan_in"), He\'s (2, "fan_in"), Glorot\'s (1, "fan_avg").',
    ),
)  # fmt: skip
