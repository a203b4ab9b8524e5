"""The rule of precision, in one table of all functions that take arrays.

The dtype is the caller's; whole numbers and bool become float64; complex numbers stay what they
are or are refused; lists are arrays; what is returned is the caller's own.
"""

import importlib
import inspect
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import (
    activations,
    chains,
    clipping,
    cnn,
    diagnostics,
    gradcheck,
    losses,
    meanfield,
    mlp,
    optimizers,
    penalties,
    residual,
    schedules,
    stability,
    statistics,
)
from course_lib.gated import GRU
from course_lib.initializers import normal
from course_lib.rnn import RNN
from course_lib.training import train

MLP = mlp.MLP([3, 4, 2], activations.tanh)
REGRESSION = mlp.MLP([3, 4, 2], activations.sigmoid, loss=losses.mse)
Y = [0, 1, 1, 0, 1]
P, BATCH, SEQUENCES, OUTPUT = (MLP.n_params,), (5, 3), (5, 6, 3), (5, 2)


@dataclass(frozen=True)
class Case:
    """A function of arrays, the shapes that it is given, and what it promises."""

    function: object
    shapes: tuple
    low: int = -3
    high: int = 3
    float32: str = "float32"  # what becomes of it
    complex_: str = ""  # "stays", "real", "refused", or nothing is promised

    def arrays(self, rng, dtype):
        """Whole numbers that the dtype can hold, so that they are the same in any other."""
        low = 0 if np.dtype(dtype).kind in "ub" else self.low
        high = 1 if dtype is np.bool_ else self.high
        low = min(max(low, self.low), high)
        return [rng.integers(low, high + 1, shape).astype(dtype) for shape in self.shapes]

    def __call__(self, *arrays):
        """Return all arrays of the result, in one list."""
        return list(flattened(self.function(*arrays)))


def flattened(result):
    if isinstance(result, (tuple, list)):
        for part in result:
            yield from flattened(part)
    else:
        yield np.asarray(result)


def steps(link):
    """Three steps of a link."""

    def run(theta, g):
        state, updates = link.init(theta), []
        for _ in range(3):
            update, state = link.update(g, state)
            updates += [] if update is None else [update]
        return updates

    return run


def symmetric(function):
    """Mirror the upper triangle of a matrix, whatever its dtype, before a function gets it."""

    def run(matrix, *others):
        if np.ndim(matrix) == 2:
            array = np.asarray(matrix)
            array = np.where(np.tri(len(array), k=-1, dtype=bool), array.T, array)
            matrix = array.tolist() if isinstance(matrix, list) else array
        return function(matrix, *others)

    return run


def trained(theta, x):
    history = train(MLP, theta, x, Y, optimizers.scale(-0.1), 3, progress=False)
    return history.theta, np.asarray(history.loss, history.theta.dtype)


def checked(theta):
    check = gradcheck.check_gradient(
        lambda t: ((t**2).sum(), 2 * t), theta, np.random.default_rng(0)
    )
    return check.analytic, check.numerical


def product(method):
    return lambda theta, v, x: penalties.hessian_vector_product(
        lambda t: MLP.loss_and_gradient(t, x, Y)[1], theta, v, method
    )


def clipped(rule, *layout):
    """A clip with a limit that cuts, and with one that does not."""
    return lambda g: [rule(g, np.float64(limit), *layout) for limit in (0.5, 1e9)]


def of_model(model, method):
    """A method of a model that takes theta, x and y."""
    return lambda theta, x: getattr(model, method)(theta, x, Y)


def traced(net, part):
    return lambda theta, x: getattr(net.trace(theta, x), part)


def cases_of_activations():
    for phi in ("sigmoid", "tanh", "centered_sigmoid", "relu"):
        function, smooth = getattr(activations, phi), phi != "relu"
        kind = "stays" if smooth else ""
        yield f"activations.Activation {phi}", Case(function, ((3, 4),), complex_=kind)
        slope = Case(function.derivative, ((3, 4),), complex_="stays" if smooth else "refused")
        yield f"activations.Activation.derivative {phi}", slope
        by_value = replace(slope, function=lambda z, f=function: f.slope(z, f(z)))
        yield f"activations.Activation.slope {phi}", by_value


