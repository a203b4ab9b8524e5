"""The exercises of lesson 10: other right answers, and what the verdicts say."""

from functools import partial

from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib import optimizers

NAMES = "chain", "clip_by_global_norm", "momentum", "record", "scale"
answer = partial(check_text, **{name: getattr(optimizers, name) for name in NAMES})

TRAIN = "def f(model, theta, batches, optimizer):\n    state = optimizer.init(theta)\n"
STEP = (
    "        loss, g = model.loss_and_gradient(theta, x, y)\n"
    "        step, state = optimizer.update(g, state)\n"
)

RIGHT = {
    "median by sorting": (
        "training_chain",
        "def f(norms, gamma, lr):\n    s, n = sorted(norms), len(norms)\n"
        "    c = (s[(n - 1) // 2] + s[n // 2]) / 2\n"
        "    return chain(clip_by_global_norm(c), momentum(gamma), scale(-lr))",
    ),
    "median as a quantile": (
        "training_chain",
        "def f(norms, gamma, lr):\n    clip = clip_by_global_norm(np.quantile(norms, 0.5))\n"
        "    return chain(clip, momentum(gamma), scale(-lr))",
    ),
    "gradients that are not finite skipped": (
        "training_chain",
        "def f(norms, gamma, lr):\n"
        "    clip = clip_by_global_norm(float(np.median(norms)), nonfinite='zero')\n"
        "    return chain(clip, momentum(gamma), scale(-lr))",
    ),
    "rate before momentum": (
        "training_chain",
        "def f(norms, gamma, lr):\n    clip = clip_by_global_norm(np.median(norms))\n"
        "    return chain(clip, scale(-lr), momentum(gamma))",
    ),
    "chain in a chain": (
        "training_chain",
        "def f(norms, gamma, lr):\n    clip = clip_by_global_norm(np.median(norms))\n"
        "    return chain(clip, chain(momentum(gamma), scale(-lr)))",
    ),
    "losses stacked": (
        "run_training",
        TRAIN + "    losses = []\n    for x, y in batches:\n" + STEP
        + "        losses += [loss]\n"
        "        theta = theta + step\n    return theta, np.stack(losses)",
    ),
    "on a copy, in place": (
        "run_training",
        TRAIN + "    theta, losses = theta.copy(), []\n    for x, y in batches:\n"
        + STEP + "        losses.append(loss)\n        theta += step\n"
        "    return theta, np.array(losses)",
    ),
    "with enumerate": (
        "run_training",
        TRAIN + "    losses = []\n    for i, batch in enumerate(batches):\n"
        "        x, y = batch\n" + STEP + "        losses.append(loss)\n"
        "        theta = theta + step\n    return [theta, np.array(losses)]",
    ),
    "entropy from joint probabilities": (
        "bigram_entropy",
        "def f(counts):\n    joint = counts / counts.sum()\n    first = joint.sum(axis=1)\n"
        "    def h(p):\n        p = p[p > 0]\n        return -(p * np.log(p)).sum()\n"
        "    return h(joint) - h(first)",
    ),
    "entropy in loops": (
        "bigram_entropy",
        "def f(counts):\n    total = 0.0\n    for row in counts:\n        for c in row:\n"
        "            if c > 0:\n                total -= c * np.log(c / row.sum())\n"
        "    return total / counts.sum()",
    ),
    "entropies of rows, weighted": (
        "bigram_entropy",
        "def f(counts):\n    h, n = [], []\n    for row in counts:\n        if row.sum():\n"
        "            p = row[row > 0] / row.sum()\n"
        "            h.append(-(p * np.log(p)).sum())\n"
        "            n.append(row.sum())\n    return np.average(h, weights=n)",
    ),
    "a tiny number against log 0": (
        "bigram_entropy",
        "def f(counts):\n    p = counts / np.maximum(counts.sum(1, keepdims=True), 1)\n"
        "    return -np.sum(counts * np.log(p + 1e-9)) / counts.sum()",
    ),
    "logarithm of 1 where nothing was seen": (
        "bigram_entropy",
        "def f(counts):\n    p = counts / np.maximum(counts.sum(1, keepdims=True), 1)\n"
        "    return -np.sum(counts * np.log(np.where(p > 0, p, 1))) / np.sum(counts)",
    ),
}  # fmt: skip

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

WRONG = {
    "threshold by average": (
        "training_chain",
        "def f(norms, gamma, lr):\n    c = sum(norms) / len(norms)\n"
        "    return chain(clip_by_global_norm(c), momentum(gamma), scale(-lr))",
        "mean in place of median",
    ),
    "loss as a float": (
        "run_training",
        TRAIN + "    losses = []\n    for x, y in batches:\n" + STEP
        + "        theta = theta + step\n        losses.append(float(loss))\n"
        "    return theta, np.array(losses)",
        "one number for many nets",
    ),
    "losses into zeros": (
        "run_training",
        TRAIN + "    losses = np.zeros(len(batches))\n"
        "    for i, (x, y) in enumerate(batches):\n" + STEP
        + "        theta = theta + step\n        losses[i] = loss\n"
        "    return theta, losses",
        "one number for many nets",
    ),
    "sums without their axis": (
        "bigram_entropy",
        "def f(counts):\n    p = counts / np.maximum(counts.sum(1), 1)\n"
        "    s = counts > 0\n    return -np.sum(counts[s] * np.log(p[s])) / counts.sum()",
        "row sums along the wrong axis",
    ),
    "minus once more": (
        "run_training",
        TRAIN + "    losses = []\n    for x, y in batches:\n" + STEP
        + "        theta = theta - step\n        losses.append(loss)\n"
        "    return theta, np.array(losses)",
        "update subtracted",
    ),
    "bits": (
        "bigram_entropy",
        "def f(counts):\n    p = counts / np.maximum(counts.sum(1, keepdims=True), 1)\n"
        "    s = counts > 0\n    return -np.sum(counts[s] * np.log2(p[s])) / counts.sum()",
        "bits in place of nats",
    ),
}  # fmt: skip

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(answer, WRONG)


def test_the_mean_is_told_with_the_record_that_a_spike_pulls_up():
    verdict = str(answer(*WRONG["threshold by average"][:2]))
    assert "From the norms 0.5, 0.2, 0.9 it gives 0.5333, and 0.5 is right." in verdict
    assert "✘ no: a spike in the record does not move the threshold" in verdict


def test_batches_that_can_only_be_gone_through_are_among_the_cases():
    text = TRAIN + (
        "    losses = []\n    for i in range(len(batches)):\n        x, y = batches[i]\n" + STEP
        + "        theta = theta + step\n        losses.append(loss)\n"
        "    return theta, np.array(losses)"
    )  # fmt: skip
    verdict = str(answer("run_training", text))
    assert "not subscriptable" in verdict


def test_the_loop_is_told_what_it_trains():
    verdict = str(answer(*WRONG["minus once more"][:2]))
    assert "a model with the loss ½ y Σ(θ - x)²" in verdict
    assert "scale(-0.1)" in verdict


def test_one_loss_per_net_is_told_to_stay_an_array():
    verdict = str(answer(*WRONG["loss as a float"][:2]))
    assert "one loss per net" in verdict and "`losses.append(loss)`" in verdict


def test_no_entropy_of_minus_zero_is_expected():
    verdict = str(answer("bigram_entropy", "def f(counts):\n    return np.log(2)"))
    assert "expected            0\n" in verdict
