import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.clipping import global_norm

moderate = hnp.arrays(
    np.float64,
    st.integers(1, 20),
    elements=st.floats(-1e3, 1e3).filter(lambda v: v == 0 or abs(v) > 1e-3),
)


@given(g=moderate)
def test_norm_agrees_with_numpy_where_numpy_is_right(g):
    assert global_norm(g) == pytest.approx(np.linalg.norm(g), rel=1e-14)


@given(g=moderate, exponent=st.integers(-1000, 1000))
def test_norm_scales_with_the_gradient_at_any_size(g, exponent):
    factor = 2.0**exponent
    scaled = factor * g
    if np.isfinite(scaled).all() and np.all((scaled == 0) == (g == 0)):
        with np.errstate(over="ignore"):
            expected = factor * global_norm(g)
        assert global_norm(scaled) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", [1e20, 1e-25, 1e36, 1e-44])
def test_float32_norm_is_right_where_squares_are_not_representable(size):
    g = np.full((64, 64), size, np.float32).ravel()
    with np.errstate(over="raise", invalid="raise"):
        norm = global_norm(g)
    assert norm.dtype == np.float32
    assert float(norm) == pytest.approx(64 * float(g[0]), rel=1e-6)


def test_a_norm_beyond_the_largest_float_is_inf_without_warning():
    with np.errstate(all="raise"):
        assert global_norm(np.full(4, 3e38, np.float32)) == np.inf


def test_zero_inf_and_nan_keep_their_meaning():
    assert global_norm(np.zeros(3)) == 0
    assert global_norm(np.array([])) == 0
    assert global_norm(np.array([1.0, -np.inf])) == np.inf
    assert np.isnan(global_norm(np.array([1.0, np.nan])))


def test_leading_axes_are_whole_networks():
    g = np.array([[3.0, 4.0], [0.0, 0.0], [np.inf, 1.0]])
    assert global_norm(g).tolist() == [5.0, 0.0, np.inf]
