"""Each number that lesson 09 states in words, asserted on what its own cells computed."""

import re
from dataclasses import replace

import numpy as np
import pytest
from lesson_runs import SOURCES, LessonLaws, lesson

from course_lib import datasets
from course_lib.experiments import comparison, safeguards
from course_lib.experiments.safeguards import SMALLER
from course_lib.penalties import hessian_vector_product
from course_lib.statistics import wilson_interval
from course_lib.widgets.penalty import penalized_curvature

NAME = "09_penalties_and_other_safeguards"
SYMPTOMS = tuple(safeguards.SYMPTOMS)
NOT_TRIED = "—"


def safeguard():
    return lesson(NAME)


def recap_table():
    """Return the recap's entries by (remedy, symptom), links and emphasis taken off."""
    recap = (SOURCES / f"{NAME}.md").read_text(encoding="utf-8").partition("## Recap")[2]
    recap = re.sub(r"<!--.*?-->", "", recap)
    lines = [line for line in recap.partition("```")[0].splitlines() if line[:1] == "|"]
    rows = [
        [re.sub(r"\[(.*?)\]\(.*?\)|\*", r"\1", c).strip() for c in r.split("|")[1:-1]]
        for r in lines
    ]
    header, _, *body = rows
    assert header[1:] == [f"{symptom}, of {counted()[symptom][1]}" for symptom in SYMPTOMS]
    return {
        (row[0], s): word for row in body for s, word in zip(SYMPTOMS, row[1:], strict=True)
    }


def counted():
    """Return the counts of each symptom, as the lesson reads them from the file."""
    return {symptom: safeguard()["counted"](symptom) for symptom in SYMPTOMS}


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_the_penalty_makes_the_curvature_larger_and_the_stable_rate_smaller():
    n = safeguard()
    sp, lam, mu = n["sp"], n["curvature"], sp_mu(n)
    assert sp.simplify(n["new_curvature"] - lam * (1 + 2 * lam * mu)) == 0
    assert sp.simplify(n["ratio"] - 1 / (1 + 2 * lam * mu)) == 0
    for weight, rate in n["measured"].items():
        assert rate == pytest.approx(2 / (4 * (1 + 8 * weight)), abs=0.0051)
    last = {label: abs(path[-1]) for label, path in n["paths"].items()}
    assert last["without penalty"] < 1 < last["μ = 0.05"]


def sp_mu(n):
    (mu,) = n["ratio"].free_symbols - {n["curvature"]}
    return mu


def test_in_a_net_the_learners_penalty_agrees_to_seven_digits():
    assert safeguard()["error"] < 1e-7


def test_on_the_wall_the_penalty_makes_nearly_every_step_over_1000_times_as_long():
    n = safeguard()
    assert np.mean(n["longer"] > 1000) > 0.99
    assert n["longer"].max() > 1e6
    assert 0.6 < np.mean(n["wrong"] > 0.5) < 0.9


def test_on_the_wall_the_gradient_changes_over_a_millionth():
    """‖g‖²/‖Hg‖ is how far along g, in units of θ, g takes to double."""
    n = safeguard()
    size = n["global_norm"](n["g_cliff"])
    distance = size**2 / n["global_norm"](n["Hg"])
    assert 1e-8 < np.median(distance[size > 1e4]) < 1e-4


def test_no_weight_of_the_penalty_solves_more_runs_and_the_largest_solves_fewer():
    scan = safeguard()["scan"]
    for counts in scan["solved"].values():
        low, _ = wilson_interval(np.array(counts), scan["seeds"])
        _, high = wilson_interval(counts[0], scan["seeds"])
        assert (low[1:] < high).all(), "none is told apart upward"
        assert comparison.verdict(counts[-1], counts[0], scan["seeds"]) == "makes worse"


def test_in_most_runs_some_gradients_are_far_larger_than_the_median():
    assert np.mean(safeguard()["times_median"] > 5) > 0.75
    assert np.mean(safeguard()["at_steps"] > 100) > 0.97, "after a warm-up of 100 steps"


