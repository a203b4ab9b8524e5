"""Each number that lesson 10 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.experiments.clip_rates import factor, largest_rate
from course_lib.mlp import dense_backward
from course_lib.optimizers import chain, momentum, record, scale

NAME = "10_images_and_text"


def images_and_text():
    return lesson(NAME)


def trained(model, start, batches, optimizer):
    """Return parameters and losses; what overflows is what is looked at."""
    with np.errstate(over="ignore", invalid="ignore"):
        return images_and_text()["fit"](
            images_and_text()[model],
            images_and_text()[start],
            images_and_text()[batches],
            optimizer,
        )


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_three_neurons_take_620_steps_and_a_sixth_of_them_with_momentum():
    n = images_and_text()
    plain = np.median(n["n_steps"])
    assert plain == pytest.approx(620, abs=10)
    steps = {}
    for name, make in n["with_and_without"](n["small_norms"]).items():
        _, losses = n["fit"](n["three"], n["twenty"], [(n["x"], n["y"])] * 400, make(2.0))
        steps[name] = np.median(np.argmax(losses < 1e-6, axis=0))
    assert plain / steps["no clip"] == pytest.approx(6, abs=0.7)
    assert steps["clip"] / steps["no clip"] == pytest.approx(7 / 6, abs=0.06), "a sixth more"


def test_at_the_rate_that_suits_each_momentum_gains_a_factor_of_about_1_5():
    best = images_and_text()["at_best"]
    assert best[0.0] == pytest.approx(124, abs=3) and best[0.9] == pytest.approx(80, abs=3)


def test_10_is_about_the_best_rate_of_plain_descent():
    n = images_and_text()
    steps, batches = {}, [(n["x"], n["y"])] * 400
    for lr in (7.0, 10.0, 13.0):
        _, losses = n["fit"](n["three"], n["twenty"], batches, chain(scale(-lr)))
        steps[lr] = np.median(np.argmax(losses < 1e-6, axis=0))
        assert lr > 10 or losses[-1].max() < 1e-6
    assert steps[10.0] < min(steps[7.0], steps[13.0])


def test_a_threshold_of_1_would_never_act_on_three_neurons():
    norms = images_and_text()["small_norms"]
    assert 1 / norms.max() == pytest.approx(5, abs=0.5)
    assert np.median(norms) == pytest.approx(0.003, rel=0.1)


def test_the_clip_spares_one_straggler_at_10():
    n = images_and_text()
    batches = [(n["x"], n["y"])] * 400
    arrived = {
        name: np.sum(n["fit"](n["three"], n["twenty"], batches, make(10.0))[1][-1] < 1e-6)
        for name, make in n["with_and_without"](n["small_norms"]).items()
    }
    assert arrived == {"no clip": 19, "clip": 20}


def test_beyond_the_limit_the_clip_keeps_all_off_the_plateau():
    ends = images_and_text()["ends"]
    assert max(last.max() for (_, name), last in ends.items() if name == "clip") < 0.01
    assert np.mean(np.abs(ends[34, "no clip"] - 0.13) < 0.01) > 0.95


def test_the_straggler_at_10_was_thrown_about_twice_as_far_as_the_others():
    n = images_and_text()
    unclipped, batches = chain(momentum(0.9), scale(-10.0)), [(n["x"], n["y"])]
    _, losses = n["fit"](n["three"], n["twenty"], batches * 400, unclipped)
    slow = losses[-1] > 1e-6
    theta, _ = n["fit"](n["three"], n["twenty"], batches * 20, unclipped)
    moved = np.linalg.norm(theta - n["twenty"], axis=-1)
    assert slow.sum() == 1
    _, losses = n["fit"](n["three"], n["twenty"], batches * 1000, unclipped)
    assert losses[-1].max() < 1e-6, "it is late, not lost"
    assert moved[slow] / np.median(moved[~slow]) == pytest.approx(2, abs=0.2)


def test_at_34_it_is_the_valley_that_is_unstable_and_not_the_first_gradients():
    n = images_and_text()
    batches = [(n["x"], n["y"])]
    to_the_valley, out_of_it = (chain(momentum(0.9), scale(-lr)) for lr in (2.0, 34.0))
    valley, losses = n["fit"](n["three"], n["twenty"], batches * 1000, to_the_valley)
    assert losses[-1].max() < 1e-6
    nudged = valley + 1e-6 * np.random.default_rng(0).standard_normal(valley.shape)
    theta, _ = n["fit"](n["three"], nudged, batches * 400, out_of_it)
    left = np.linalg.norm(theta - valley, axis=-1) > 1e-2
    assert left.mean() > 0.5, "from beside the minimum most leave it"
    limits = 2 * 1.9 / sharpest_curvature(n["three"], valley, n["x"], n["y"])
    assert limits.max() < 33
    assert (limits < 25).any() and (limits > 25).any(), "25, which some of them bear"


def sharpest_curvature(model, theta, x, y, h=1e-5):
    """Return the largest eigenvalue of each net's Hessian, from differences of gradients."""
    steps = h * np.eye(theta.shape[-1])[:, None]
    ahead, behind = (
        np.array([model.loss_and_gradient(theta + sign * step, x, y)[1] for step in steps])
        for sign in (1, -1)
    )
    hessian = np.moveaxis(ahead - behind, 0, 1) / (2 * h)
    return np.linalg.eigvalsh((hessian + hessian.swapaxes(1, 2)) / 2)[:, -1]


