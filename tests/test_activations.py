import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.activations import centered_sigmoid, relu, sigmoid, tanh

ALL = [sigmoid, tanh, relu, centered_sigmoid]
SMOOTH = [sigmoid, tanh]
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_any_finite_input_gives_a_finite_value_without_warning(activation, dtype, data):
    width = np.dtype(dtype).itemsize * 8
    elements = st.floats(allow_nan=False, allow_infinity=False, width=width)
    z = data.draw(
        hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3), elements=elements)
    )
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, slope = activation(z), activation.derivative(z)
    assert value.dtype == slope.dtype == dtype
    assert value.shape == slope.shape == z.shape
    assert np.isfinite(value).all()
    rounding = 1 + 4 * np.finfo(dtype).eps
    assert (0 <= slope).all() and (slope <= rounding * activation.max_slope).all()


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
def test_integers_are_taken_as_float64(activation):
    assert activation(np.array([-1, 0, 2])).dtype == np.float64
    assert activation.derivative(2).dtype == np.float64


@pytest.mark.parametrize("activation", SMOOTH, ids=lambda a: a.name)
@given(z=st.floats(-30, 30))
def test_derivative_agrees_with_the_complex_step(activation, z):
    step = 1e-30
    slope = activation(z + 1j * step).imag / step
    assert slope == pytest.approx(activation.derivative(z), rel=1e-12)


@pytest.mark.parametrize("activation", SMOOTH, ids=lambda a: a.name)
@given(z=finite)
def test_complex_input_agrees_with_real_input(activation, z):
    assert activation(complex(z)).real == pytest.approx(activation(z), rel=1e-15)


@given(z=finite)
def test_sigmoid_of_minus_z_is_one_minus_sigmoid(z):
    assert sigmoid(-z) == pytest.approx(1 - sigmoid(z), abs=3e-16)


def test_sigmoid_keeps_its_relative_precision_far_out():
    # 1/(1 + e^z) is e^-z there; the short cut (1 + tanh(z/2))/2 gives 0 from z = -40 on
    assert sigmoid(-700.0) == pytest.approx(np.exp(-700.0), rel=1e-12)
    assert sigmoid.derivative(40.0) == pytest.approx(np.exp(-40.0), rel=1e-12)


def test_slopes_at_zero_are_the_largest_ones():
    assert sigmoid.derivative(0.0) == sigmoid.max_slope == 0.25
    assert tanh.derivative(0.0) == tanh.max_slope == 1.0
    assert centered_sigmoid.derivative(0.0) == centered_sigmoid.max_slope == 0.25
    assert relu.derivative(1.0) == relu.max_slope == 1.0


@given(z=st.floats(-300, 300))
def test_tanh_derivative_is_one_minus_tanh_squared(z):
    assert tanh.derivative(z) == pytest.approx(1 - np.tanh(z) ** 2, abs=1e-15)


def test_relu_has_slope_zero_at_its_corner():
    assert relu.derivative(np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 0.0, 1.0]


@given(z=finite)
def test_relu_keeps_what_is_positive_and_nothing_else(z):
    assert relu(z) == (z if z > 0 else 0)


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
def test_nan_stays_nan(activation):
    assert np.isnan(activation(np.nan)) and np.isnan(activation.derivative(np.nan))


@given(z=finite)
def test_centered_sigmoid_is_odd_and_half_a_tanh(z):
    assert centered_sigmoid(z) == pytest.approx(np.tanh(z / 2) / 2, abs=1e-15)