def told(symptom, remedy):
    """Return the words of the stored runs and of their repetitions, joined by "or".

    Where a count is within a run of nine tenths, both words beside that edge are told.
    """
    solved, n, words = counted()[symptom]
    again = safeguards.stored()["again"][symptom]
    repeated = again.get(remedy, [])
    without = again.get("no remedy", [0] * len(repeated))
    pairs = zip(repeated, without, strict=bool(repeated))
    found = {words[remedy], *(comparison.verdict(*pair, n) for pair in pairs)}
    counts = [solved[remedy], *repeated]
    if min(counts) <= 0.9 * n + 1 and max(counts) >= 0.9 * n - 1:
        found |= {"helps", "cures"}
    order = ("makes worse", "not shown", "helps", "cures")
    return " or ".join(sorted(found, key=order.index))


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_what_solves_a_run_was_repeated_four_times(symptom):
    solved, _, _ = counted()[symptom]
    again = safeguards.stored()["again"][symptom]
    assert {name for name, count in solved.items() if count} == set(again)
    assert {len(counts) for counts in again.values()} == {4}


def test_in_one_repetition_averaging_is_shown_to_help_against_spikes():
    again = safeguards.stored()["again"]["single spikes"]
    pairs = zip(again["averaging (EMA)"], again["no remedy"], strict=True)
    assert [comparison.verdict(*pair, 60) for pair in pairs].count("helps") == 1


def test_at_a_rate_beyond_stability_this_processor_says_a_word_that_is_told():
    symptom = "rate beyond stability"
    solved, n, _ = counted()[symptom]
    here = {
        name: comparison.solved(plan.run(rng, n, progress=False).loss, plan.guessing).sum()
        for name in solved
        for plan, rng in [(safeguards.tuned(symptom, name), np.random.default_rng((9, 1)))]
    }
    for name, count in here.items():
        assert comparison.verdict(count, here["no remedy"], n) in told(symptom, name).split(
            " or "
        ), name


def test_every_entry_of_the_recap_is_the_verdict_that_is_told():
    table, tried = recap_table(), counted()
    for (remedy, symptom), entry in table.items():
        solved, _, words = tried[symptom]
        known = remedy in words
        stored = f"{told(symptom, remedy)} {solved[remedy]}" if known else NOT_TRIED
        expected = stored.removeprefix("not shown ") if remedy == "no remedy" else stored
        assert entry.rstrip("¹²") == expected, (remedy, symptom)
    for symptom, (solved, *_) in tried.items():
        assert set(solved) <= {remedy for remedy, s in table if s == symptom}


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_the_small_live_version_agrees_with_the_stored_one(symptom):
    """The live count must be one that the stored interval makes plausible."""
    live, n_live = {
        "single spikes": (safeguard()["live_spikes"], 5),
        "vanishing at the start": (safeguard()["live_vanishing"], 3),
        "exploding at the start": (safeguard()["live_exploding"], 3),
        "rate beyond stability": (safeguard()["live_too_fast"], 8),
    }[symptom]
    solved, n_stored, _ = counted()[symptom]
    assert live
    for name, count in live.items():
        low, high = wilson_interval(count, n_live)
        low_stored, high_stored = wilson_interval(solved[name], n_stored)
        assert low <= high_stored and low_stored <= high, name
        assert (count > n_live / 2) == (solved[name] > n_stored / 2), name


def test_the_counts_that_the_texts_name():
    spikes, vanishing, exploding, too_fast = (fractions(s) for s in SYMPTOMS)
    assert spikes["gated units"] == 1 and spikes["gradient penalty"] == 0
    assert (spikes["clipping"], spikes["Adam"]) == (54 / 60, 51 / 60)
    assert spikes["no remedy"] == 0.4 > spikes["warm-up"] > 0.35
    lasting = ("averaging (EMA)", "Nesterov", "orthogonal weights", SMALLER)
    assert all(0.5 < spikes[name] < 0.8 for name in lasting)
    assert spikes["initialization"] == pytest.approx(0.93, abs=0.005)
    assert vanishing["residual connections"] == 1
    assert vanishing["layer normalization"] == pytest.approx(0.8, abs=0.02)
    for name in ("residual and normalized", "centered and orthogonal"):
        assert vanishing[name] == pytest.approx(2 / 3, abs=0.04)
    solving = {"residual connections", "layer normalization", "residual and normalized"}
    others = set(vanishing) - solving - {"centered and orthogonal"}
    assert all(vanishing[name] == 0 for name in others)
    assert exploding["initialization"] == exploding["orthogonal weights"] == 1
    assert exploding["residual and normalized"] == 28 / 30
    learned = {"residual and normalized", "orthogonal weights", "initialization"}
    assert all(v < 0.05 for name, v in exploding.items() if name not in learned)
    assert min(too_fast[name] for name in ("clipping", "orthogonal weights", SMALLER)) == 1
    assert 0.89 < min(too_fast["averaging (EMA)"], too_fast["initialization"]) < 0.97
    for name in ("warm-up", "layer normalization", "residual and normalized"):
        assert 0.7 < too_fast[name] < 0.85
    for name in ("no remedy", "gradient penalty", "Nesterov", "Adam", "residual connections"):
        assert too_fast[name] < 0.1


