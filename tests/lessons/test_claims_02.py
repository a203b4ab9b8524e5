"""Each number that lesson 02 states in words, asserted on what its own cells computed."""

import re

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson, printed
from lesson_sources import SOURCES, text_of
from tied_numbers import number_in

NAME = "02_backpropagation"
(SOURCE,) = (path for path in SOURCES if path.stem == NAME)


def backpropagation():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_the_gradient_by_hand_is_that_of_the_library():
    n = backpropagation()
    loss, grad = n["three_neuron_gradient"](n["theta"])
    expected_loss, expected = n["model"].loss_and_gradient(n["theta"], n["x"], n["y"])
    assert loss == pytest.approx(expected_loss, rel=1e-14)
    assert grad == pytest.approx(expected, rel=1e-12)


def test_the_cross_stands_at_the_minimum_of_one_neuron():
    n = backpropagation()
    losses, gradient = n["one"].loss_and_gradient(np.array([1.0, 1.0, 0.0]), n["x"], n["y"])
    assert losses == 0 and not gradient.any()
    assert (n["losses_there"] >= 0).all()


def test_three_neurons_have_an_exact_solution_too():
    n = backpropagation()
    u = 1 / (n["sigmoid"](1.0) - 0.5)
    loss, _ = n["model"].loss_and_gradient(
        np.array([1, 0, 0, 1, 0, 0, u, u, -u]), n["x"], n["y"]
    )
    assert loss == pytest.approx(0, abs=1e-30)


def test_the_steps_until_a_loss_are_counted_as_steps():
    n = backpropagation()
    theta = n["theta"]
    said = int(number_in(printed(NAME), r"loss is below 1e-6: (.*)"))
    for _ in range(said - 1):
        theta = theta - n["lr"] * n["model"].loss_and_gradient(theta, n["x"], n["y"])[1]
    before, grad = n["model"].loss_and_gradient(theta, n["x"], n["y"])
    after, _ = n["model"].loss_and_gradient(theta - n["lr"] * grad, n["x"], n["y"])
    assert after < 1e-6 <= before


def test_checkpoints_give_the_derivative_with_two_forward_passes():
    (answer,) = re.findall(r"```python\n(kept = .*?)```", text_of(SOURCE), re.DOTALL)
    names = {"sigmoid": backpropagation()["sigmoid"]}
    exec(answer, names)
    a, whole = 0.5, 1.0
    for _ in range(30):
        a = names["sigmoid"](2 * a)
        whole *= 2 * a * (1 - a)
    assert names["derivative"] == pytest.approx(whole, rel=1e-12)
    assert names["computed"] == 2 * 30 and len(names["kept"]) == 30 // 5 + 1


def test_the_trap_spoils_the_hidden_neurons_and_them_only():
    trapped, right = backpropagation()["trapped"], backpropagation()["measured"]
    assert trapped[6:] == pytest.approx(right[6:], rel=1e-6)
    assert (np.abs(trapped[:6] / right[:6] - 1) > 0.01).all()
    assert (trapped[:6] * right[:6] < 0).any()


def test_near_1e_5_a_central_difference_is_right_to_about_ten_digits():
    n = backpropagation()
    near = (n["steps"] > 1e-6) & (n["steps"] < 1e-4)
    assert decades(n["errors"]["central"][near].min()) == pytest.approx(-10, abs=1)


def test_the_central_error_falls_with_the_square_of_the_step():
    n = backpropagation()
    coarse = (n["steps"] > 1e-3) & (n["steps"] < 0.2)
    fit = np.polyfit(decades(n["steps"][coarse]), decades(n["errors"]["central"][coarse]), 1)
    assert fit[0] == pytest.approx(2, abs=0.1)


def test_three_neurons_reach_a_loss_below_a_millionth():
    n = backpropagation()
    assert n["losses"][-1] < 1e-6 <= n["losses"][-2]
    assert len(n["losses"]) - 1 == pytest.approx(620, abs=10)
    assert n["losses"][0] == pytest.approx(0.01, rel=0.5)
    assert n["losses"][5] < 0.9 * n["losses"][0]  # a little at once
    assert n["losses"][100] > 0.5 * n["losses"][5]  # slow for a while
    assert (n["losses_of_all"] < 1e-6).all() and len(n["losses_of_all"]) == 20


def test_softmax_cross_entropy_is_what_the_lesson_says():
    n = backpropagation()
    outputs = n["net"].forward(n["theta0"], n["images"])
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    expected = -np.log(p[np.arange(len(p)), n["labels"]]).mean()
    loss, _ = n["net"].loss_and_gradient(n["theta0"], n["images"], n["labels"])
    assert loss == pytest.approx(expected)


def test_mse_returns_the_loss_and_its_derivative_with_respect_to_the_outputs():
    n = backpropagation()
    outputs = n["model"].forward(n["theta"], n["x"])
    loss, grad_outputs = n["mse"](outputs, n["y"])
    assert loss == pytest.approx(np.mean((outputs - n["y"]) ** 2))
    assert grad_outputs == pytest.approx(2 * (outputs - n["y"]) / outputs.size)


def test_without_an_output_activation_the_last_layer_is_linear():
    n = backpropagation()
    trace = n["net"].trace(n["theta0"], n["images"])
    w, b = n["net"].unpack(n["theta0"])[-1]
    outputs = n["net"].forward(n["theta0"], n["images"])
    assert outputs == pytest.approx(trace.a[-2] @ w.T + b)


def test_digits_are_read():
    n = backpropagation()
    assert n["history"].loss[0] > 2 and np.mean(n["history"].loss[-50:]) < 0.1
    assert n["accuracy"] > 0.95
