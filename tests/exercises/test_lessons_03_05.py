"""The exercises of lessons 03 to 05: other right answers, and what the verdicts say."""

import numpy as np
import pytest
from exercises_learner import written

from course_lib import meanfield
from course_lib.activations import sigmoid
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import store
from course_lib.exercises.engine.trials import cases_of
from course_lib.mlp import MLP


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})


def answer(name, text):
    """Check a function as a learner writes it, beside what the lesson has imported."""
    function = written(text, "f")
    for helper in ("gaussian_mean", "variance_fixed_point", "variance_map"):
        function.__globals__[helper] = getattr(meanfield, helper)
    return check(name, function)


RIGHT = {
    "layer norms as a list": (
        "layer_norms",
        "def f(grad, layers):\n    return [np.linalg.norm(grad[l.parameters]) for l in layers]",
    ),
    "layer norms as a tuple of floats": (
        "layer_norms",
        "def f(grad, layers):\n"
        "    return tuple(float(np.linalg.norm(grad[l.parameters])) for l in layers)",
    ),
    "layer norms from weights and biases": (
        "layer_norms",
        "def f(grad, layers):\n    norms = np.zeros(len(layers))\n"
        "    for i, layer in enumerate(layers):\n"
        "        norms[i] = np.sqrt((grad[layer.w] ** 2).sum() + (grad[layer.b] ** 2).sum())\n"
        "    return norms",
    ),
    "layer norms, scaled": (
        "layer_norms",
        "def f(grad, layers):\n    norms = []\n    for layer in layers:\n"
        "        part = grad[layer.parameters]\n        top = np.abs(part).max() or 1.0\n"
        "        norms.append(top * np.sqrt(np.sum((part / top) ** 2)))\n    return norms",
    ),
    "layer norms in float32": (
        "layer_norms",
        "def f(grad, layers):\n    grad = grad.astype(np.float32)\n"
        "    return np.array([np.linalg.norm(grad[l.parameters]) for l in layers])",
    ),
    "growth by logarithms": (
        "growth_per_layer",
        "def f(norms):\n"
        "    return np.exp((np.log(norms[0]) - np.log(norms[-1])) / (len(norms) - 1))",
    ),
    "growth as geometric mean of the factors": (
        "growth_per_layer",
        "def f(norms):\n    factors = norms[:-1] / norms[1:]\n"
        "    return np.prod(factors) ** (1 / factors.size)",
    ),
    "growth as mean of the logarithms": (
        "growth_per_layer",
        "def f(norms):\n    return 10 ** -np.mean(np.diff(np.log10(norms)))",
    ),
    "variance map on a grid of one's own": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    z = np.linspace(-8, 8, 20001)\n"
        "    p = np.exp(-z**2 / 2)\n    p = p / p.sum()\n"
        "    a = activation(np.sqrt(np.asarray(q))[..., None] * z)\n"
        "    return sigma_w**2 * (a**2 @ p) + sigma_b**2",
    ),
    "variance map with a helper": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    def square(z):\n"
        "        a = activation(z)\n        return a * a\n"
        "    return sigma_b**2 + sigma_w**2 * gaussian_mean(square, q)",
    ),
    "chi by iteration from 1": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 1.0\n    for _ in range(100):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
    ),
    "chi on a midpoint grid": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    z = (np.arange(100000) + 0.5) / 6250 - 8\n"
        "    p = np.exp(-z**2 / 2)\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
        "    slopes = activation.derivative(np.sqrt(q) * z)\n"
        "    return sigma_w**2 * np.average(slopes**2, weights=p)",
    ),
    "chi by a hundred steps from 0.5": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 0.5\n    for _ in range(100):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
    ),
    "limit from eigh": (
        "largest_stable_lr",
        "def f(hessian):\n    curvatures, directions = np.linalg.eigh(hessian)\n"
        "    top = max(curvatures)\n    return 2 / top if top > 0 else float('inf')",
    ),
    "limit from unsorted eigenvalues": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvals(hessian).real\n"
        "    positive = [v for v in values if v > 0]\n"
        "    return min([2 / v for v in positive], default=np.inf)",
    ),
    "sigmoid with masks": (
        "stable_sigmoid",
        "def f(z):\n    z = np.asarray(z)\n    if z.dtype.kind != 'f':\n"
        "        z = z.astype(float)\n    out = np.empty_like(z)\n    right = z >= 0\n"
        "    out[right] = 1 / (1 + np.exp(-z[right]))\n    e = np.exp(z[~right])\n"
        "    out[~right] = e / (1 + e)\n    return out",
    ),
    "sigmoid that silences underflow": (
        "stable_sigmoid",
        "def f(z):\n    with np.errstate(under='ignore'):\n        e = np.exp(-np.abs(z))\n"
        "        return np.where(z >= 0, 1, e) / (1 + e)",
    ),
    "sigmoid that silences without need": (
        "stable_sigmoid",
        "def f(z):\n    np.seterr(all='ignore')\n    e = np.exp(-np.abs(z))\n"
        "    return np.where(z >= 0, 1, e) / (1 + e)",
    ),
    "sigmoid by logaddexp": (
        "stable_sigmoid",
        "def f(z):\n    return np.exp(-np.logaddexp(0, -z))",
    ),
    "sigmoid with both branches made safe": (
        "stable_sigmoid",
        "def f(z):\n    left, right = np.minimum(z, 0), np.maximum(z, 0)\n"
        "    return np.where(np.asarray(z) < 0, np.exp(left) / (1 + np.exp(left)),\n"
        "                    1 / (1 + np.exp(-right)))",
    ),
    "sigmoid by a vectorized if": (
        "stable_sigmoid",
        "def f(z):\n    def one(v):\n        e = np.exp(-abs(v))\n"
        "        return 1 / (1 + e) if v >= 0 else e / (1 + e)\n"
        "    return np.vectorize(one)(z)",
    ),
    "sigmoid as product": (
        "stable_sigmoid",
        "def f(z):\n    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))",
    ),
}