def test_the_controls_tell_remedies_from_what_comes_with_them():
    """Steps without a penalty, steps without a smaller rate, rates of one's own."""
    controls = safeguards.stored()["controls"]
    assert controls["spikes, a third of the steps"]["solved"] == 0
    assert controls["spikes, four times the steps"]["solved"] >= 36
    assert controls["fast, quarter of the rate"]["solved"] >= 28
    for name in ("Nesterov", "Adam", "residual"):
        assert controls[f"fast, {name} tuned"]["solved"] > 27


def test_with_all_its_steps_the_penalty_solves_no_more():
    scan = safeguard()["scan"]
    counts = {
        name: [solved[scan["mu"].index(m)] for m in (0.0, 0.01)]
        for name, solved in scan["solved"].items()
    }
    assert counts == {"not clipped": [14, 5], "clipped": [37, 25]}
    shares = [np.array(solved) / scan["seeds"] for solved in scan["solved"].values()]
    assert np.allclose(shares, [[0.35, 0.3, 0.13, 0], [0.93, 0.88, 0.63, 0.3]], atol=0.006)


def test_at_no_rate_tried_does_the_penalty_solve_more():
    scan = safeguards.stored()["controls"]["penalty by rate"]
    for name in ("not clipped", "clipped"):
        without, with_it = (np.array(scan[name]["solved"][mu]) for mu in ("0.0", "0.01"))
        assert (with_it <= without).all()
    assert np.argmax(scan["clipped"]["solved"]["0.01"]) == 2, "with a clip at the largest rate"


def test_half_open_gates_keep_about_seven_tenths_of_the_gradient_a_step():
    over_time = safeguard()["over_time"]
    for name, kept in (("gated", 0.72), ("tanh, σ_w = 1", 0.81)):
        ratio = over_time[name][0] / over_time[name][-1]
        assert ratio ** (1 / 99) == pytest.approx(kept, abs=0.03)


def kept_per_step(name):
    """Return the factor per step at the start, over the 20 steps of a plan against spikes."""
    plan = safeguards.SYMPTOMS["single spikes"]()[name]
    x, y = datasets.temporal_order(np.random.default_rng(4), 32, n_steps=20)
    theta = plan.init(plan.model, np.random.default_rng(5), 40).astype(float)
    norms = np.median(plan.model.step_norms(theta, x, y), axis=0)
    return (norms[0] / norms[-1]) ** (1 / 19)


def test_over_20_steps_only_the_initialization_begins_with_a_level_gradient():
    assert kept_per_step("initialization") == pytest.approx(1, abs=0.06)
    for name in ("no remedy", "orthogonal weights", "gated units"):
        assert kept_per_step(name) == pytest.approx(0.8, abs=0.04)


def test_the_orthogonal_start_is_lost_by_slopes_of_eight_tenths():
    n = safeguard()
    (net, options), x = n["nets"]["tanh, orthogonal"], n["x"]
    start = net.init(np.random.default_rng(5), n["normal"](1.0), shape=(10,), **options)
    slopes = 1 - net.trace(start, x).h[1:] ** 2
    assert np.sqrt(np.mean(slopes**2)) == pytest.approx(0.8, abs=0.03)
    norms = n["over_time"]["tanh, orthogonal"]
    assert (norms[0] / norms[-1]) ** (1 / 99) == pytest.approx(0.8, abs=0.03)


def test_the_scales_that_orthogonal_and_centered_weights_bring_along():
    """The norm of all parameters, whose biases begin at 0, beside that of no remedy."""
    changed = {
        ("single spikes", "orthogonal weights"): 1,
        ("vanishing at the start", "orthogonal weights"): 4,
        ("exploding at the start", "orthogonal weights"): 1 / 4,
        ("rate beyond stability", "orthogonal weights"): np.sqrt(2) / 2.2,
    }
    for (symptom, name), ratio in changed.items():
        plans = safeguards.SYMPTOMS[symptom]()
        size, before = (
            np.linalg.norm(plan.init(plan.model, np.random.default_rng(1), 5))
            for plan in (plans[name], plans["no remedy"])
        )
        assert size / before == pytest.approx(ratio, rel=0.03), symptom
    plan = safeguards.SYMPTOMS["vanishing at the start"]()["centered activations"]
    weights = plan.init(plan.model, np.random.default_rng(1), 5)[:, : 64 * 32]
    assert weights.std() * np.sqrt(64) == pytest.approx(4, rel=0.03)
    spikes = safeguards.SYMPTOMS["single spikes"]()
    gated, plain = (spikes[name].model.n_params for name in ("gated units", "no remedy"))
    assert gated / plain == pytest.approx(3, abs=0.3)