def cases_of_links():
    """Links whose numbers are float64, which does not make a float32 gradient one."""
    shapes, half = (P, P), np.float64(0.5)
    links = {
        "optimizers.scale": optimizers.scale(-half),
        "optimizers.momentum": optimizers.momentum(half),
        "optimizers.ema": optimizers.ema(half),
        "optimizers.nesterov": optimizers.nesterov(half),
        "optimizers.adam": optimizers.adam(half, half, np.float64(1e-8)),
        "optimizers.accumulate_micro_batches": optimizers.accumulate_micro_batches(2),
        "optimizers.clip_by_value": optimizers.clip_by_value(half),
        "optimizers.clip_by_global_norm": optimizers.clip_by_global_norm(half),
        "optimizers.clip_by_layer_norm": optimizers.clip_by_layer_norm(half, MLP.layers),
        "chains.chain": chains.chain(
            optimizers.accumulate_micro_batches(2), optimizers.momentum(half)
        ),
        "schedules.warm_up": schedules.warm_up(5),
    }
    for name, link in links.items():
        kind = "refused" if "clip" in name else "" if "adam" in name else "stays"
        yield name, Case(steps(link), shapes, -100, 100, complex_=kind)


STEPS = "state_gradients", "step_norms"
# a net, what it takes, a part of its trace that is not what it was given, what it measures
NETS = {
    "mlp.MLP": (MLP, BATCH, "z"),
    "rnn.RNN": (RNN(3, 4, 2, activations.tanh), SEQUENCES, "h", *STEPS),
    "gated.GRU": (GRU(3, 4, 2), SEQUENCES, "h", *STEPS),
    "cnn.CNN": (cnn.CNN((5, 6), n_filters=2, n_classes=2), (5, 30), "z"),
    "residual.ResidualNet": (
        residual.ResidualNet(3, 4, 2, 2, activations.tanh, normalize=True),
        *(BATCH, "h", "block_gradients"),
    ),
}


def cases_of_nets():
    for name, (net, example, part, *measures) in NETS.items():
        shapes, smooth = ((net.n_params,), example), "CNN" not in name
        kind = "stays" if smooth else ""
        yield f"{name}.forward", Case(net.forward, shapes, complex_=kind)
        yield f"{name}.trace", Case(traced(net, part), shapes, complex_=kind)
        for method in ("loss_and_gradient", *measures):
            whole = method == "loss_and_gradient"
            kind = ("stays" if smooth else "refused") if whole else ""
            yield f"{name}.{method}", Case(of_model(net, method), shapes, complex_=kind)