@pytest.mark.parametrize(("name", "text"), RIGHT.values(), ids=RIGHT)
def test_right_answers_in_other_words_pass(name, text):
    result = answer(name, text)
    assert result.status == "passed", str(result)
    assert result.function.__name__ == "f"


WRONG = {
    "squares added, no root": (
        "layer_norms",
        "def f(grad, layers):\n    return [(grad[l.parameters] ** 2).sum() for l in layers]",
        "no square root",
    ),
    "a norm by hand of the weights": (
        "layer_norms",
        "def f(grad, layers):\n    return [np.sqrt(np.sum(grad[l.w] ** 2)) for l in layers]",
        "weights only",
    ),
    "appended from the last layer on": (
        "layer_norms",
        "def f(grad, layers):\n    norms = []\n    for l in reversed(layers):\n"
        "        norms.append(np.linalg.norm(grad[l.parameters]))\n    return np.array(norms)",
        "last layer first",
    ),
    "forward ratio": (
        "growth_per_layer",
        "def f(norms):\n    return (norms[-1] / norms[0]) ** (1 / (len(norms) - 1))",
        "forward instead of back",
    ),
    "missing parentheses": (
        "growth_per_layer",
        "def f(norms):\n    return (norms[0] / norms[-1]) ** 1 / (len(norms) - 1)",
        "divided instead of the root",
    ),
    "root in f and in gaussian_mean": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    return sigma_b**2 + sigma_w**2 * "
        "gaussian_mean(lambda z: activation(np.sqrt(q)[..., None] * z) ** 2, q)",
        "q in place of √q",
    ),
    "root in f, for single numbers": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    return sigma_w**2 * gaussian_mean("
        "lambda z: activation(np.sqrt(q) * z)**2, q) + sigma_b**2",
        "q in place of √q",
    ),
    "a number for f": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n"
        "    return sigma_w**2 * gaussian_mean(activation(q)**2, q) + sigma_b**2",
        "a value in place of f",
    ),
    "an activation squared": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n"
        "    return sigma_w**2 * gaussian_mean(activation**2, q) + sigma_b**2",
        "a value in place of f",
    ),
    "a z that is not there": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n"
        "    return sigma_w**2 * gaussian_mean(activation(z)**2, q) + sigma_b**2",
        "a value in place of f",
    ),
    "a grid of one's own, for single numbers": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    z = np.linspace(-8, 8, 20001)\n"
        "    p = np.exp(-z**2 / 2)\n    a = activation(np.sqrt(q) * z)\n"
        "    return sigma_w**2 * (a**2 @ p) / p.sum() + sigma_b**2",
        "only for a single q",
    ),
    "a slope squared": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(activation.derivative**2, q)",
        "a value in place of f",
    ),
    "a(1 - a)": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n    def square(z):\n"
        "        a = activation(z)\n        return (a * (1 - a)) ** 2\n"
        "    return sigma_w**2 * gaussian_mean(square, q)",
        "the sigmoid's slope for every activation",
    ),
    "thirty steps of the map": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 1.0\n    for _ in range(30):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
        "variance not at its fixed point",
    ),
    "return inside the loop": (
        "layer_norms",
        "def f(grad, layers):\n    norms = []\n    for l in layers:\n"
        "        norms.append(np.linalg.norm(grad[l.parameters]))\n        return norms",
        "return inside the loop",
    ),
    "the list made in the loop": (
        "layer_norms",
        "def f(grad, layers):\n    for l in layers:\n        norms = []\n"
        "        norms.append(np.linalg.norm(grad[l.parameters]))\n    return np.array(norms)",
        "begun anew in every round",
    ),
    "whole-number division": (
        "growth_per_layer",
        "def f(norms):\n    return (norms[0] / norms[-1]) ** (1 // (len(norms) - 1))",
        "whole-number division",
    ),
    "29 steps": (
        "growth_per_layer",
        "def f(norms):\n    return (norms[0] / norms[-1]) ** (1 / 29)",
        "fixed number of steps",
    ),
    "the average of upside-down ratios": (
        "growth_per_layer",
        "def f(norms):\n    return np.mean(norms[1:] / norms[:-1])",
        "mean of upside-down factors",
    ),
    "norms counted from 1": (
        "growth_per_layer",
        "def f(norms):\n    return (norms[1] / norms[-1]) ** (1 / (len(norms) - 1))",
        "counted from 1",
    ),
    "norms counted from 1 to L": (
        "growth_per_layer",
        "def f(norms):\n    n = len(norms)\n    return (norms[1] / norms[n]) ** (1 / (n - 1))",
        "beyond the last norm",
    ),
    "the limit without inf": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / max(np.linalg.eigvalsh(hessian))",
        "downhill only",
    ),
    "no limit, no answer": (
        "largest_stable_lr",
        "def f(hessian):\n    top = max(np.linalg.eigvalsh(hessian))\n"
        "    if top > 0:\n        return 2 / top",
        "not inf where there is no limit",
    ),
    "the largest of no curvatures": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvalsh(hessian)\n"
        "    return 2 / values[values > 0].max()",
        "not inf where there is no limit",
    ),
    "inf for a saddle": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvalsh(hessian)\n"
        "    return np.inf if (values < 0).any() else 2 / values.max()",
        "inf for one negative curvature",
    ),
    "the smallest positive one": (
        "largest_stable_lr",
        "def f(hessian):\n    up = [v for v in np.linalg.eigvalsh(hessian) if v > 0]\n"
        "    return 2 / min(up) if up else np.inf",
        "smallest positive curvature",
    ),
    "trace, with inf thought of": (
        "largest_stable_lr",
        "def f(hessian):\n    t = np.trace(hessian)\n    return 2 / t if t > 0 else np.inf",
        "trace",
    ),
    "overflow silenced": (
        "stable_sigmoid",
        "def f(z):\n    with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-z))",
        "overflow hidden",
    ),
    "overflow silenced for good": (
        "stable_sigmoid",
        "def f(z):\n    np.seterr(over='ignore', invalid='ignore')\n"
        "    return np.where(z < 0, np.exp(z) / (np.exp(z) + 1), 1 / (1 + np.exp(-z)))",
        "overflow hidden",
    ),
    "Python's warnings silenced": (
        "stable_sigmoid",
        "def f(z):\n    import warnings\n    with warnings.catch_warnings():\n"
        "        warnings.simplefilter('ignore')\n        return 1 / (1 + np.exp(-z))",
        "plain form",
    ),
    "variance by np.var's definition": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    mean = gaussian_mean(activation, q)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: (activation(z) - "
        "np.asarray(mean)[..., None]) ** 2, q) + sigma_b**2",
        "mean subtracted",
    ),
    "a few steps of the map": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 1.0\n    for _ in range(10):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
        "variance not at its fixed point",
    ),
    "Gauss-Hermite in the physicists' form": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n"
        "    x, w = np.polynomial.hermite.hermgauss(30)\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
        "    slopes = activation.derivative(np.sqrt(2 * q) * x)\n"
        "    return sigma_w**2 * (slopes**2 @ w) / np.sqrt(np.pi)",
        "Gauss-Hermite nodes",
    ),
    "trapezoid with a node on the step of ReLU": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    z = np.linspace(-8, 8, 401)\n"
        "    p = np.exp(-z**2 / 2)\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
        "    slopes = activation.derivative(np.sqrt(q) * z)\n"
        "    return sigma_w**2 * (slopes**2 @ p) / p.sum()",
        "a node on ReLU's step",
    ),
    "eigenvalues, the wrong end": (
        "largest_stable_lr",
        "def f(hessian):\n    top = np.linalg.eigh(hessian)[0][0]\n"
        "    return 2 / top if top else np.inf",
        "smallest curvature",
    ),
    "spectral norm": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / np.linalg.svd(hessian)[1][0]",
        "sign of the curvature lost",
    ),
    "reciprocal": (
        "stable_sigmoid",
        "def f(z):\n    return (1 + np.exp(-z)) ** -1.0",
        "plain form",
    ),
    "where with the exponential of either sign": (
        "stable_sigmoid",
        "def f(z):\n    e = np.exp(z)\n"
        "    return np.where(z < 0, e / (e + 1), 1 / (1 + np.exp(-z)))",
        "both branches evaluated",
    ),
    "made float64 first": (
        "stable_sigmoid",
        "def f(z):\n    z = np.array(z, dtype=float)\n    e = np.exp(-np.abs(z))\n"
        "    return np.where(z >= 0, 1, e) / (1 + e)",
        "float32 becomes float64",
    ),
    "tanh form": (
        "stable_sigmoid",
        "def f(z):\n    return np.tanh(z / 2) / 2 + 0.5",
        "difference of two numbers near 1",
    ),
}


