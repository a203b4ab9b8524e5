"""Each number that lesson 05 states in words, asserted on what its own cells computed."""

import re

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson
from lesson_sources import SOURCES, text_of

from course_lib.activations import sigmoid
from course_lib.experiments.wall import error_and_gradient

NAME = "05_what_an_explosion_does"
(SOURCE,) = (path for path in SOURCES if path.stem == NAME)


def explosion():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_one_percent_beyond_the_limit_it_grows_by_two_percent_a_step():
    n = explosion()
    bowl, limit = n["bowl"], n["limit"]
    growth = [
        np.abs(np.linalg.eigvalsh(np.eye(2) - s * limit * bowl)).max() for s in (0.99, 1.01)
    ]
    assert growth[0] < 1 and growth[1] == pytest.approx(1.02, abs=1e-9)


def test_the_stable_rate_falls_by_more_than_twice_as_many_powers_as_the_gradient_grows():
    usable = explosion()["usable"]
    gradient, rate = (decades(usable[20][i] / usable[5][i]) for i in (0, 1))
    assert gradient == pytest.approx(2.7, abs=0.4)
    assert -7 < rate < -6 and -rate > 2 * gradient
    exponents = [round(float(decades(usable[depth][1]))) for depth in (5, 10, 20)]
    assert exponents == [-1, -3, -7]


def test_the_largest_curvature_has_its_sign_here_upward_and_elsewhere_downward():
    n = explosion()
    assert all(rate > 0 for _, rate in n["usable"].values())
    model = n["MLP"]([64] * 10 + [10], sigmoid)
    for seed in (0, 4):
        theta = model.init(np.random.default_rng(seed), n["centered"](n["normal"](16.0)))
        assert n["largest_curvature"](model, theta) < -1000


def test_eight_rounds_of_the_power_method_are_enough_for_powers_of_ten():
    n = explosion()
    for depth, (_, rate) in n["usable"].items():
        model = n["MLP"]([64] * depth + [10], sigmoid)
        theta = model.init(np.random.default_rng(1), n["centered"](n["normal"](16.0)))
        more = n["largest_curvature"](model, theta, n_rounds=40)
        assert 0.8 < 2 / rate / more < 1


def test_the_rates_tried_are_about_the_stable_one_and_a_thousand_and_two_million_times_it():
    n = explosion()
    rates = [float(label.removeprefix("η = ")) for label in n["tried"]]
    assert rates == pytest.approx([4e-8, 4e-5, 0.1])
    assert rates[0] / n["usable"][20][1] == pytest.approx(0.85, abs=0.25)


@pytest.mark.parametrize(("w", "slope"), [(4.0, 5.0), (5.0, 2.8e4), (6.0, 1.275e8)])
def test_the_derivative_on_the_wall(w, slope):
    error, gradient = error_and_gradient(np.array([w, -w / 2]))
    exact = 2 * 0.2 * (50 / 4 if w == 4 else ((w / 4) ** 50 - 1) / (w - 4))
    assert error == pytest.approx(0.04)
    assert -gradient[1] == pytest.approx(exact, rel=1e-9) == pytest.approx(slope, rel=0.01)


def test_at_a_rate_between_tens_of_thousands_of_times_the_limit_the_exploding_net_learns():
    n = explosion()
    rate = 0.003
    assert 3e4 < rate / n["usable"][20][1] < 1e5
    model = n["MLP"]([64] * 20 + [10], sigmoid)
    theta = model.init(np.random.default_rng(1), n["centered"](n["normal"](16.0)))
    data, rng = (n["digits"].x_train, n["digits"].y_train), np.random.default_rng(2)
    history = n["train"](
        model, theta, *data, n["scale"](-rate), 4000, rng=rng, batch_size=64, progress=False
    )
    assert np.mean(history.loss[-100:]) < np.log(10) - 0.1


def test_at_none_of_the_three_rates_does_the_exploding_net_learn():
    slow, wild, dead = explosion()["tried"].values()
    for losses in (slow, wild):
        assert np.mean(losses[:10]) == pytest.approx(11, abs=2)
        assert 8 < np.mean(losses[-30:]) < 13
        curve = np.convolve(losses, np.ones(20) / 20, "valid")
        assert 9 < curve.min() and curve.max() < 13
    assert np.median(dead[-30:]) == pytest.approx(np.log(10), abs=0.15), "saturated: guessing"


def test_at_a_smaller_rate_the_net_that_wanders_falls_to_about_half_the_loss_of_guessing():
    n = explosion()
    model = n["MLP"]([64] * 11 + [10], sigmoid)
    theta = model.init(np.random.default_rng(1), n["centered"](n["normal"](16.0)))
    data, rng = (n["digits"].x_train, n["digits"].y_train), np.random.default_rng(2)
    history = n["train"](
        model, theta, *data, n["scale"](-0.1), 600, rng=rng, batch_size=64, progress=False
    )
    assert 0.3 < np.mean(history.loss[-50:]) / np.log(10) < 0.65


def test_close_to_the_wall_half_the_rate_throws_other_paths_and_about_as_many():
    rng = np.random.default_rng(0)
    w = rng.uniform(3.5, 7, 1500)
    starts, thrown = np.stack([w, rng.uniform(-0.5, 0.5, 1500) - w / 2], axis=-1), []
    for lr in (0.1, 0.05):
        theta, farthest = starts, 0.0
        for _ in range(400):
            theta = theta - lr * error_and_gradient(theta)[1]
            farthest = np.maximum(farthest, np.abs(theta).max(axis=-1))
        thrown.append(farthest > 10)
    only = [np.sum(one & ~other) for one, other in (thrown, thrown[::-1])]
    assert min(only) > 50 and 0.5 < only[0] / only[1] < 2


