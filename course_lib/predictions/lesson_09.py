"""Predictions of lesson 09, penalties and other safeguards."""

from course_lib.predictions.model import RIGHT, Prediction

PREDICTIONS = (
    Prediction(
        name="stable_rate_with_a_penalty",
        question="Is descent with the gradient penalty stable up to a larger rate, or a smaller?",
        choices={
            "a larger one: gradients become smaller": "The way to small gradients is steeper.",
            "the same": "The penalty has a curvature of its own, which is added.",
            "a smaller one": RIGHT,
        },
        came_out="A smaller one: the curvature λ becomes λ(1 + 2λμ).",
        truth="measured[0.25] < measured[0.05] < measured[0.0]",
    ),
    Prediction(
        name="penalty_on_the_wall",
        question="With a weight of 0.01, does the penalty make the step off the wall shorter or longer?",
        choices={
            "shorter": "Its gradient is 2μHg, and Hg is far longer than g.",
            "about twice as long": "The second derivatives are far larger than that.",
            "over a thousand times as long": RIGHT,
        },
        came_out="Over a thousand times as long, at nearly every start.",
        truth="share > 0.9",
    ),
    Prediction(
        name="best_weight_of_the_penalty",
        question="Which weight of the penalty solves most runs?",
        choices={
            "no penalty (μ = 0)": RIGHT,
            "0.001": "It solves slightly fewer, which forty runs cannot tell from no penalty.",
            "0.1": "The largest weight solves fewest.",
        },
        came_out="No penalty: without clipping and with it.",
        truth="all(counts[0] == max(counts) for counts in scan['solved'].values())",
    ),
    Prediction(
        name="nine_more_of_sixty",
        question="Of 60 runs 33 are solved with a remedy, and 24 without. What does the last rule "
        "say?",
        choices={
            "helps": "Nine runs more are within what chance alone does.",
            "not shown": RIGHT,
            "cures": "For that nine of ten have to be solved.",
        },
        came_out="Not shown: the two intervals overlap. It may help all the same.",
        truth="comparison.verdict(33, 24, 60) == 'not shown'",
    ),
    Prediction(
        name="best_against_spikes",
        question="Some units have gates that decide how much of their state they keep (section 10). "
        "Which remedy solves most runs of the net that suffers from spikes?",
        choices={
            "clipping": "It solves 54 of 60, and one remedy solves all.",
            "Adam": "It solves 51 of 60. It remembers each spike for long.",
            "orthogonal weights": "They help, and the inputs still drive the units far.",
            "gated units": RIGHT,
        },
        came_out="Gated units solve all <!-- = spikes['gated units'] -->60.",
        truth="spikes['gated units'] == n_spikes == max(spikes.values())",
    ),
    Prediction(
        name="residual_or_normalized",
        question="In which net do residual connections alone level the gradient?",
        choices={
            "in both": "In the exploding net they lower the growth a little, far from enough.",
            "in the vanishing sigmoid net": RIGHT,
            "in the exploding tanh net": "There they lower the growth a little, far from enough.",
        },
        came_out="In the vanishing net. In the exploding one nothing tried here levels it; with normalization it comes nearest.",
        truth="profiles['sigmoid']['residual'][0] > 0.1 * profiles['sigmoid']['residual'][-1] "
        "and profiles['tanh']['residual'][0] > 100 * profiles['tanh']['residual'][-1]",
    ),
    Prediction(
        name="adam_in_an_exploding_net",
        question="Clipping solves no run of the exploding net. Does Adam?",
        choices={
            "most: its steps ignore the size": "The directions are useless, not the size.",
            "about half": "No remedy that acts on the gradient alone solves any.",
            "none": RIGHT,
        },
        came_out="None. Initialization solves all <!-- = exploding['initialization'] -->30.",
        truth="exploding['Adam'] == 0 and exploding['initialization'] == n_exploding",
    ),
    Prediction(
        name="learning_at_a_rate_too_large",
        question="Which of these solves most runs at the rate that is too large?",
        choices={
            "Adam": "At this rate each of its steps is 0.2 long in every entry.",
            "residual connections": "They solve none at this rate.",
            "warm-up": "It helps, and solves fewer.",
            "clipping": RIGHT,
        },
        came_out="Clipping solves all <!-- = too_fast['clipping'] -->30, and so does the smaller rate.",
        truth="too_fast['clipping'] == n_too_fast > too_fast['warm-up'] > too_fast['Adam']",
    ),
    Prediction(
        name="lambda_after_the_warm_up",
        question="The limit is λ = 2/η = 10. Is λ below it when the whole rate is reached?",
        choices={
            "yes, in most runs": "It has fallen steeply, and not yet as far as that.",
            "no: still above, and far lower than at the start": RIGHT,
            "no: it has not changed": "It falls from the first steps on.",
        },
        came_out="It has fallen steeply, and is still above the limit in most runs.",
        truth="np.mean(lambdas[100] > 10) > 0.7 and np.sum(lambdas[100] > 100) "
        "< np.sum(lambdas[0] > 100)",
    ),
    Prediction(
        name="half_open_gates",
        question="Gates begin half open, u ≈ 1/2. Over a hundred steps, what is left of the "
        "gradient, beside a plain tanh net?",
        choices={
            "more: gates are made for it": "They are, once they are open.",
            "as much": "Half of it is lost at each step, but for what the branch adds.",
            "less": RIGHT,
        },
        came_out="Less. A gate keeps the gradient where it is open.",
        truth="over_time['gated'][0] / over_time['gated'][-1] "
        "< 0.1 * over_time['tanh, σ_w = 1'][0] / over_time['tanh, σ_w = 1'][-1]",
    ),
)
