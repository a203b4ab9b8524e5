"""Each number that lesson 06 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.optimizers import chain, ema, momentum, nesterov, scale

NAME = "06_the_accumulation_update"


def accumulation():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_the_formula_multiplies_the_parameters_by_a_tenth_or_so():
    n = accumulation()
    assert float(n["factor"]) == pytest.approx(0.0996, abs=5e-5)
    third = n["solved"].subs(n["n"], 3) / n["theta_0"]
    assert n["sp"].simplify(third - _factor(n) ** 3) == 0
    assert n["solved"].free_symbols == {n[name] for name in ("n", "alpha", "gamma", "theta_0")}


def _factor(n):
    return n["alpha"] + n["gamma"] - n["alpha"] * n["gamma"]


def test_read_as_a_whole_history_one_eigenvalue_is_above_1():
    for alpha, c in ((0.001, 0.1), (0.5, 0.01), (0.9, 0.1)):
        step = np.array([[alpha, c], [alpha, 1 + c]])  # (theta, S) -> (theta, S)
        assert np.polyval(np.poly(step), 1) == pytest.approx(-c)
        assert np.abs(np.linalg.eigvals(step)).max() > 1


def test_the_layer_wise_reading_makes_it_larger_by_about_r_over_r_minus_gamma():
    n = accumulation()
    larger = n["accumulated"][-1] / n["sizes"][-1]
    assert larger == pytest.approx(n["before"] / (n["before"] - 0.9), rel=0.1)
    assert n["after"] > n["before"] > 1.3


def test_momentum_multiplies_a_constant_by_10_a_spike_by_10_and_noise_by_2_3():
    weights = 0.9 ** np.arange(500)
    assert weights.sum() == pytest.approx(10)
    assert np.sqrt(np.sum(weights**2)) == pytest.approx(2.3, abs=0.01)
    assert accumulation()["outputs"]["constant"][-1] == pytest.approx(10, abs=0.03)


def test_the_stability_limits_are_those_of_the_recap():
    limits = {name: float(f.subs("gamma", 0.5)) for name, f in _limits().items()}
    assert limits == pytest.approx(
        {"plain descent": 2, "momentum": 3, "EMA": 6, "Nesterov": 1.5}
    )
    momentum_limit = float(_limits()["momentum"].subs("gamma", 0.9))
    assert momentum_limit / 2 == pytest.approx(1.9)


def _limits():
    n = accumulation()
    gamma = n["sp"].Symbol("gamma")
    return {name: limit.subs(n["g_"], gamma) for name, limit in n["limits"].items()}


@pytest.mark.parametrize(("name", "factor"), [("momentum", 10), ("Nesterov", 10), ("EMA", 1)])
def test_on_the_wall_nine_runs_of_ten_move_as_far_to_three_decimals(name, factor):
    n = accumulation()
    assert len(n["starts"]) == 150
    assert np.percentile(n["ratios"][name], [5, 95]) == pytest.approx(factor, abs=5e-4)


def _largest(counts=None, n_seeds=16):
    n = accumulation()
    counts = n["n_solved"] if counts is None else counts
    return {name: n["rates"][count >= n_seeds / 2].max() for name, count in counts.items()}


def test_at_equal_rate_momentum_fails_first_and_ema_last():
    largest, step = _largest(), 10**0.5
    assert accumulation()["n_seeds"] == 16
    assert largest["plain descent"] / largest["momentum"] == pytest.approx(step)
    assert largest["plain descent"] / largest["Nesterov"] == pytest.approx(step)
    assert largest["EMA"] / largest["plain descent"] == pytest.approx(step)


def test_at_equal_effective_rate_both_forms_are_one_method_and_a_step_stabler():
    n, largest = accumulation(), _largest()
    assert largest["EMA"] / largest["momentum"] == pytest.approx(10)
    assert np.abs(n["n_solved"]["momentum"][:-2] - n["n_solved"]["EMA"][2:]).max() <= 4
    assert largest["EMA"] / largest["plain descent"] == pytest.approx(10**0.5)


def test_at_small_rates_the_average_solves_fewer_seeds_than_plain_descent():
    solved = accumulation()["n_solved"]
    assert accumulation()["rates"][1] == pytest.approx(0.017, rel=0.01)
    assert solved["plain descent"][1] >= solved["EMA"][1] + 2


def test_one_step_beyond_its_largest_rate_ema_fails_without_exploding_and_at_5_explodes():
    n, beyond = accumulation(), 4
    assert n["rates"][beyond] == pytest.approx(0.54) and n["rates"][-1] == pytest.approx(5.4)
    exploded = {name: count[beyond] for name, count in n["n_exploded"].items()}
    assert n["n_solved"]["EMA"][beyond] <= 4 and exploded.pop("EMA") <= 3
    assert min(exploded.values()) >= 13
    assert min(count[-1] for count in n["n_exploded"].values()) >= 13


def test_at_0_17_the_methods_explode_in_the_order_of_their_failing_and_at_1_7_ema_does_too():
    n = accumulation()
    assert n["rates"][3] == pytest.approx(0.17, abs=0.005)
    exploded = {name: count[3] for name, count in n["n_exploded"].items()}
    assert max(exploded["plain descent"], exploded["EMA"]) <= 4
    assert min(exploded["momentum"], exploded["Nesterov"]) >= 12
    assert n["n_exploded"]["EMA"][-2] >= 12 and n["rates"][-2] == pytest.approx(1.7, abs=0.05)


def test_at_momentums_first_failing_rate_its_runs_end_near_the_loss_of_guessing():
    n = accumulation()
    assert n["n_exploded"]["momentum"][2] == 0
    assert np.sum(n["late"] > 0.6 * n["guessing"]) >= 12
    assert np.median(n["late"]) == pytest.approx(0.9 * n["guessing"], rel=0.15)


def test_nesterov_does_as_well_as_momentum_and_its_parabola_had_promised_less_than_plain():
    n = accumulation()
    assert n["limits"]["Nesterov"].subs(n["g_"], 0.9) < 2
    assert _largest()["Nesterov"] >= _largest()["momentum"]


def test_at_momentums_first_failing_rate_both_meet_large_gradients_at_the_start():
    n = accumulation()
    assert n["rates"][2] == pytest.approx(0.054)
    for name in ("plain descent", "momentum"):
        _, norms = n["train_all"](n["links"][name], n["rates"][2:3])
        early = norms[:3].max(axis=0) / np.median(norms, axis=0)
        assert early.min() > 3 and np.median(early) > 6, "several times as long"
    assert n["n_solved"]["plain descent"][2] >= 12, "nearly every seed"
    assert n["n_solved"]["momentum"][2] <= 4, "few"


def test_with_the_articles_decay_the_repair_is_plain_descent():
    constants = {"eta": accumulation()["eta"]}
    alpha, gamma = 0.001 * constants["eta"], 0.995 * constants["eta"]
    m, gradients = 0.0, np.random.default_rng(0).standard_normal(50)
    for g in gradients:
        m = alpha * m + (1 - alpha) * gamma * g
        assert m == pytest.approx(gamma * g, abs=5e-4 * gamma * np.abs(gradients).max())


def test_with_a_weight_above_the_growth_the_sum_over_layers_grows_by_the_weight():
    sizes = 1.4 ** np.arange(60)
    total = [sizes[0]]
    for size in sizes[1:]:
        total.append(size + 1.6 * total[-1])
    assert total[-1] / total[-2] == pytest.approx(1.6, rel=0.01)


def test_other_seeds_keep_the_order():
    """One step of the grid lies between plain descent and momentum, and one up to EMA."""
    n = accumulation()
    counts = {name: _solved(n, link, n["rates"][1:5]) for name, link in n["links"].items()}
    for name, last in {"momentum": 1, "Nesterov": 1, "plain descent": 2, "EMA": 3}.items():
        assert counts[name][last - 1] >= 8 > counts[name][last], name


def _solved(n, link, rates, n_seeds=16):
    rng, losses = np.random.default_rng(15), []
    theta = n["net"].init(rng, n["normal"](2.2), shape=(n_seeds,), dtype=np.float32)
    theta = np.repeat(theta[None], len(rates), axis=0)
    state, eta = link.init(theta), rates[:, None, None].astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(100):
            i = rng.integers(len(n["digits"].x_train), size=(n_seeds, 24))
            loss, g = n["net"].loss_and_gradient(
                theta, n["digits"].x_train[i], n["digits"].y_train[i]
            )
            step, state = link.update(g, state)
            theta = theta - eta * step
            losses.append(loss)
        return (np.mean(losses[-10:], axis=0) < np.log(10) / 2).sum(axis=1)


def test_unequal_micro_batches_with_equal_weights_err_by_more_than_half():
    n = accumulation()
    assert n["error"](n["unequal"].mean(axis=0)) == pytest.approx(0.56, abs=0.02)
    assert n["error"](n["mended"]) < 1e-14
    assert n["error"](n["equal"].mean(axis=0)) < 1e-14


@pytest.mark.parametrize(
    ("link", "stable"), [(momentum(0.9), True), (nesterov(0.9), False), (ema(0.9), True)]
)
def test_what_to_look_for_in_the_widget_holds(link, stable):
    """Just below the limit of plain descent momentum and EMA stay, Nesterov leaves."""
    optimizer, theta = chain(link, scale(-1.9)), np.ones(1)
    state = optimizer.init(theta)
    for _ in range(300):
        update, state = optimizer.update(theta, state)
        theta = np.clip(theta + update, -1e6, 1e6)
    assert (abs(theta[0]) < 1) == stable


def test_at_equal_effective_rate_nesterov_is_the_best_beyond_doubt():
    n = accumulation()
    solved = n["n_solved"]
    for name in ("plain descent", "momentum", "EMA"):
        others = solved[name][:-2] if name == "momentum" else solved[name][2:]
        assert (solved["Nesterov"][:-2] >= others).all(), "the highest at each effective rate"
    more, others = (n["n_more"][name] / 200 for name in ("Nesterov", "momentum"))
    spread = np.sqrt((more * (1 - more) + others * (1 - others)) / 200)
    assert more - others > 2.5 * spread
    assert n["rates"][1] * 10 == pytest.approx(0.17, abs=0.005)


@pytest.mark.thorough("a second time")
def test_other_seeds_say_the_same_of_nesterov():
    n, counts = accumulation(), []
    for name in ("Nesterov", "momentum"):
        losses, _ = n["train_all"](n["links"][name], n["rates"][1:2], 200, 31)
        counts.append(int(np.sum(losses[-10:].mean(axis=0) < n["guessing"] / 2)))
    assert counts[0] > counts[1]


@pytest.mark.thorough("trains many nets")
def test_at_0_017_an_average_pays_for_the_first_gradients_and_not_for_its_slow_start():
    """Of 100 nets: EMA, EMA after ten plain steps, and one whose first average is g."""

    class Late:
        """Ten steps of plain descent, then an average that begins at 0."""

        def init(self, theta):
            return 0, np.zeros_like(theta)

        def update(self, g, state):
            step, v = state
            v = 0.9 * v + 0.1 * g if step >= 10 else v
            return (v if step >= 10 else g), (step + 1, v)

    class Whole(Late):
        """An average that begins with the whole first gradient."""

        def update(self, g, state):
            step, v = state
            v = 0.9 * v + 0.1 * g if step else g
            return v, (step + 1, v)

    n = accumulation()
    links = {"plain": momentum(0.0), "EMA": ema(0.9), "late": Late(), "whole": Whole()}
    solved = {}
    for name, link in links.items():
        losses, _ = n["train_all"](link, n["rates"][1:2], 100, 34)
        solved[name] = int(np.sum(losses[-10:].mean(axis=0) < n["guessing"] / 2))
    losses, _ = n["train_all"](nesterov(0.9), n["rates"][1:2] / 10, 100, 34)
    ahead = int(np.sum(losses[-10:].mean(axis=0) < n["guessing"] / 2))
    assert ahead < solved["plain"] - 10, "Nesterov too"
    lost = {name: solved["plain"] - count for name, count in solved.items()}
    assert solved["plain"] > 80 and 30 < lost["EMA"] and 3 * lost["late"] < lost["EMA"], solved
    assert solved["whole"] < 12, solved


@pytest.mark.parametrize(("effective", "left"), [(0.02, 1), (0.1, 0.95), (1.0, 0.5)])
def test_momentum_hardly_damps_noise_at_small_effective_rates_and_halves_it_at_1(
    effective, left
):
    """Within the error of so many runs the variance is the derived one, with and without it."""
    variances = []
    for gamma in (0.0, 0.9, 0.99):
        rate = effective * (1 - gamma)
        derived = rate * (1 + gamma) / ((1 - gamma) * (2 * (1 + gamma) - rate))
        variances.append(accumulation()["resting_variance"](gamma, effective))
        assert variances[-1] == pytest.approx(derived, rel=0.02)
    assert [v / variances[0] for v in variances[1:]] == pytest.approx([left] * 2, abs=0.03)
    printed = [round(v, 3) for v in accumulation()["resting"].values()]
    assert printed == [0.053, 0.05, 0.05]


def test_a_plain_mean_over_sequences_is_another_gradient():
    n = accumulation()
    assert n["error"](n["means"]["plain mean"], n["of_all"]) > 1.5
    assert n["error"](n["means"]["by tokens"], n["of_all"]) < 1e-14
    assert len(n["order"]) == 200 + 30 + 12 + 8
