"""The six broken runs as exercises: other right repairs, wrong ones, what the verdicts say."""

import numpy as np
import pytest
from exercises_learner import check_body, mistakes_are_recognized, written

from course_lib import activations, initializers, optimizers, schedules
from course_lib.exercises import check, exercises
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.lesson_12.run_metrics import RunMetrics
from course_lib.exercises.lesson_12.six_runs import REPAIR_TASKS
from course_lib.experiments.broken_runs import CASES, run

NAMES = {
    name: getattr(module, name)
    for module, names in (
        (activations, ("Activation", "relu", "sigmoid", "tanh", "centered_sigmoid")),
        (initializers, ("centered", "glorot", "he", "normal", "orthogonal")),
        (
            optimizers,
            ("accumulate_micro_batches", "chain", "clip_by_global_norm", "clip_by_value", "ema",
             "momentum", "nesterov", "scale"),
        ),
        (schedules, ("warm_up",)),
    )
    for name in names
}  # fmt: skip


def mended(number, changes, head=""):
    """Check the repair that replaces these parts."""
    body = f"{head}return configuration.replace({changes})"
    return check_body(f"mend_{number}", body, **NAMES)


RIGHT = {
    "centered orthogonal weights": (1, "initializer=centered(orthogonal(4.0))"),
    "larger centered weights": (1, "initializer=centered(normal(5.0))"),
    "centered, and clipped too": (
        1,
        "initializer=centered(normal(4.0)), "
        "links=(clip_by_global_norm(5.0), *configuration.links)",
    ),
    "centering written by hand": (
        1,
        "initializer=draw",
        "def draw(rng, shape, index):\n"
        "    w = 4 * rng.standard_normal(shape) / shape[-1]**0.5\n"
        "    return w, (-w.sum(axis=-1) / 2 if index else np.zeros(shape[:-1]))\n",
    ),
    "tanh weights at the edge": (2, "initializer=normal(1.0)"),
    "tanh weights somewhat above": (2, "initializer=normal(1.5)"),
    "Glorot's weights": (2, "initializer=glorot()"),
    "orthogonal weights, no clip": (
        2,
        "initializer=orthogonal(1.0), links=configuration.links[1:]",
    ),
    "a third of the rate": (3, "links=(scale(-0.5),)"),
    "a fiftieth of the rate": (3, "links=(scale(-0.03),)"),
    "one chain": (3, "links=chain(scale(-0.2))"),
    "a clip": (3, "links=(clip_by_global_norm(1.0), scale(-1.5))"),
    "an average": (3, "links=(ema(0.9), scale(-1.5))"),
    "momentum at a tenth of the rate": (3, "links=(momentum(0.9), scale(-0.15))"),
    "the mean in front of the other links": (
        4,
        "links=(accumulate_micro_batches(8), *configuration.links[1:])",
    ),
    "the sum divided by 8": (4, "links=(*configuration.links, scale(1 / 8))"),
    "each part divided by 8": (4, "links=(scale(1 / 8), *configuration.links)"),
    "an eighth of the rate": (
        4,
        "links=(*configuration.links[:2], scale(-0.1 / 8))",
    ),
    "the clip in front": (
        5,
        "links=(clip, m, s)",
        "m, clip, s = configuration.links\n",
    ),
    "a clip on both sides": (
        5,
        "links=(clip_by_global_norm(1.0), *configuration.links)",
    ),
    "no momentum, and the rate ten times as large": (
        5,
        "links=(clip_by_global_norm(1.0), scale(-0.3))",
    ),
    "Nesterov behind the clip": (
        5,
        "links=(clip_by_global_norm(1.0), nesterov(0.9), scale(-0.03))",
    ),
    "the course's sigmoid": (6, "activation=sigmoid"),
    "a derivative of one's own": (
        6,
        "activation=Activation('mine', 0.25, sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)))",
    ),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
def test_every_repair_that_works_passes(answer):
    result = mended(*answer)
    assert result.status == "passed", str(result)
    assert "3 of 3 cases agree in their outcome" in str(result)


WRONG = {
    "He": (1, "initializer=he()", "still vanishing"),
    "He, with a larger rate": (
        1,
        "initializer=he(), links=(momentum(0.9), scale(-1.0))",
        "still vanishing",
    ),
    "a hundredfold rate": (1, "links=(momentum(0.9), scale(-10.0))", "rate raised"),
    "Nesterov": (1, "links=(nesterov(0.9), scale(-0.1))", None),
    "the scale of lesson 04 without centers": (
        1,
        "initializer=orthogonal(4.0)",
        "large weights, activations around 1/2",
    ),
    "centered, and a rate too small": (
        1,
        "initializer=centered(normal(4.0)), links=(momentum(0.9), scale(-0.004))",
        "cured, with other links",
    ),
    "scale 16 with centers": (1, "initializer=centered(normal(24.0))", "exploding now"),
    "a much smaller rate and no clip": (
        2,
        "links=(momentum(0.9), scale(-0.0001))",
        "rate and threshold changed",
    ),
    "clip by value": (
        2,
        "links=(clip_by_value(0.01), momentum(0.9), scale(-0.02))",
        "steps lengthened",
    ),
    "warm-up": (
        2,
        "links=(clip_by_global_norm(1.0), momentum(0.9), warm_up(60), scale(-0.02))",
        "still exploding",
    ),
    "orthogonal weights too large": (2, "initializer=orthogonal(4.0)", "still exploding"),
    "a rate of a thousandth": (3, "links=(scale(-0.001),)", "rate lowered too far"),
    "momentum on top": (3, "links=(momentum(0.9), *configuration.links)", "momentum added"),
    "uphill": (3, "links=(scale(0.1),)", "uphill"),
    "a clip that acts, and too seldom": (
        3,
        "links=(clip_by_global_norm(5.0), scale(-1.5))",
        "clip too loose",
    ),
    "no scale": (4, "links=configuration.links[:2]", "uphill"),
    "the sum with a rate that learns": (
        4,
        "links=(*configuration.links[:2], scale(-0.02))",
        "rate by guess",
    ),
    "the sum with an average": (
        4,
        "links=(configuration.links[0], ema(0.9), scale(-0.1))",
        "momentum replaced",
    ),
    "the mean behind the momentum": (
        4,
        "links=(momentum(0.9), accumulate_micro_batches(8), scale(-0.1))",
        "other steps than those of whole batches",
    ),
    "the factor back in the rate": (
        4,
        "links=(accumulate_micro_batches(8), momentum(0.9), scale(-0.8))",
        "the same run in other words",
    ),
    "accumulation taken out": (
        4,
        "links=configuration.links[1:]",
        "another net, other data or another budget",
    ),
    "a clip behind everything": (
        4,
        "links=(*configuration.links, clip_by_global_norm(0.1))",
        "clipped",
    ),
    "divided twice": (
        4,
        "links=(accumulate_micro_batches(8), scale(1 / 8), *configuration.links[1:])",
        "rate lowered too far",
    ),
    "whole batches": (
        4,
        "batch_size=64, n_steps=40, links=configuration.links[1:]",
        "another net, other data or another budget",
    ),
    "clean data": (5, "data='digits'", "another net, other data or another budget"),
    "clip in front, a smaller rate": (
        5,
        "links=(clip_by_global_norm(1.0), momentum(0.9), scale(-0.003))",
        "right place, rate lowered",
    ),
    "clip in front, too high": (
        5,
        "links=(clip_by_global_norm(10.0), momentum(0.9), scale(-0.03))",
        "right place, another threshold",
    ),
    "the rate in front of the clip": (
        5,
        "links=(scale(-0.03), clip_by_global_norm(1.0), momentum(0.9))",
        "right place, another threshold",
    ),
    "clip twice behind": (
        5,
        "links=(*configuration.links[:2], clip_by_global_norm(0.3), scale(-0.03))",
        "clipped harder at the same place",
    ),
    "no momentum": (5, "links=configuration.links[1:]", "momentum taken out"),
    "less momentum, and the rate larger": (
        5,
        "links=(momentum(0.85), clip_by_global_norm(1.0), scale(-0.045))",
        "memory shortened",
    ),
    "less momentum at the same rate": (
        5,
        "links=(momentum(0.8), *configuration.links[1:])",
        "memory shortened",
    ),
    "a larger rate at the same place": (
        5,
        "links=(*configuration.links[:2], scale(-0.3))",
        "longer steps",
    ),
    "tanh": (6, "activation=tanh", "another net, other data or another budget"),
    "smaller weights": (6, "initializer=centered(normal(0.5))", "another initialization"),
    "the true slope, and other weights": (
        6,
        "activation=sigmoid, initializer=he()",
        "cured, and changed",
    ),
    "the true slope, uphill": (
        6,
        "activation=sigmoid, links=(*configuration.links[:2], scale(0.1))",
        "uphill",
    ),
    "the slip by hand": (
        6,
        "activation=Activation('sigmoid', 0.25, sigmoid, lambda z: z * (1 - z))",
        "the same run in other words",
    ),
    "the slope at 0 for all z": (
        6,
        "activation=Activation('mine', 0.25, sigmoid, lambda z: sigmoid.derivative(0 * z))",
        "another slope that is not the slope",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(mended, WRONG)


def test_learning_is_not_enough_where_the_steps_stay_too_long():
    changes = (
        "links=(*configuration.links[:1], clip_by_global_norm(1.0), momentum(0.9), scale(-0.1))"
    )
    verdict = str(mended(4, changes))
    assert "steps are 8 times as long as those of whole batches" in verdict
    assert "✔ yes: it learns" in verdict
    assert "✘ no: eight micro-batches make the step of one batch" in verdict


def test_learning_is_not_enough_where_the_gradient_is_wrong():
    slope = "activation=Activation('sigmoid', 0.25, sigmoid, lambda z: 0.25 + 0 * z)"
    verdict = str(mended(6, slope))
    assert "✔ yes: it learns" in verdict
    assert "✘ no: the gradient is the slope of the loss" in verdict
    assert "Learning is no proof" in verdict


def test_a_verdict_gives_what_was_measured_before_and_after():
    verdict = str(mended(1, "initializer=glorot()"))
    assert "It does not learn well enough: it recognizes " in verdict
    assert "δ is still multiplied by 0.24 per layer (before: 0.23)" in verdict
    assert "growth of δ per layer  0.24" in verdict
    assert "initializer  glorot()" in verdict and "180 of 360 or more" in verdict
    assert "initializer  normal(sigma_w=1)" in verdict
    passed = str(mended(1, "initializer=centered(normal(4.0))"))
    assert " of 360; before " in passed


@pytest.mark.parametrize(
    ("number", "sentence"), [(1, "by 0.23 per layer"), (6, "by 13.07 per layer")]
)
def test_a_wrong_diagnosis_is_answered_by_a_measurement(number, sentence):
    other = {1: "exploding", 6: "vanishing"}[number]
    verdict = str(mended(number, f"diagnosis='{other}'"))
    assert f'Your diagnosis of the recorded run was "{other}".' in verdict
    assert sentence in verdict


DENIED = {
    "order": "Then a clip would stand behind a velocity; in that run none does.",
    "sum": "Then gradients of several micro-batches would be added up; that run has none.",
}


@pytest.mark.parametrize(
    ("task", "word", "said"),
    [
        pytest.param(task, word, said, id=f"{word}, run {task.number}")
        for task in REPAIR_TASKS
        for word, said in DENIED.items()
        if word != task.cause
    ],
)
def test_a_cause_in_the_links_is_denied_only_where_the_links_have_no_such_part(
    task, word, said
):
    links = str(task.case.configuration)
    if word == "order":
        clip, velocity = links.find("clip_by_global_norm"), links.find("momentum")
        assert clip < 0 or velocity < 0 or clip < velocity
    else:
        assert "accumulate" not in links
    answer = task.metrics(task.case.configuration.replace(diagnosis=word))
    told = f'Your diagnosis of the recorded run was "{word}". {said}'
    assert task.comment(answer) == told


def test_less_memory_is_told_in_steps():
    verdict = str(mended(5, "links=(momentum(0.8), clip_by_global_norm(1.0), scale(-0.06))"))
    assert "points the wrong way for 23 steps, in place of 43" in verdict


@pytest.mark.parametrize("task", REPAIR_TASKS, ids=lambda p: f"run {p.number}")
def test_the_diagnosis_is_commented_on_and_decides_nothing(task):
    exercise = exercises()[f"mend_{task.number}"]
    repair = exercise.solution
    for diagnosis, said in (
        (task.cause, f'Your diagnosis of the recorded run, "{task.cause}", is right'),
        (task.cause.upper(), f'"{task.cause}", is right'),
        ("slow", 'Your diagnosis of the recorded run was "slow"'),
        ("bad luck", "The diagnosis is none of"),
        ("", "You named no cause"),
    ):
        result = grade(
            exercise, lambda c, diagnosis=diagnosis: repair(c).replace(diagnosis=diagnosis)
        )
        assert result.status == "passed"
        assert said in str(result)
    wrong = grade(exercise, lambda c: c.replace(diagnosis=task.cause))
    assert wrong.status == "failed"


def test_each_task_has_a_cause_of_its_own():
    assert len({task.cause for task in REPAIR_TASKS}) == len(REPAIR_TASKS) == len(CASES)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("configuration.links", "It returned a tuple; a configuration is needed"),
        ("chain(scale(-0.1))", "It returned a Transform; a configuration is needed"),
        ("run(configuration)", "It returned a Run; a configuration is needed"),
        ("configuration.replace", "a configuration is needed"),
    ],
)
def test_what_is_no_configuration_is_named_in_one_sentence(returned, said):
    verdict = str(check_body("mend_3", f"return {returned}", run=run, **NAMES))
    assert said in verdict
    assert "It raised" not in verdict


def test_a_part_that_does_not_exist_is_told_with_those_that_do():
    verdict = str(mended(3, "rate=0.1"))
    assert "It raised TypeError" in verdict
    assert "the learning rate stands in a link, scale(-rate)" in verdict


def test_assigning_to_the_frozen_configuration_is_told():
    body = "configuration.links = (scale(-0.3),)\nreturn configuration"
    verdict = str(check_body("mend_3", body, **NAMES))
    assert "It raised FrozenInstanceError" in verdict


def test_a_repair_of_the_shown_configuration_is_told_that_seeds_differ():
    body = "return shown.replace(links=(scale(-0.3),))"
    shown = CASES[2].configuration
    verdict = str(check_body("mend_3", body, shown=shown, **NAMES))
    assert "A known mistake, another seed than the argument's" in verdict
    assert "The seed is 0 where it was 1" in verdict


def test_a_record_is_made_of_numbers_that_can_be_read_by_name():
    metrics = RunMetrics(*REPAIR_TASKS[2].metrics(CASES[2].configuration))
    assert metrics.rate == pytest.approx(1.5)
    assert metrics.updates == 1
    assert metrics.memory == 1
    assert metrics.changed == 0
    assert metrics.longest > 1e8


@pytest.mark.parametrize(
    ("number", "rate", "updates", "memory"),
    [(1, 1.0, 1, 44), (2, 0.2, 1, 3), (4, 8.0, 1 / 8, None), (5, 0.3, 1, 44), (6, 1.0, 1, 3)],
)
def test_links_are_told_by_what_they_do(number, rate, updates, memory):
    metrics = RunMetrics(*REPAIR_TASKS[number - 1].metrics(CASES[number - 1].configuration))
    assert metrics.rate == pytest.approx(rate, rel=0.01)
    assert metrics.updates == pytest.approx(updates)
    assert memory is None or metrics.memory == memory


def test_an_answer_without_source_is_judged_too():
    function = written(
        "def f(configuration):\n    return configuration.replace(links=(scale(-0.3),))",
        with_source=False,
        scale=optimizers.scale,
    )
    assert check("mend_3", function).status == "passed"
    assert np.isfinite(run(function(CASES[2].configuration)).loss)


@pytest.mark.parametrize("number", [3, 5, 6])
def test_a_right_repair_that_runs_out_of_time_is_told_that_and_nothing_else(number):
    exercise, calls = exercises()[f"mend_{number}"], []
    assert grade(exercise, exercise.solution).status == "passed"  # what is trained is kept

    def slow(configuration):
        calls.append(configuration)
        while len(calls) > len(REPAIR_TASKS[number - 1].case.seeds):
            pass
        return exercise.solution(configuration)

    result = grade(exercise, slow, seconds=0.2)
    assert (result.status, result.mistake) == ("failed", None)
    first = str(result).splitlines()[1]
    assert first.startswith("All 3 cases are right, but not every law could be measured")


def test_trained_weights_are_no_initializer():
    theta = run(
        REPAIR_TASKS[4].case.configuration.replace(
            links=(optimizers.adam(), optimizers.scale(-0.01))
        )
    ).history.theta
    views = REPAIR_TASKS[4].case.configuration.model.unpack(theta)
    body = "return configuration.replace(initializer=lambda rng, shape, index: views[index])"
    result = check_body("mend_5", body, views=views)
    assert (result.status, result.mistake) == ("failed", "the same weights with every seed")
    assert "digits before training" in str(result)


def test_a_rate_is_not_measured_where_steps_are_not_proportional_to_the_gradient():
    head = "from course_lib.optimizers import adam\n"
    result = mended(5, "links=(clip_by_global_norm(1.0), adam(), scale(-0.01))", head)
    assert result.mistake == "steps not in proportion to the gradient"
    assert "– not measured: its effective rate stays" in str(result)
    wrong = mended(1, "links=(adam(), scale(-1e-5))", head)
    assert wrong.mistake == "steps not in proportion to the gradient"
    assert "effective rate         not measurable for these links" in str(wrong)


@pytest.mark.parametrize(
    "links",
    ["configuration.links[1:]", "(accumulate_micro_batches(64), *configuration.links[1:])"],
)
def test_the_law_of_whole_batches_wants_every_update_where_it_is_due(links):
    task = REPAIR_TASKS[3]
    law = next(law for law in task.laws() if "eight micro" in law.statement)
    changed = eval(links, NAMES | {"configuration": task.case.configuration})
    assert not law.holds(lambda c: task.metrics(c.replace(links=changed)))[0]
    assert law.holds(lambda c: task.metrics(exercises()["mend_4"].solution(c)))[0]


def test_a_configuration_that_made_nothing_is_shown_once():
    verdict = str(check_body("mend_3", "x = configuration\nreturn None"))
    assert "Fix this first" in verdict
    assert verdict.count("batch_size") == 1