def test_of_two_remedies_with_different_words_some_do_not_differ():
    n = safeguard()
    spikes, seeds, words = counted()["single spikes"]
    p = {
        pair: n["statistics"].fisher_exact(spikes[pair[0]], spikes[pair[1]], seeds)
        for pair in (
            ("clipping", "initialization"),
            ("averaging (EMA)", "Nesterov"),
            ("gated units", "Adam"),
        )
    }
    *same, differ = p.values()
    assert min(same) > 0.4 and differ < 0.01
    assert spikes["initialization"] - spikes["clipping"] == 2
    assert words["averaging (EMA)"] == words["Nesterov"] == "not shown"
    tried = [len(solved) - 1 for solved, *_ in counted().values()]
    assert 40 < sum(tried) < 60, "some fifty comparisons"


def test_adam_bounds_the_spikes_own_step_and_remembers_the_spike():
    n = safeguard()
    goes_on, turns = n["goes_on"], n["turns"]
    assert goes_on[0] == pytest.approx(2.5, abs=0.05)
    assert np.sum(turns[1:] > 0) == 43
    assert goes_on.min() == pytest.approx(1 / 40, rel=0.1)
    assert n["recovered"] == pytest.approx(5900, abs=100)


def test_adams_longest_step_is_7_27_times_the_rate():
    """The gradient that makes it: growing as the ratio of the two weights, then the step."""
    k = np.arange(2000)[::-1]
    g = (0.9 / 0.999) ** k * 1e3
    m, v = np.sum(0.1 * 0.9**k * g), np.sum(0.001 * 0.999**k * g**2)
    assert m / np.sqrt(v) == pytest.approx(7.27, abs=0.005)
    rng = np.random.default_rng(0)
    for other in np.abs(rng.standard_cauchy((100, 2000))):
        m, v = np.sum(0.1 * 0.9**k * other), np.sum(0.001 * 0.999**k * other**2)
        assert m / np.sqrt(v) < 7.27


def test_descent_follows_the_flow_of_the_penalized_loss_more_closely():
    flows = safeguard()["flows"]
    assert [*flows.values()] == pytest.approx([0.670, 0.619], abs=5e-4)
    # ½θ² + (η/4)θ² has the curvature 1 + η/2, times λ each
    eta, errors = np.array([0.1, 0.2]), []
    for flow in (np.exp(-eta), np.exp(-eta * (1 + eta / 2))):
        errors.append(np.abs(1 - eta - flow))
    plain, penalized = (np.log2(e[1] / e[0]) for e in errors)
    assert plain == pytest.approx(2, abs=0.1) and penalized == pytest.approx(3, abs=0.1)


def test_at_negative_curvature_a_large_penalty_makes_a_minimum():
    lam = -2.0
    curvature = [lam * (1 + 2 * lam * mu) for mu in (0.9 / (2 * 2), 1.1 / (2 * 2))]
    assert curvature[0] < 0 < curvature[1]


def fractions(symptom):
    solved, n, _ = counted()[symptom]
    return {name: count / n for name, count in solved.items()}


def test_the_growth_per_layer_is_that_of_the_text():
    growth = {
        (title, name): (p[0] / p[-1]) ** (1 / 19)
        for title, group in safeguard()["profiles"].items()
        for name, p in group.items()
    }
    assert growth["sigmoid", "plain"] == pytest.approx(0.23, abs=0.01)
    assert growth["sigmoid", "residual"] == pytest.approx(1, abs=0.05)
    assert growth["sigmoid", "normalized"] == pytest.approx(1, abs=0.1)
    assert growth["tanh", "plain"] == pytest.approx(1.53, abs=0.05)
    assert 1.33 < growth["tanh", "residual"] < growth["tanh", "plain"] - 0.02
    assert growth["tanh", "normalized"] > growth["tanh", "plain"] + 0.02
    assert growth["tanh", "both"] == pytest.approx(1.21, abs=0.05)