WIDE = (-100, 100)
REAL = {"complex_": "refused"}
IN_FLOAT64 = {"float32": "float64", "complex_": "refused"}
CASES = {
    **dict(cases_of_activations()),
    **dict(cases_of_links()),
    **dict(cases_of_nets()),
    "chains.zeros_like": Case(chains.zeros_like, ((3, 4),), complex_="stays"),
    "losses.mse": Case(losses.mse, (OUTPUT, OUTPUT), *WIDE, complex_="stays"),
    "losses.softmax_cross_entropy": Case(
        lambda z: losses.softmax_cross_entropy(z, Y), (OUTPUT,), *WIDE, complex_="stays"
    ),
    "clipping.global_norm": Case(clipping.global_norm, ((2, 30),), *WIDE, complex_="real"),
    "clipping.norms_of_parts": Case(
        lambda g: clipping.norms_of_parts([g, g]), ((2, 30),), complex_="real"
    ),
    "clipping.clip_value": Case(clipped(clipping.clip_value), ((2, 30),), **REAL),
    "clipping.clip_global_norm": Case(clipped(clipping.clip_global_norm), ((2, 30),), **REAL),
    "clipping.clip_layer_norms": Case(
        clipped(clipping.clip_layer_norms, MLP.layers), (P,), **REAL
    ),
    "diagnostics.layer_norms": Case(
        lambda g: diagnostics.layer_norms(g, MLP.layers), (P,), complex_="real"
    ),
    "diagnostics.forward_norms": Case(partial(diagnostics.forward_norms, MLP), (P, BATCH)),
    "diagnostics.backward_norms": Case(
        partial(diagnostics.backward_norms, MLP), (P, BATCH, OUTPUT)
    ),
    "diagnostics.layer_jacobians": Case(partial(diagnostics.layer_jacobians, MLP), (P, BATCH)),
    "diagnostics.growth_per_layer": Case(
        diagnostics.growth_per_layer, ((3, 4),), 1, 100, **IN_FLOAT64
    ),
    "gradcheck.numerical_gradient": Case(
        lambda t: gradcheck.numerical_gradient(lambda v: (v**2).sum(), t, 1e-2),
        ((2, 3),),
        **REAL,
    ),
    "gradcheck.check_gradient": Case(checked, ((6,),), **IN_FLOAT64),
    "meanfield.gaussian_mean": Case(
        partial(meanfield.gaussian_mean, np.cos), ((4,),), 0, **IN_FLOAT64
    ),
    "meanfield.variance_map": Case(
        lambda q: meanfield.variance_map(q, activations.tanh, 1.5, 0.1),
        *(((4,),), 0, 100),
        **IN_FLOAT64,
    ),
    "mlp.dense": Case(mlp.dense, (BATCH, (2, 3), (2,)), *WIDE, complex_="stays"),
    "mlp.dense_backward": Case(
        mlp.dense_backward, (OUTPUT, BATCH, (2, 3)), *WIDE, complex_="stays"
    ),
    "mlp.MLP.deltas": Case(
        # the last layer's is grad_output itself
        lambda theta, x, grad: MLP.deltas(theta, MLP.trace(theta, x), grad)[:-1],
        (P, BATCH, OUTPUT),
    ),
    "mlp.MLP.loss_and_gradient mse": Case(
        REGRESSION.loss_and_gradient, (P, BATCH, OUTPUT), complex_="stays"
    ),
    "cnn.image_patches": Case(cnn.image_patches, ((2, 5, 6),), complex_="stays"),
    "cnn.max_pool": Case(lambda a: cnn.max_pool(a)[0], ((2, 4, 6, 3),)),
    "cnn.max_pool_backward": Case(
        lambda grad: cnn.max_pool_backward(grad, np.full((2, 2, 3, 1), 2).tolist(), (4, 6)),
        ((2, 2, 3, 1),),
        complex_="stays",
    ),
    "residual.layer_norm": Case(residual.layer_norm, ((2, 7),), *WIDE, complex_="stays"),
    "residual.layer_norm_backward": Case(
        residual.layer_norm_backward, ((2, 7), (2, 7)), *WIDE, complex_="stays"
    ),
    "penalties.hessian_vector_product": Case(product("complex"), (P, P, BATCH)),
    "penalties.hessian_vector_product differences": Case(product("differences"), (P, P, BATCH)),
    "penalties.gradient_penalty": Case(
        lambda theta, x: penalties.gradient_penalty(
            lambda t: MLP.loss_and_gradient(t, x, Y), theta, np.float64(0.3)
        ),
        (P, BATCH),
    ),
    "penalties.Penalized.loss_and_gradient": Case(
        of_model(penalties.Penalized(MLP, np.float64(0.3)), "loss_and_gradient"), (P, BATCH)
    ),
    "penalties.input_gradient": Case(partial(penalties.input_gradient, MLP, y=Y), (P, BATCH)),
    "penalties.input_penalty": Case(partial(penalties.input_penalty, MLP, y=Y), (P, BATCH)),
    "stability.largest_stable_lr": Case(
        symmetric(stability.largest_stable_lr), ((4, 4),), **IN_FLOAT64
    ),
    "stability.quadratic": Case(
        symmetric(lambda hessian, theta: stability.quadratic(hessian)(theta)),
        *(((4, 4), (3, 4)), *WIDE),
        **REAL,
    ),
    "statistics.wilson_interval": Case(
        lambda n: statistics.wilson_interval(n, np.uint8(250)), ((4,),), 0, 100, **REAL
    ),
    "training.train": Case(trained, (P, BATCH)),
}
NO_ARRAYS = {  # numbers, functions and names only, or arrays handed on as they are
    *("chains.stateless", "chains.Transform", "chains.require_link", "optimizers.record"),
    *("meanfield.variance_fixed_point", "meanfield.chi_1", "meanfield.growth_rate"),
    *("statistics.fisher_exact", "mlp.Layer.at"),
    *(f"{net}.{method}" for net in NETS for method in ("init", "unpack")),
}
MODULES = sorted({name.partition(".")[0] for name in CASES})
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
few = settings(max_examples=6)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
whole = st.sampled_from([np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64, np.bool_])


