"""Each number that lesson 04 states in words, asserted on what its own cells computed."""

import re

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson
from lesson_sources import SOURCES, text_of

from course_lib.activations import sigmoid

NAME = "04_predicting_the_explosion"
(SOURCE,) = (path for path in SOURCES if path.stem == NAME)


def predicting():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_edges_are_as_stated():
    edge_of, n = predicting()["edge_of"], predicting()
    assert edge_of(sigmoid) == pytest.approx(10.149, abs=1e-3)
    assert edge_of(n["centered_sigmoid"]) == pytest.approx(4, abs=1e-3)
    assert edge_of(n["relu"]) == pytest.approx(np.sqrt(2), abs=1e-6)
    assert edge_of(n["tanh"]) == pytest.approx(1, abs=1e-3)


def test_the_usual_initializers_lie_far_on_the_vanishing_side_of_the_sigmoid():
    n = predicting()
    *usual, four = (n["chi"](sigmoid, w, b) for w, b in n["marked"].values())
    assert max(usual) < 0.15 and four < 0.5
    assert n["chi"](n["centered_sigmoid"], 4.0, 0.0) == pytest.approx(1, abs=1e-3)
    assert np.all(n["chi_map"][:, n["scales_w"] < 8] < 1)


def test_points_that_leave_the_curves_fall_below():
    n = predicting()
    for name, predicted in n["predicted"].items():
        distance = np.log10(n["measured"][name]) - np.log10(predicted)
        assert distance[np.abs(distance) > 0.05].max(initial=-1) < 0
        assert np.abs(distance[n["sigma_ws"] < 4.1]).max() < 0.05
        far = np.abs(distance[n["sigma_ws"] > 30])
        assert far.max() < 0.05 if name == "ReLU" else far.min() > 0.05


def test_corrected_prediction_and_measurement_agree_within_5_percent_or_3_standard_errors():
    for label, (_, corrected, measured, error) in list(predicting()["rows"].items())[:-1]:
        assert abs(measured - corrected) < max(0.05 * abs(corrected), 3 * error), label


def test_in_the_last_row_the_correction_explains_only_a_part():
    predicted, corrected, measured, error = list(predicting()["rows"].values())[-1]
    assert measured + 2 * error < corrected < predicted
    assert (predicted - corrected) / (predicted - measured) > 0.7


def test_the_gap_halves_when_the_width_doubles():
    n = predicting()
    gap = {w: np.subtract(*n["rows"][f"sigmoid σ_w = 16, N = {w}"][:2]) for w in (64, 128, 256)}
    assert gap[64] / gap[128] == pytest.approx(2) and gap[128] / gap[256] == pytest.approx(2)


def test_at_64_units_the_edge_lies_where_lesson_03_measured_it():
    assert predicting()["growth_rate"](sigmoid, 10.08, 0.0, 64) < 0
    assert predicting()["growth_rate"](sigmoid, 12.70, 0.0, 64) > 0


def test_sixty_gauss_hermite_nodes_miss_more_than_half():
    n = predicting()
    share = n["chi_by_gauss_hermite"](16, 60) / n["chi"](sigmoid, 16, 0.0)
    assert share < 0.5
    assert n["chi_by_gauss_hermite"](16, 61) / n["chi"](sigmoid, 16, 0.0) > 1.5
    assert n["chi_by_gauss_hermite"](16, 60) < 1 < n["chi"](sigmoid, 16, 0.0)


def test_initializers_do_what_the_lesson_says():
    total = predicting()["total"]
    assert total["sigmoid, Glorot"] < -15 and total["sigmoid, orthogonal"] < -15
    assert abs(total["sigmoid, centered, σ_w = 4"]) < 2
    assert abs(total["ReLU, He"]) < 0.5 and total["ReLU, Glorot"] < -3


def test_orthogonal_weights_keep_far_more_directions():
    n = predicting()
    kept = n["n_kept"]
    normal = [kept[label] for label in ("sigmoid, 10.15", "centered, normal", "tanh, normal")]
    assert max(normal) < 15 and kept["centered, orthogonal"] > 32
    assert kept["tanh, orthogonal"] > 64
    assert np.median(n["spectra"]["centered, orthogonal"]) > 0.27
    assert np.sum(n["spectra"]["sigmoid, 10.15"] > 1e-8) == pytest.approx(35, abs=3)


def test_the_closer_slopes_are_to_their_maximum_the_closer_a_jacobian_comes_to_a_rotation():
    n = predicting()
    for label in ("centered, orthogonal", "tanh, orthogonal"):
        activation, initializer = n["edges"][label]
        model = n["MLP"]([128] * 21, activation)
        theta, smallest = model.init(np.random.default_rng(0), initializer), []
        for size in (1, 0.1, 0.01):
            probe = size * np.random.default_rng(9).standard_normal((1, 128))
            steps = [step[0] for step in n["diagnostics"].layer_jacobians(model, theta, probe)]
            stretched = np.linalg.svd(np.linalg.multi_dot(steps[::-1]), compute_uv=False)
            smallest.append(stretched[-1])
            assert stretched[0] < 1
        assert smallest[0] < 0.05 < 0.1 < smallest[1] < 0.7 and smallest[2] > 0.95


def test_the_measured_gap_about_halves_when_the_width_doubles():
    rows = predicting()["rows"]
    gap = [np.subtract(*np.take(rows[f"sigmoid σ_w = 16, N = {w}"], (0, 2))) for w in (64, 128)]
    assert gap[0] / gap[1] == pytest.approx(2, abs=0.8)


def test_between_the_two_edges_most_gradients_shrink_and_the_mean_square_grows():
    slopes = predicting()["slopes_back"](sigmoid, 30, 64, [10.5], 1000)[0]
    assert np.mean(slopes < 0) > 0.65
    assert np.mean(10 ** (2 * 19 * slopes)) > 1.2  # from layer 25 back to layer 6


def test_sixty_nodes_fail_for_tanh_at_16():
    n = predicting()
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    slopes = n["tanh"].derivative(np.sqrt(n["variance_fixed_point"](n["tanh"], 16.0)) * nodes)
    assert 16**2 * (weights @ slopes**2) / weights.sum() < 0.1 * n["chi"](n["tanh"], 16.0, 0.0)


def test_at_its_edge_an_orthogonal_net_keeps_half_of_its_directions_and_below_it_more():
    (answer,) = re.findall(r"```python\n(def kept.*?)\nfor ", text_of(SOURCE), re.DOTALL)
    names = dict(predicting())
    exec(answer, names)
    kept = names["kept"]
    assert min(kept(1.0, n_layers)[0] for n_layers in (20, 100, 400)) > 0.53
    shares, rms = np.transpose([kept(scale, 100) for scale in (1.0, 0.95, 0.9, 0.8)])
    assert (np.diff(shares) > 0.02).all()
    assert shares[1] == pytest.approx(2 / 3, abs=0.04)
    assert shares[3] == pytest.approx(3 / 4, abs=0.05)
    assert decades(rms[[0, 1, 3]]) == pytest.approx([-1.1, -2.8, -9.9], abs=0.2)