def test_at_34_the_clip_bounds_the_bouncing_and_does_not_end_it():
    n = images_and_text()
    batches, log = [(n["x"], n["y"])] * 400, []
    optimizers = n["with_and_without"](n["small_norms"])
    clipped = chain(record(log), optimizers["clip"](34.0))
    _, losses = n["fit"](n["three"], n["twenty"], batches, clipped)
    assert losses[-1].max() < 0.01
    late = np.array(log[-100:])
    assert np.mean(late > np.median(n["small_norms"])) > 0.85, "nearly every one"


def test_the_norms_of_the_two_hidden_layers_spread_over_a_power_of_ten_without_a_spike():
    norms = images_and_text()["mlp_norms"]
    assert norms.size == 5000
    assert np.median(norms) == pytest.approx(0.4, abs=0.06)
    assert norms.max() < 5 * np.median(norms)
    assert np.mean((norms > 0.1) & (norms < 1)) > 0.95, "nearly all"
    assert np.mean((norms > 0.15) & (norms < 0.9)) > 0.9


def test_on_images_the_largest_rate_for_half_of_the_nets_about_doubles():
    n = images_and_text()
    solved = n["mlp_solved"]
    assert n["mlp_rates"].tolist() == [0.5, 1, 1.8, 3]
    assert solved["no clip"][0] == solved["clip"][0] == 20
    assert solved["no clip"][1] >= 15 and (solved["no clip"][2:] <= 5).all()
    assert (solved["clip"][1:3] >= 15).all()
    assert solved["clip"][3] <= 5


def test_at_1_8_the_two_intervals_do_not_overlap():
    n = images_and_text()
    _, high = n["wilson_interval"](n["mlp_solved"]["no clip"][2], 20)
    low, _ = n["wilson_interval"](n["mlp_solved"]["clip"][2], 20)
    assert high < low


def test_where_the_rate_is_right_the_clip_changes_nothing():
    n = images_and_text()
    accuracy = n["mlp_accuracy"]
    assert accuracy["clip"][0].mean() == pytest.approx(accuracy["no clip"][0].mean(), abs=0.01)