@pytest.mark.parametrize(("name", "text", "mistake"), WRONG.values(), ids=WRONG)
def test_mistakes_in_other_words_are_recognized(name, text, mistake):
    result = answer(name, text)
    assert (result.status, result.mistake) == ("failed", mistake), str(result)


SAMPLED = (
    "def f({arguments}):\n    z = np.random.default_rng({seed}).normal(size={n})\n    {body}"
)
SAMPLED_BODY = {
    "variance_map": "return sigma_w**2 * np.mean("
    "activation(np.sqrt(q)[..., None] * z) ** 2, axis=-1) + sigma_b**2",
    "chi_1": "q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
    "    return sigma_w**2 * np.mean(activation.derivative(np.sqrt(q) * z) ** 2)",
}


@pytest.mark.parametrize("name", SAMPLED_BODY)
@pytest.mark.parametrize(("n", "seed"), [(2_000, 1), (10_000, 2), (100_000, 3), (100_000, "")])
def test_a_mean_over_random_draws_is_recognized_whatever_the_draw(name, n, seed):
    arguments = ", ".join(exercises()[name].parameters)
    text = SAMPLED.format(arguments=arguments, seed=seed, n=n, body=SAMPLED_BODY[name])
    assert answer(name, text).mistake == "sampled, or a coarse sum"