def test_what_vanishes_backward_vanishes_forward():
    n = safeguard()
    plan = safeguards.SYMPTOMS["vanishing at the start"]()["no remedy"]
    theta = plan.init(plan.model, np.random.default_rng(1), 5).astype(float)
    states = plan.model.trace(theta, n["images"]).h[-1]
    assert states.std(axis=-2).mean() < 1e-12 < 0.3 < states.mean()
    single = plan.model.trace(theta.astype(np.float32), n["images"].astype(np.float32)).h[-1]
    assert single.std(axis=-2).max() < 1e-6


def test_adam_lengthens_small_gradients():
    plan = safeguards.SYMPTOMS["vanishing at the start"]()["Adam"]
    for size, step in ((1e-6, 1), (1e-8, 0.5)):
        update, _ = plan.link.update(np.array([size]), plan.link.init(np.zeros(1)))
        assert update.item() == pytest.approx(step, rel=0.02)


def test_a_hundred_blocks_pass_the_gradient_only_with_their_identity():
    n = safeguard()
    assert n["global_norm"](n["one_way"][0]) < 1e-100
    assert 1 < n["global_norm"](n["both_ways"][0]) < 50


def test_over_time_only_gates_that_begin_open_keep_the_gradient():
    ratios = {name: norms[0] / norms[-1] for name, norms in safeguard()["over_time"].items()}
    assert ratios["gated, gate bias 3"] > 1e-2
    norms = safeguard()["over_time"]["gated, gate bias 3"]
    assert norms[-11] / norms[-1] > 0.5, "ten steps back"
    assert 1 / (1 + np.exp(-3)) == pytest.approx(0.95, abs=0.005)
    assert max(v for name, v in ratios.items() if name != "gated, gate bias 3") < 1e-7


def test_with_both_changes_the_state_grows_from_block_to_block():
    n = safeguard()
    plan = safeguards.SYMPTOMS["exploding at the start"]()["residual and normalized"]
    theta = plan.init(plan.model, np.random.default_rng(1), 5).astype(float)
    sizes = [np.sqrt((h**2).mean()) for h in plan.model.trace(theta, n["images"]).h]
    assert (np.diff(sizes) > 0).all() and sizes[-1] > 4 * sizes[0]


def test_lambda_falls_during_the_warm_up_and_then_below_2_over_eta():
    lambdas = safeguard()["lambdas"]
    n = np.isfinite(lambdas[800]).sum()
    assert n >= 56
    assert np.sum(lambdas[0] > 100) >= 54 and np.sum(lambdas[100] > 10) >= 48
    assert np.sum(lambdas[100] < lambdas[0] / 4) >= 50
    assert np.sum(lambdas[800] < lambdas[100]) > 0.7 * n, "in most runs it goes on falling"
    assert np.nanmedian(lambdas[800]) < 9 and np.sum(lambdas[800] < 10) > 0.7 * n


def test_a_nudge_ten_times_tinier_measures_the_same_curvature_of_a_relu_net():
    n = safeguard()
    theta = n["thetas"][100][:8]
    tiny, tinier = (n["sharpness"](n["warming"], theta, nudge=h) for h in (1e-7, 1e-8))
    assert tinier == pytest.approx(tiny, rel=0.02)


def test_the_curvature_of_the_net_with_too_large_weights_falls_within_a_hundred_steps():
    """Along the gradient, on the same images: what warm-up waits for."""
    plan = safeguards.SYMPTOMS["rate beyond stability"]()["warm-up"]
    rng = np.random.default_rng(3)
    start = plan.init(plan.model, rng, 10)
    plan = replace(plan, n_steps=100)
    later = plan.run(np.random.default_rng(3), 10, progress=False).theta[0]
    images, labels = safeguard()["images"], safeguard()["labels"]

    def curvature(theta):
        def gradient(t):
            return plan.model.loss_and_gradient(t, images, labels)[1]

        g = gradient(theta)
        product = hessian_vector_product(gradient, theta, g, "differences")
        return np.abs((g * product).sum(axis=-1)) / (g**2).sum(axis=-1)

    before, after = curvature(start.astype(float)), curvature(later.astype(float))
    assert np.median(after) < np.median(before) / 2


@pytest.mark.parametrize(("curvature", "left"), [(1.0, 10 / 11), (8.0, 5 / 9)])
def test_the_penalty_of_the_widget_leaves_so_much_of_the_largest_stable_rate(curvature, left):
    assert curvature / penalized_curvature(curvature, 0.05) == pytest.approx(left)