def test_a_convolution_is_a_dense_layer_on_patches_forward_and_backward():
    n = images_and_text()
    assert n["same"] == n["z"].size and len(n["patches"]) == 36
    cnn, theta = n["cnn"], n["double"]
    x, y = n["batch"]
    trace, (_, grad) = cnn.trace(theta, x), cnn.loss_and_gradient(theta, x, y)
    _, grad_logits = cnn.loss(trace.logits, y)
    views = cnn.unpack(theta)
    _, _, grad_features = dense_backward(grad_logits, trace.features, views.w)
    grad_a = n["max_pool_backward"](
        grad_features.reshape(trace.chosen.shape), trace.chosen, (6, 6)
    )
    delta = (grad_a * n["relu"].derivative(trace.z)).reshape(-1, 8)
    by_patches, bias, _ = dense_backward(delta, trace.patches, views.filters.reshape(8, 9))
    np.testing.assert_allclose(cnn.unpack(grad).filters.reshape(8, 9), by_patches)
    np.testing.assert_allclose(cnn.unpack(grad).filter_b, bias)


def test_the_gradient_of_the_convolutional_net_is_that_of_its_loss():
    result = images_and_text()["result"]
    np.testing.assert_allclose(result.analytic, result.numerical, rtol=1e-6)


def test_the_convolutional_net_has_a_quarter_of_the_parameters_and_is_on_par():
    n = images_and_text()
    assert n["mlp"].n_params / n["cnn"].n_params == pytest.approx(4, abs=0.5)
    assert n["cnn_accuracy"].min() > 0.9
    best = n["mlp_accuracy"]["no clip"].mean(axis=1).max()
    assert n["cnn_accuracy"].mean() == pytest.approx(best, abs=0.015)


def test_a_small_dense_net_reads_as_well():
    n = images_and_text()
    small = n["MLP"]([64, 11, 10], n["sigmoid"])
    assert small.n_params == 835
    rng = np.random.default_rng(0)
    start = small.init(rng, n["glorot"](), shape=(6,), dtype=np.float32)
    chosen = chain(momentum(0.9), scale(-0.5))
    theta, _ = n["fit"](small, start, n["cnn_batches"], chosen)
    read = n["accuracy"](small, theta).mean()
    assert read == pytest.approx(n["cnn_accuracy"].mean(), abs=0.015)


def test_the_confusion_matrix_counts_every_image_of_every_net():
    n = images_and_text()
    assert n["confusion"].sum() == 6 * 360
    assert np.trace(n["confusion"]) == round(6 * 360 * float(n["cnn_accuracy"].mean()))


def test_seven_filters_grow_and_keep_their_pattern_and_one_hardly_moves():
    n = images_and_text()
    before, after = (n["cnn"].unpack(n[k][0]).filters for k in ("cnn_start", "cnn_trained"))
    moved = np.linalg.norm(after - before, axis=(1, 2)) / np.linalg.norm(before, axis=(1, 2))
    assert (moved > 0.6).sum() == 7 and moved.min() < 0.2
    for theta in (n["cnn_start"][0], n["cnn_trained"][0]):
        z = n["cnn"].trace(theta, n["digits"].x_test).z
        open_share = (z > 0).mean(axis=tuple(range(z.ndim - 1)))
        assert open_share.argmin() == moved.argmin() and open_share.min() < 0.05
    times = np.linalg.norm(after, axis=(1, 2)) / np.linalg.norm(before, axis=(1, 2))
    cosines = np.sum(after * before, axis=(1, 2)) / (times * np.sum(before**2, axis=(1, 2)))
    assert (times > 1.3).sum() == 7 and (times > 1.8).sum() >= 5, "most to about twice"
    assert cosines.min() > 0.5 and np.median(cosines) > 0.8, "much of the pattern"