def assert_same(results, expected):
    assert len(results) == len(expected)
    for result, other in zip(results, expected, strict=True):
        assert result.dtype == other.dtype
        np.testing.assert_array_equal(result, other)


@every_case
@few
@given(rng=seeds, dtype=whole)
def test_whole_numbers_and_bool_give_what_float64_gives(case, rng, dtype):
    arrays = case.arrays(rng, dtype)
    results = case(*arrays)
    assert_same(results, case(*(a.astype(np.float64) for a in arrays)))
    assert {result.dtype for result in results} == {np.dtype(np.float64)}


@every_case
@few
@given(rng=seeds)
def test_lists_give_what_arrays_give(case, rng):
    arrays = case.arrays(rng, np.float64)
    assert_same(case(*(a.tolist() for a in arrays)), case(*arrays))


@every_case
@few
@given(rng=seeds)
def test_float32_is_the_callers(case, rng):
    results = case(*case.arrays(rng, np.float32))
    assert {result.dtype for result in results} == {np.dtype(case.float32)}


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_what_is_passed_in_is_left_alone_and_what_comes_out_is_new(case, dtype):
    arrays = case.arrays(np.random.default_rng(0), dtype)
    before = [a.copy() for a in arrays]
    results = case(*arrays)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, result) for result in results)


@every_case
@few
@given(rng=seeds)
def test_complex_numbers_stay_or_are_refused_by_name(case, rng):
    arrays = case.arrays(rng, np.complex128)
    if case.complex_ == "refused":
        with pytest.raises(ValueError, match=r"^\w+ must be real, got an array of complex128"):
            case(*arrays)
    elif case.complex_:
        results, expected = case(*arrays), case(*(a.real for a in arrays))
        kind = "f" if case.complex_ == "real" else "c"
        assert {result.dtype.kind for result in results} == {kind}
        for result, other in zip(results, expected, strict=True):
            np.testing.assert_allclose(result.real, other, rtol=1e-9, atol=1e-12)


@every_case
@pytest.mark.parametrize("bad", ["a", None, [["1.0"], ["b"]]], ids=["text", "None", "texts"])
def test_what_are_no_numbers_is_named(case, bad):
    arrays = case.arrays(np.random.default_rng(0), np.float64)
    with pytest.raises(ValueError, match=r"^\w+ must hold numbers, got "):
        case(*(bad for _ in arrays))


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_is_in_the_table(name):
    module = importlib.import_module(f"course_lib.{name}")
    named = {key.split()[0] for key in CASES} | NO_ARRAYS
    for key, value in vars(module).items():
        if key.startswith("_") or getattr(value, "__module__", "") != module.__name__:
            continue
        if inspect.isfunction(value):
            assert f"{name}.{key}" in named
        elif inspect.isclass(value) and not issubclass(value, tuple):
            for method, _ in inspect.getmembers(value, inspect.isfunction):
                assert method.startswith("_") or f"{name}.{key}.{method}" in named


@pytest.mark.parametrize("net", [net for net, *_ in NETS.values()], ids=NETS)
def test_parameters_are_drawn_in_floats_only(net):
    rng = np.random.default_rng(0)
    assert net.init(rng, normal(1.0), dtype="float32").dtype == np.float32
    with pytest.raises(ValueError, match=r"^dtype must be one of floats, got <class 'int'>"):
        net.init(rng, normal(1.0), dtype=int)


@given(sigma_w=st.integers(1, 100), sigma_b=st.integers(0, 100), dtype=whole)
@few
def test_scales_of_any_whole_number_type_are_those_of_floats(sigma_w, sigma_b, dtype):
    for function in (meanfield.chi_1, meanfield.growth_rate, meanfield.variance_fixed_point):
        for phi in (activations.tanh, activations.relu):
            if dtype is not np.bool_:
                given_ = function(phi, dtype(sigma_w), dtype(sigma_b))
                assert given_ == function(phi, float(sigma_w), float(sigma_b))
