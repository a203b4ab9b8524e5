"""Predictions of lesson 12, six broken runs."""

from course_lib.predictions.model import RIGHT, Prediction

PREDICTIONS = (
    Prediction(
        name="run_1_larger_rate",
        question="Would a rate ten or a hundred times as large mend run 1?",
        choices={
            "yes, the steps are too short": "For the last layer they are not.",
            "no: one rate serves all layers": RIGHT,
            "only a hundred times": "Before the first layer moves, the last one is lost.",
        },
        came_out="No: the last layer has nearly all of the gradient, the first next to nothing.",
        truth="share[0] < 1e-4 < 0.9 < share[-1]",
    ),
    Prediction(
        name="run_2_threshold",
        question="In run 2 the gradient norm is far above the threshold. What should change?",
        choices={
            "a higher threshold": "Longer steps in a useless direction are no better.",
            "a lower threshold": "Shorter steps in a useless direction do not help.",
            "neither would help": RIGHT,
        },
        came_out="Neither: the gradient is right, and large. Its cause lies in the net.",
        truth="growth_at_start(CASES[1].configuration) > 1.5",
    ),
    Prediction(
        name="run_3_measurement",
        question="Which of the measurements of runs 1 and 2 will find something in run 3?",
        choices={
            "the growth of δ": "The growth is about 1 per layer before training.",
            "the gradient check": "The gradient is right to four digits and more.",
            "neither of them": RIGHT,
        },
        came_out="Neither: net and gradient are in order. What is left are the steps.",
        truth="0.8 < growth_at_start(suspect) < 1.2 and error_of_gradient(suspect) < 1e-4",
    ),
    Prediction(
        name="run_4_same_cause",
        question="The picture of run 4 is that of run 3. Is the cause the same?",
        choices={
            "yes, the rate is too large": "In whole batches the same rate learns.",
            "no": RIGHT,
        },
        came_out="No: the same net learns at this rate in whole batches.",
        truth="run(whole).accuracy > 0.5",
    ),
    Prediction(
        name="run_5_harm_of_a_spike",
        question="All steps of run 5 are equally long. What harm can a spike do then?",
        choices={
            "none": "A step has a direction as well as a length.",
            "it decides where many steps point": RIGHT,
            "it makes steps too short": "All steps are equally long here.",
        },
        came_out="It decides where dozens of steps point: the velocity holds the whole spike.",
        truth="sum(v < 0 for v in passed_on(CASES[4].configuration.links, "
        "[1.0, 1.0, 1000.0, *[-1.0] * 80])[3:]) > 36",
    ),
    Prediction(
        name="run_6_centered_sigmoids",
        question="Run 6 looks like run 2. Do centered sigmoids at σ_w = 4 explode?",
        choices={
            "yes, 4 is a large scale": "For sigmoids, whose slope is ¼, it is the edge.",
            "no, theory promises a growth of 1": RIGHT,
            "no, they vanish": "They are centered, where their slope is largest.",
        },
        came_out="Theory promises a growth of 1 per layer. The run shows more than ten times as much.",
        truth="abs(chi_1(centered_sigmoid, 4.0) ** 0.5 - 1) < 0.01",
    ),
)