def test_at_3_2_no_convolutional_net_learns_without_a_clip_and_nearly_all_with_it():
    n = images_and_text()
    assert n["cnn_solved"]["no clip"] == 0 and n["cnn_solved"]["clip"] >= 18
    read = {name: n["accuracy"](n["cnn"], theta) for name, theta in n["cnn_fast"].items()}
    assert read["no clip"].max() < 0.2 and np.median(read["clip"]) > 0.9
    late = {name: losses[-10:].mean(axis=0) for name, losses in n["cnn_losses"].items()}
    assert late["no clip"] == pytest.approx(np.full(20, np.log(10)), abs=0.05)
    assert np.median(late["clip"]) == pytest.approx(0.1, abs=0.07)
    assert all(np.isfinite(losses).all() for losses in n["cnn_losses"].values())


def test_the_unclipped_ones_are_shut_after_first_gradients_several_times_the_typical():
    n = images_and_text()
    norms = n["cnn_norms"].reshape(150, 6)
    several = norms[:3].max(axis=0) > 3 * np.median(norms)
    assert several.sum() > 3, "in most nets"
    features = {
        name: n["cnn"].trace(theta, n["digits"].x_test).features > 0
        for name, theta in n["cnn_fast"].items()
    }
    shares = {name: np.median(held.mean(axis=(-2, -1))) for name, held in features.items()}
    assert shares["clip"] > 0.22
    assert features["no clip"].mean(axis=(-2, -1)).max() < 0.01, "hardly any, of none"


@pytest.mark.parametrize("name", ["no clip", "clip"])
def test_beyond_it_neither_works_for_the_convolutional_net(name):
    n = images_and_text()
    clipped = n["tuned_chain"](n["cnn_norms"], 0.0, 10.0)
    optimizer = clipped if name == "clip" else chain(scale(-10.0))
    theta, _ = trained("cnn", "cnn_start", "cnn_batches", optimizer)
    assert n["accuracy"](n["cnn"], theta).max() < 0.5


def test_of_sixty_other_nets_57_learn_near_3_with_a_clip_and_none_without():
    rates, learned = images_and_text()["runs"]["convolutional"]
    near = np.argmin(np.abs(rates - 3))
    assert rates[near] == pytest.approx(3.15)
    assert [learned[way][near].sum() for way in ("no clip", "clip")] == [0, 57]


@pytest.mark.parametrize(
    ("net", "n_rates", "limits", "times"),
    [
        ("two hidden layers", 11, (1.2, 2.4), (2.0, 1.8, 2.2)),
        ("convolutional", 14, (1.4, 4.1), (2.9, 2.6, 3.1)),
        ("recurrent", 12, (0.6, 1.3), (2.3, 2.2, 2.4)),
    ],
)
def test_what_the_clip_is_worth_with_its_interval(net, n_rates, limits, times):
    rates, learned = images_and_text()["runs"][net]
    assert all(runs.shape == (n_rates, 60) for runs in learned.values())
    found = [largest_rate(rates, runs.mean(axis=1)) for runs in learned.values()]
    assert found == pytest.approx(limits, abs=0.05)
    for seed in range(5):
        interval = factor(rates, learned, np.random.default_rng(seed))
        assert interval == pytest.approx(times, abs=0.07)


def test_at_the_smallest_rates_the_clip_costs_the_convolutional_net_some_runs():
    _, learned = images_and_text()["runs"]["convolutional"]
    assert learned["no clip"][0].sum() == 56 and learned["clip"][0].sum() == 48


def test_the_text_is_long_enough_and_its_tables_know_what_is_said():
    n = images_and_text()
    assert len(n["text"].train) >= 50_000 and n["n"] == 30
    assert np.log(n["n"]) == pytest.approx(3.4, abs=0.01)
    assert 2.8 < n["unigram"] < 3.0 and 2.1 < n["bigram"] < 2.4


def test_after_q_comes_u():
    n = images_and_text()
    q, u = (n["text"].alphabet.index(letter) for letter in "qu")
    assert n["counts"][q, u] / n["counts"][q].sum() > 0.95


def test_after_120_steps_every_net_beats_the_table_of_pairs_on_new_text():
    n = images_and_text()
    assert n["nats"].max() < n["bigram"]
    assert np.median(n["text_norms"]) == pytest.approx(0.5, abs=0.07)
    assert n["healthy_losses"][-10:].mean() == pytest.approx(2.2, abs=0.15)


