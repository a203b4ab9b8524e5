import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.activations import sigmoid
from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value, global_norm
from course_lib.diagnostics import layer_norms
from course_lib.mlp import MLP

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


def test_the_norm_of_one_number_is_its_size_and_that_of_complex_numbers_is_real():
    assert global_norm(-3) == 3
    assert global_norm([3j, 4]) == 5 and global_norm([3j, 4]).dtype == np.float64


# --- the rules ------------------------------------------------------------------------------

MODEL = MLP([3, 4, 2], sigmoid)
RULES = {
    "value": lambda g, limit, **kw: clip_value(g, limit, **kw),
    "global norm": lambda g, limit, **kw: clip_global_norm(g, limit, **kw),
    "layer norms": lambda g, limit, **kw: clip_layer_norms(g, limit, MODEL.layers, **kw),
}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
gradients = hnp.arrays(np.float64, MODEL.n_params, elements=st.floats(-1e3, 1e3))
limits = st.floats(1e-3, 1e4)


def size(rule, g):
    """What a rule bounds."""
    if rule is RULES["value"]:
        return np.abs(g).max()
    return (
        global_norm(g) if rule is RULES["global norm"] else layer_norms(g, MODEL.layers).max()
    )


@every_rule
@given(g=gradients, limit=limits)
def test_after_clipping_the_size_is_the_smaller_of_size_and_limit(rule, g, limit):
    assert size(rule, rule(g, limit)) == pytest.approx(min(size(rule, g), limit), rel=1e-12)


@every_rule
@given(g=gradients, limit=limits)
def test_clipping_again_changes_nothing(rule, g, limit):
    once = rule(g, limit)
    assert rule(once, limit) == pytest.approx(once, rel=1e-12)


@every_rule
@given(g=gradients)
def test_a_huge_limit_changes_nothing_and_the_argument_is_left_alone(rule, g):
    before = g.copy()
    assert np.array_equal(rule(g, 1e9), g)
    rule(g, 1e-3)
    assert np.array_equal(g, before)


@given(g=gradients, limit=limits)
def test_the_global_clip_keeps_the_direction(g, limit):
    clipped = clip_global_norm(g, limit)
    assert clipped @ g == pytest.approx(global_norm(clipped) * global_norm(g), rel=1e-12)


def test_clips_by_value_and_by_layer_change_the_direction():
    g = np.zeros(MODEL.n_params)
    g[0], g[-1] = 100.0, 1.0
    for clipped in (clip_value(g, 1.0), clip_layer_norms(g, 1.0, MODEL.layers)):
        cosine = clipped @ g / np.linalg.norm(clipped) / np.linalg.norm(g)
        assert cosine == pytest.approx(101 / np.sqrt(2 * 10001))


@every_rule
@pytest.mark.parametrize("size_of_entries", [1e20, 3e38])
def test_float32_gradients_of_any_size_are_clipped_to_the_limit(rule, size_of_entries):
    g = np.full(MODEL.n_params, size_of_entries, np.float32)
    with np.errstate(over="raise", invalid="raise"):
        clipped = rule(g, 0.5)
    assert clipped.dtype == np.float32 and np.ptp(clipped[: MODEL.layers[0].b.stop]) == 0
    assert size(rule, clipped) == pytest.approx(0.5, rel=1e-6)


@every_rule
def test_zero_stays_zero(rule):
    with np.errstate(all="raise"):
        assert not rule(np.zeros(MODEL.n_params), 1.0).any()


@every_rule
def test_float32_stays_float32_and_a_limit_beyond_it_cuts_nothing(rule):
    g = np.linspace(-3, 3, MODEL.n_params, dtype=np.float32)
    with np.errstate(all="raise"):
        for precision in (np.float16, np.float32, np.float64):
            assert rule(g, precision(0.1)).dtype == np.float32
        assert np.array_equal(rule(g, 1e300), g)


@every_rule
def test_whole_numbers_are_clipped_as_floats_are(rule):
    g = np.arange(MODEL.n_params) % 5 * 40
    for integers in (g, g.astype(np.uint8), g.tolist()):
        assert np.array_equal(rule(integers, 0.5), rule(g.astype(float), 0.5))


@every_rule
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_raises_or_is_made_zero_if_asked(rule, bad):
    g = np.ones(MODEL.n_params)
    g[2] = bad
    with pytest.raises(ValueError, match=r"g must be finite, got 1 of \d+ entries"):
        rule(g, 1.0)
    assert not rule(g, 1.0, nonfinite="zero")[MODEL.layers[0].parameters].any()


@every_rule
def test_leading_axes_are_clipped_each_on_its_own(rule):
    g = np.random.default_rng(0).standard_normal((2, 3, MODEL.n_params))
    clipped = rule(g, 0.7)
    for i in np.ndindex(2, 3):
        assert clipped[i] == pytest.approx(rule(g[i], 0.7), rel=1e-14)


@every_rule
@pytest.mark.parametrize("limit", [0, -1.0, np.nan, np.inf, "1", None])
def test_a_bad_limit_is_named(rule, limit):
    with pytest.raises(ValueError, match=r"max_(norm|value) must be a finite number > 0, got"):
        rule(np.ones(MODEL.n_params), limit)


def test_other_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"nonfinite must be .* got 'keep'"):
        clip_value(np.ones(3), 1.0, nonfinite="keep")
    with pytest.raises(
        ValueError, match=r"layers describe 26 parameters, got g of shape \(3,\)"
    ):
        clip_layer_norms(np.ones(3), 1.0, MODEL.layers)
    with pytest.raises(ValueError, match="layers describe 53 parameters"):
        clip_layer_norms(np.ones(3), 1.0, MLP([3, 4, 5, 2], sigmoid).layers)
    with pytest.raises(ValueError, match="layers describe at least one layer parameters"):
        clip_layer_norms(np.ones(3), 1.0, ())


@pytest.mark.parametrize("norm", [1e-5, 0.3, 40.0])
def test_pytorch_agrees_up_to_its_millionth_in_the_denominator(torch, norm):
    g = np.random.default_rng(1).standard_normal(50)
    g *= norm / np.linalg.norm(g)
    parameter = torch.zeros(50, dtype=torch.float64, requires_grad=True)
    for max_norm in (1e-6, 0.1, 100.0):
        parameter.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_norm_([parameter], max_norm)
        ours = clip_global_norm(g, max_norm)
        expected = parameter.grad.numpy()
        assert np.linalg.norm(ours - expected) <= 1.01e-6 * max_norm / norm + 1e-15


def test_pytorch_agrees_on_clipping_by_value(torch):
    g = np.random.default_rng(2).standard_normal(50)
    parameter = torch.zeros(50, dtype=torch.float64, requires_grad=True)
    parameter.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_value_([parameter], 0.4)
    assert np.array_equal(clip_value(g, 0.4), parameter.grad.numpy())


def test_pytorch_loses_a_step_where_its_norm_overflows_and_ours_does_not(torch):
    parameter = torch.zeros(4, requires_grad=True)
    parameter.grad = torch.full((4,), 1e20)
    torch.nn.utils.clip_grad_norm_([parameter], 1.0)
    assert not parameter.grad.any()
    assert global_norm(clip_global_norm(np.full(4, 1e20, np.float32), 1.0)) == pytest.approx(1)