def test_a_sum_that_is_cut_off_too_early_is_recognized_as_coarse():
    result = answer(
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n"
        "    z = np.linspace(-2.5, 2.5, 101)\n    p = np.exp(-z**2 / 2)\n"
        "    a = activation(np.sqrt(q)[..., None] * z)\n"
        "    return sigma_w**2 * (a**2 @ p) / p.sum() + sigma_b**2",
    )
    assert result.mistake == "sampled, or a coarse sum"


def test_layers_of_the_lessons_net_in_place_of_the_argument_are_recognized():
    net = MLP([64] * 31, sigmoid)
    text = "def f(grad, layers):\n"
    text += "    return [np.linalg.norm(grad[l.parameters]) for l in net.layers]"
    result = check("layer_norms", written(text, "f", net=net))
    assert result.mistake == "another net's layers"
    assert "there are 30 numbers" in str(result)
    assert "did you use the argument `layers`?" in str(result)


def test_averaged_upside_down_ratios_are_told_both_faults():
    verdict = str(answer("growth_per_layer", WRONG["the average of upside-down ratios"][1]))
    assert "Direction:" in verdict
    assert "Averaging:" in verdict


@pytest.mark.parametrize("name", ["variance_map", "chi_1"])
def test_no_hint_of_lesson_04_is_the_whole_answer(name):
    hints = " ".join(exercises()[name].hints)
    assert "sigma_w**2 *" not in hints
    assert "..." in hints