def test_at_1_the_nets_end_worse_than_guessing_and_learn_with_a_clip():
    n = images_and_text()
    assert np.median(n["text_losses"]["no clip"][-20:].mean(axis=0)) > np.log(n["n"]) + 10
    assert n["text_nats"]["clip"].max() < np.log(n["n"])
    assert np.median(n["text_nats"]["clip"]) < n["unigram"]
    assert n["text_nats"]["clip"].min() > n["bigram"], "none of them beats the pairs"
    assert n["text_losses"]["clip"][-20:].mean() < 3
    assert n["text_nats"]["clip"].min() > n["nats"].max(), "0.3 is better still"


def test_unclipped_at_1_the_weights_are_large_and_the_softmax_is_sure_of_itself():
    n = images_and_text()
    theta, _ = trained(
        "speller", "text_start", "first_batches", n["with_and_without"](1)["no clip"](1.0)
    )
    seen, _ = n["characters"].cut_into_windows(n["text"].test, 100)
    top = {}
    for name, parameters in (("start", n["text_start"]), ("end", theta)):
        logits = n["speller"].forward(parameters, n["one_hot"][seen])
        scores = np.exp(logits - logits.max(axis=-1, keepdims=True))
        top[name] = np.median(1 / scores.sum(axis=-1), axis=(-2, -1))
    assert np.median(top["end"]) > 0.5 and top["start"].max() < 0.25
    between, to_output = (
        np.divide(*(np.linalg.norm(n["speller"].unpack(t)[k], axis=(-2, -1)) for t in ends))
        for ends in [(theta, n["text_start"])]
        for k in (0, 3)
    )
    assert np.median(between) > 1.3 * np.median(to_output), "even more"
    assert np.median(to_output) > 8
    states = np.abs(n["speller"].trace(theta, n["one_hot"][seen]).h[1:])
    assert np.mean(states > 0.99) > 0.95, "nearly every state at ±1"


@pytest.mark.parametrize("name", ["no clip", "clip"])
def test_beyond_it_neither_works_for_the_recurrent_net(name):
    n = images_and_text()
    make = n["with_and_without"](n["text_norms"])[name]
    theta, _ = trained("speller", "text_start", "first_batches", make(3.0))
    assert n["held_out_nats"](theta).min() > np.log(n["n"])


def test_the_clip_changes_nothing_at_the_rate_that_suits_the_recurrent_net():
    n = images_and_text()
    assert abs(n["change"]) < 0.05
    assert n["clipped_nats"].max() < n["bigram"]


def test_the_tuned_nets_beat_the_pairs_by_a_quarter_of_a_nat():
    n = images_and_text()
    assert (n["gain"] > 0.25).all()


def test_more_than_half_of_the_words_it_spells_exist_and_hardly_one_before():
    n = images_and_text()
    for name, (low, high) in {"before": (0, 0.1), "after": (0.55, 1)}.items():
        shares = [n["real_words"](sample) for sample in n["samples"][name]]
        assert low <= min(shares) and max(shares) <= high


def test_short_words_are_the_ones_it_gets_right():
    n = images_and_text()
    words = " ".join(n["samples"]["after"]).replace(",", " ").replace(".", " ").split()
    real = [len(word) for word in words if word in n["vocabulary"]]
    made_up = [len(word) for word in words if word not in n["vocabulary"]]
    assert np.mean(real) < np.mean(made_up)


def test_the_medians_of_the_recap_are_those_recorded():
    n = images_and_text()
    named = {"small_norms": 0.003, "mlp_norms": 0.4, "cnn_norms": 0.6, "text_norms": 0.5}
    for name, value in named.items():
        assert np.median(n[name]) == pytest.approx(value, rel=0.17), name
    assert all(np.median(n[name]) > 100 * 0.003 for name in list(named)[1:])
