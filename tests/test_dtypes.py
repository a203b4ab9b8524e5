"""The rule of precision, in one table of all functions that take arrays.

The dtype is the caller's; whole numbers and bool become float64; complex numbers stay what they
are or are refused; lists are arrays; what is returned is the caller's own.
"""

import importlib
import inspect
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import (
    activations,
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
RECURRENT = RNN(3, 4, 2, activations.tanh)
GATED = GRU(3, 4, 2)
CNN = cnn.CNN((5, 6), n_filters=2, n_classes=2)
RESIDUAL = residual.ResidualNet(3, 4, 2, 2, activations.tanh, normalize=True)
Y = [0, 1, 1, 0, 1]
BATCH, SEQUENCES, IMAGES, OUTPUT = (5, 3), (5, 6, 3), (5, 30), (5, 2)


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


def of_model(model, *methods):
    """The methods of a model that take theta, x and y."""
    return lambda theta, x: [getattr(model, name)(theta, x, Y) for name in methods]


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
    p = (MLP.n_params,)
    links = {
        "optimizers.scale": optimizers.scale(-0.3),
        "optimizers.momentum": optimizers.momentum(0.9),
        "optimizers.ema": optimizers.ema(0.9),
        "optimizers.nesterov": optimizers.nesterov(0.9),
        "optimizers.adam": optimizers.adam(),
        "optimizers.accumulate_micro_batches": optimizers.accumulate_micro_batches(2),
        "optimizers.clip_by_value": optimizers.clip_by_value(0.5),
        "optimizers.clip_by_global_norm": optimizers.clip_by_global_norm(0.5),
        "optimizers.clip_by_layer_norm": optimizers.clip_by_layer_norm(0.5, MLP.layers),
        "optimizers.chain": optimizers.chain(
            optimizers.accumulate_micro_batches(2), optimizers.momentum(0.5)
        ),
        "schedules.warm_up": schedules.warm_up(5),
    }
    for name, link in links.items():
        kind = "refused" if "clip" in name else "" if "adam" in name else "stays"
        yield name, Case(steps(link), (p, p), low=-100, high=100, complex_=kind)


p = (MLP.n_params,)
CASES = {
    **dict(cases_of_activations()),
    **dict(cases_of_links()),
    "losses.mse": Case(losses.mse, (OUTPUT, OUTPUT), -100, 100, complex_="stays"),
    "losses.softmax_cross_entropy": Case(
        lambda z: losses.softmax_cross_entropy(z, Y), (OUTPUT,), -100, 100, complex_="stays"
    ),
    "clipping.global_norm": Case(clipping.global_norm, ((2, 30),), -100, 100, complex_="real"),
    "clipping.norms_of_parts": Case(
        lambda g: clipping.norms_of_parts([g, g]), ((2, 30),), complex_="real"
    ),
    "clipping.clip_value": Case(
        lambda g: [clipping.clip_value(g, np.float64(limit)) for limit in (0.5, 1e9)],
        ((2, 30),),
        complex_="refused",
    ),
    "clipping.clip_global_norm": Case(
        lambda g: [clipping.clip_global_norm(g, np.float64(limit)) for limit in (0.5, 1e9)],
        ((2, 30),),
        complex_="refused",
    ),
    "clipping.clip_layer_norms": Case(
        lambda g: [clipping.clip_layer_norms(g, limit, MLP.layers) for limit in (0.5, 1e9)],
        (p,),
        complex_="refused",
    ),
    "diagnostics.layer_norms": Case(
        lambda g: diagnostics.layer_norms(g, MLP.layers), (p,), complex_="real"
    ),
    "diagnostics.forward_norms": Case(
        lambda theta, x: diagnostics.forward_norms(MLP, theta, x), (p, BATCH)
    ),
    "diagnostics.backward_norms": Case(
        lambda *arrays: diagnostics.backward_norms(MLP, *arrays), (p, BATCH, OUTPUT)
    ),
    "diagnostics.layer_jacobians": Case(
        lambda theta, x: diagnostics.layer_jacobians(MLP, theta, x), (p, BATCH)
    ),
    "diagnostics.growth_per_layer": Case(
        diagnostics.growth_per_layer,
        ((3, 4),),
        low=1,
        high=100,
        float32="float64",
        complex_="refused",
    ),
    "gradcheck.numerical_gradient": Case(
        lambda theta: gradcheck.numerical_gradient(lambda t: (t**2).sum(), theta, 1e-2),
        ((2, 3),),
        complex_="refused",
    ),
    "gradcheck.check_gradient": Case(checked, ((6,),), float32="float64", complex_="refused"),
    "meanfield.gaussian_mean": Case(
        lambda q: meanfield.gaussian_mean(np.cos, q),
        ((4,),),
        low=0,
        float32="float64",
        complex_="refused",
    ),
    "meanfield.variance_map": Case(
        lambda q: meanfield.variance_map(q, activations.tanh, 1.5, 0.1),
        ((4,),),
        low=0,
        high=100,
        float32="float64",
        complex_="refused",
    ),
    "mlp.dense": Case(mlp.dense, (BATCH, (2, 3), (2,)), -100, 100, complex_="stays"),
    "mlp.dense_backward": Case(
        mlp.dense_backward, (OUTPUT, BATCH, (2, 3)), -100, 100, complex_="stays"
    ),
    "mlp.MLP.forward": Case(MLP.forward, (p, BATCH), complex_="stays"),
    "mlp.MLP.trace": Case(lambda *a: MLP.trace(*a).z, (p, BATCH), complex_="stays"),
    "mlp.MLP.deltas": Case(
        # the last layer's is grad_output itself
        lambda theta, x, grad: MLP.deltas(theta, MLP.trace(theta, x), grad)[:-1],
        (p, BATCH, OUTPUT),
    ),
    "mlp.MLP.loss_and_gradient": Case(
        of_model(MLP, "loss_and_gradient"), (p, BATCH), complex_="stays"
    ),
    "mlp.MLP.loss_and_gradient mse": Case(
        REGRESSION.loss_and_gradient, (p, BATCH, OUTPUT), complex_="stays"
    ),
    "rnn.RNN.forward": Case(
        RECURRENT.forward, ((RECURRENT.n_params,), SEQUENCES), complex_="stays"
    ),
    "rnn.RNN.trace": Case(
        lambda *a: RECURRENT.trace(*a).h, ((RECURRENT.n_params,), SEQUENCES), complex_="stays"
    ),
    "rnn.RNN.loss_and_gradient": Case(
        of_model(RECURRENT, "loss_and_gradient"),
        ((RECURRENT.n_params,), SEQUENCES),
        complex_="stays",
    ),
    "rnn.RNN.state_gradients": Case(
        of_model(RECURRENT, "state_gradients"), ((RECURRENT.n_params,), SEQUENCES)
    ),
    "rnn.RNN.step_norms": Case(
        of_model(RECURRENT, "step_norms"), ((RECURRENT.n_params,), SEQUENCES)
    ),
    "gated.GRU.forward": Case(GATED.forward, ((GATED.n_params,), SEQUENCES), complex_="stays"),
    "gated.GRU.trace": Case(
        lambda *a: GATED.trace(*a).h, ((GATED.n_params,), SEQUENCES), complex_="stays"
    ),
    "gated.GRU.loss_and_gradient": Case(
        of_model(GATED, "loss_and_gradient"), ((GATED.n_params,), SEQUENCES), complex_="stays"
    ),
    "gated.GRU.state_gradients": Case(
        of_model(GATED, "state_gradients"), ((GATED.n_params,), SEQUENCES)
    ),
    "gated.GRU.step_norms": Case(of_model(GATED, "step_norms"), ((GATED.n_params,), SEQUENCES)),
    "cnn.image_patches": Case(cnn.image_patches, ((2, 5, 6),), complex_="stays"),
    "cnn.max_pool": Case(lambda a: cnn.max_pool(a)[0], ((2, 4, 6, 3),)),
    "cnn.max_pool_backward": Case(
        lambda grad: cnn.max_pool_backward(grad, np.full((2, 2, 3, 1), 2).tolist(), (4, 6)),
        ((2, 2, 3, 1),),
        complex_="stays",
    ),
    "cnn.CNN.forward": Case(CNN.forward, ((CNN.n_params,), IMAGES)),
    "cnn.CNN.trace": Case(lambda *a: CNN.trace(*a).z, ((CNN.n_params,), IMAGES)),
    "cnn.CNN.loss_and_gradient": Case(
        of_model(CNN, "loss_and_gradient"), ((CNN.n_params,), IMAGES), complex_="refused"
    ),
    "residual.layer_norm": Case(residual.layer_norm, ((2, 7),), -100, 100, complex_="stays"),
    "residual.layer_norm_backward": Case(
        residual.layer_norm_backward, ((2, 7), (2, 7)), -100, 100, complex_="stays"
    ),
    "residual.ResidualNet.forward": Case(
        RESIDUAL.forward, ((RESIDUAL.n_params,), BATCH), complex_="stays"
    ),
    "residual.ResidualNet.trace": Case(
        lambda *a: RESIDUAL.trace(*a).h, ((RESIDUAL.n_params,), BATCH), complex_="stays"
    ),
    "residual.ResidualNet.loss_and_gradient": Case(
        of_model(RESIDUAL, "loss_and_gradient"), ((RESIDUAL.n_params,), BATCH), complex_="stays"
    ),
    "residual.ResidualNet.block_gradients": Case(
        of_model(RESIDUAL, "block_gradients"), ((RESIDUAL.n_params,), BATCH)
    ),
    "penalties.hessian_vector_product": Case(product("complex"), (p, p, BATCH)),
    "penalties.hessian_vector_product differences": Case(product("differences"), (p, p, BATCH)),
    "penalties.gradient_penalty": Case(
        lambda theta, x: penalties.gradient_penalty(
            lambda t: MLP.loss_and_gradient(t, x, Y), theta, np.float64(0.3)
        ),
        (p, BATCH),
    ),
    "penalties.Penalized.loss_and_gradient": Case(
        of_model(penalties.Penalized(MLP, np.float64(0.3)), "loss_and_gradient"), (p, BATCH)
    ),
    "penalties.input_gradient": Case(
        lambda theta, x: penalties.input_gradient(MLP, theta, x, Y), (p, BATCH)
    ),
    "penalties.input_penalty": Case(
        lambda theta, x: penalties.input_penalty(MLP, theta, x, Y), (p, BATCH)
    ),
    "stability.largest_stable_lr": Case(
        symmetric(stability.largest_stable_lr), ((4, 4),), float32="float64", complex_="refused"
    ),
    "stability.quadratic": Case(
        symmetric(lambda hessian, theta: stability.quadratic(hessian)(theta)),
        ((4, 4), (3, 4)),
        -100,
        100,
        complex_="refused",
    ),
    "statistics.wilson_interval": Case(
        lambda successes: statistics.wilson_interval(successes, np.uint8(250)),
        ((4,),),
        low=0,
        high=100,
        complex_="refused",
    ),
    "training.train": Case(trained, (p, BATCH)),
}
NO_ARRAYS = {  # numbers, functions and names only, or arrays handed on as they are
    *("optimizers.stateless", "optimizers.record", "optimizers.Transform"),
    *("optimizers.require_link", "statistics.fisher_exact"),
    *("meanfield.variance_fixed_point", "meanfield.chi_1", "meanfield.growth_rate"),
    *(f"{model}.{method}" for model in ("mlp.MLP", "cnn.CNN") for method in ("init", "unpack")),
    *(
        f"{model}.{method}"
        for model in ("rnn.RNN", "gated.GRU")
        for method in ("init", "unpack")
    ),
    *("residual.ResidualNet.init", "residual.ResidualNet.unpack", "mlp.Layer.at"),
}
MODULES = sorted({name.partition(".")[0] for name in CASES})
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
few = settings(max_examples=6)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
whole = st.sampled_from([np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64, np.bool_])
quiet = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # bool: a net without any slope


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


@pytest.mark.parametrize("model", [MLP, RECURRENT, GATED, CNN, RESIDUAL], ids=repr)
def test_parameters_are_drawn_in_floats_only(model):
    rng = np.random.default_rng(0)
    assert model.init(rng, normal(1.0), dtype="float32").dtype == np.float32
    with pytest.raises(ValueError, match=r"^dtype must be one of floats, got <class 'int'>"):
        model.init(rng, normal(1.0), dtype=int)


@given(sigma_w=st.integers(1, 100), sigma_b=st.integers(0, 100), dtype=whole)
@few
def test_scales_of_any_whole_number_type_are_those_of_floats(sigma_w, sigma_b, dtype):
    for function in (meanfield.chi_1, meanfield.growth_rate, meanfield.variance_fixed_point):
        for phi in (activations.tanh, activations.relu):
            if dtype is not np.bool_:
                given_ = function(phi, dtype(sigma_w), dtype(sigma_b))
                assert given_ == function(phi, float(sigma_w), float(sigma_b))