def test_the_verdict_on_chi_gives_no_scale_of_the_edge_away():
    verdict = str(check("chi_1", exercises()["chi_1"].solution))
    assert "σ_w = 8" not in verdict
    assert "16, " not in verdict and "at 16" not in verdict


def test_numpy_can_be_silenced_as_before_when_the_check_is_over():
    silencers = np.errstate, np.seterr
    answer("stable_sigmoid", WRONG["overflow silenced"][1])
    assert (np.errstate, np.seterr) == silencers


def test_the_verdict_shows_layers_by_their_slices():
    result = answer(
        "layer_norms", "def f(grad, layers):\n    return [len(layers) * 1.0] * len(layers)"
    )
    assert "layers              1 → 1: w 0:1, b 1:2\n" in str(result)
    assert "                      1 → 1: w 2:3, b 3:4\n" in str(result)


def test_the_verdict_shows_the_activation_by_its_name():
    result = answer("chi_1", "def f(activation, sigma_w, sigma_b):\n    return 3.0")
    assert "activation          ReLU\n" in str(result)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("return 1 / (1 + np.exp(-z))", "✘ no", "✔ yes"),
        ("return np.exp(z) / (1 + np.exp(z))", "✔ yes", "✘ no"),
        (
            "return np.where(z < 0, np.exp(z) / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))",
            "✘ no",
            "✘ no",
        ),
    ],
)
def test_an_overflow_is_told_by_its_side_and_numpys_own_words(text, left, right):
    verdict = str(answer("stable_sigmoid", f"def f(z):\n    {text}"))
    assert f"{left}: nothing overflows far to the left" in verdict
    assert f"{right}: nothing overflows far to the right" in verdict
    assert "overflow encountered in exp" in verdict


def test_the_plain_sigmoid_has_all_values_right_and_fails_by_a_law():
    result = answer("stable_sigmoid", "def f(z):\n    return 1 / (1 + np.exp(-z))")
    n = len(cases_of(exercises()["stable_sigmoid"]))
    assert f"All {n} cases are right, but a law does not hold." in str(result)


def test_a_law_about_overflow_shows_its_numbers_where_it_holds():
    solution = exercises()["stable_sigmoid"].solution
    verdict = str(check("stable_sigmoid", solution))
    assert "(0 at z = -1000, in float32 0)" in verdict
    assert "(1 at z = 1000, in float32 1)" in verdict
    assert "σ(-700) = 9.86e-305" in verdict


def test_the_laws_of_the_limit_show_descent_on_both_sides_of_it():
    verdict = str(check("largest_stable_lr", exercises()["largest_stable_lr"].solution))
    assert "rate 0.6533: distance 1, after 400 steps 5.7e-08" in verdict
    assert "rate 0.68: distance 1, after 400 steps 4.6e+06" in verdict
    assert "curvatures -2, -1: inf; curvatures 0, 0: inf" in verdict