def test_the_wall_gives_no_warning_and_throws_far():
    n = explosion()
    assert 25 <= np.argmax(n["side"]) <= 35
    last = n["last"]
    assert 300 < last < 335
    assert 180 <= np.sum(n["side"][1 : last + 1] != n["side"][:last]) < 200
    assert n["path"][-1, 2] == 0
    assert n["path"][:last, 2].max() < 1
    assert n["path"][:, 2].max() == pytest.approx(11_000, rel=0.05)
    assert n["path"][-1, :2] == pytest.approx([512, 1013], rel=0.05)


def test_the_four_runs_look_as_the_lesson_describes():
    healthy, overflows, wanders, dead = explosion()["histories"].values()
    assert np.median(healthy.loss[-50:]) < 0.3 * np.log(10) and healthy.stopped is None
    assert overflows.n_steps < 10 and "nan" in overflows.stopped
    assert decades(overflows.grad_norm[-1]) > 50
    assert np.median(wanders.loss) > 5 * np.log(10) and wanders.stopped is None
    assert np.median(dead.loss) == pytest.approx(np.log(10), abs=0.1)
    for history in (healthy, dead):
        assert 1e-3 < np.median(history.update_ratio) < 5e-2


def test_the_overflowing_run_leaves_each_panel_by_more_than_sixty_powers_of_ten():
    run = explosion()["histories"]["overflows: ReLU σ_w = 2.5"]
    for values, top in ((run.loss, 4), (run.grad_norm, 4), (run.update_ratio, 1)):
        finite = np.asarray(values)[np.isfinite(values)]
        assert decades(finite.max()) - top > 62


def test_after_fifty_steps_only_the_loss_of_the_wandering_run_betrays_it():
    healthy, _, wanders, _ = explosion()["histories"].values()
    ratio = np.median(wanders.grad_norm[50:]) / np.median(healthy.grad_norm[50:])
    assert 0.5 < ratio < 2.5
    assert 1e-3 < min(wanders.update_ratio[50:]) and max(wanders.update_ratio[50:]) < 6e-2
    assert np.median(wanders.loss[50:]) > 5 * np.log(10)


@pytest.mark.parametrize(("w", "width"), [(6.0, 1.8e-9), (4.95, 1.0e-5)])
def test_the_wall_is_billionths_wide_at_6_and_a_hundred_thousandth_at_4_95(w, width):
    shifts = np.linspace(-3, 3, 2001) * width
    theta = np.stack([np.full(2001, w), -w / 2 + shifts], axis=-1)
    slopes = np.abs(error_and_gradient(theta)[1][:, 1])
    steep = shifts[slopes > slopes.max() / 2]
    assert np.ptp(steep) == pytest.approx(width, rel=0.2)


def test_the_path_meets_the_wall_at_w_6_and_is_thrown_near_4_95():
    n = explosion()
    assert n["path"][np.argmax(n["side"]), 0] == pytest.approx(6, abs=0.1)
    assert n["path"][n["path"][:, 2].argmax(), 0] == pytest.approx(4.95, abs=0.05)


def test_both_runs_learn_at_the_edge_of_stability_and_stay_there():
    n = explosion()
    for rate in (0.5, 1.0):
        losses, products = n["losses_of"][rate], n["products_of"][rate]
        assert np.median(losses[-250:]) < 0.1 * losses[0]
        assert np.abs(products[-8:] - 2).max() < 0.35
    assert n["products_of"][0.5][0] < 1.7 and n["products_of"][1.0][0] > 2.8
    assert n["products_of"][2.0][0] / 2 == pytest.approx(3.1, abs=0.3)
    assert not n["losses_of"][2.0][-1] < 1e6 and len(n["losses_of"][2.0]) < 100


def test_first_aid_tells_large_weights_from_small_ones():
    n = explosion()
    wanders, vanished = (n["hidden"][label] for label in list(n["runs"])[2:])
    assert np.mean(wanders * (1 - wanders) < 0.025) > 0.5
    assert np.mean(vanished * (1 - vanished) < 0.025) == 0


def test_the_smaller_the_batch_the_flatter_the_place_where_a_run_stays():
    (answer,) = re.findall(r"```python\n(def descend_in.*?)\nfor ", text_of(SOURCE), re.DOTALL)
    names = dict(explosion())
    exec(answer, names)
    runs = {size: names["descend_in_batches"](size) for size in (300, 100, 30, 10)}
    ends = {size: np.median(products[-8:]) for size, products in runs.items()}
    assert ends[300] == pytest.approx(2, abs=0.1)
    assert 1.75 < ends[100] < 1.98 and 1.5 < ends[30] < 1.75
    assert ends[10] < 1.4 < runs[10][0]


def test_both_formulas_in_where_give_the_right_values_and_warnings():
    z = np.array([-1000.0, -1.0, 0.0, 1.0, 1000.0])
    with pytest.warns(RuntimeWarning) as caught:
        values = np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    assert values == pytest.approx(sigmoid(z), rel=1e-12)
    assert sum("overflow" in str(warning.message) for warning in caught) >= 2
