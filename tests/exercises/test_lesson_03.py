"""The exercises of lesson 03: other right answers, and what the verdicts say."""

from exercises_learner import check_text, right_answers_pass

from course_lib.activations import sigmoid
from course_lib.mlp import MLP

RIGHT = {
    "layer norms collected in a list": (
        "layer_norms",
        "def f(grad, layers):\n"
        "    return np.array([np.linalg.norm(grad[l.parameters]) for l in layers])",
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
        "        norms.append(top * np.sqrt(np.sum((part / top) ** 2)))\n"
        "    return np.array(norms)",
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
}

test_right_answers_in_other_words_pass = right_answers_pass(check_text, RIGHT)


def test_layers_of_the_lessons_net_in_place_of_the_argument_are_recognized():
    net = MLP([64] * 31, sigmoid)
    text = "def f(grad, layers):\n"
    text += "    return [np.linalg.norm(grad[l.parameters]) for l in net.layers]"
    result = check_text("layer_norms", text, net=net)
    assert result.mistake == "another net's layers"
    assert "did you use the argument `layers`?" in str(result)


def test_averaged_upside_down_ratios_are_told_both_faults():
    text = "def f(norms):\n    return np.mean(norms[1:] / norms[:-1])"
    verdict = str(check_text("growth_per_layer", text))
    assert "Direction:" in verdict
    assert "Averaging:" in verdict


def test_the_verdict_shows_layers_by_their_slices():
    result = check_text(
        "layer_norms", "def f(grad, layers):\n    return [len(layers) * 1.0] * len(layers)"
    )
    assert "layers              1 → 1: w 0:1, b 1:2\n" in str(result)
    assert "                      1 → 1: w 2:3, b 3:4\n" in str(result)
