"""Predictions of lesson 06, the accumulation update."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="what_the_formula_lacks",
        question="Which quantity, one that every method of descent must contain, is missing?",
        choices={
            "the learning rate": "It is there, inside the constants α and γ.",
            "the gradient": RIGHT,
            "the number of steps": "The superscript n counts them.",
        },
        came_out="The gradient: whatever the data, the parameters shrink by the same factor.",
        truth="solved.free_symbols == {n, alpha, gamma, theta_0}",
    ),
    Prediction(
        name="sum_over_layers",
        question="The sizes grow by r per layer on the way back. Does adding up level the growth?",
        choices={
            "yes": "A sum of growing terms cannot grow less than its largest term.",
            "no, the sums grow as fast, and are larger": RIGHT,
            "it makes the growth smaller": "That would need terms of opposite sign.",
        },
        came_out="The sums grow as fast, and are larger besides.",
        truth="after > 0.95 * before and accumulated[-1] > sizes[-1]",
    ),
    Prediction(
        name="momentum_and_noise",
        question="The gradients are noisy, and the effective rate is 0.1 with and without momentum. "
        "Do the parameters rest nearer to the minimum with it?",
        choices={
            "far nearer: noise is averaged away": "The noise is spread, not removed.",
            "hardly": RIGHT,
            "far less near: noise is remembered": "The rate is smaller by as much.",
        },
        came_out="The variance is <!-- = resting[0.0] -->0.053 without momentum and "
        "<!-- = resting[0.9] -->0.050 with it.",
        truth="0.9 < resting[0.9] / resting[0.0] < 1",
    ),
    Prediction(
        name="average_beside_velocity",
        question="What is EMA's average beside momentum's velocity, at γ = 0.9?",
        choices={
            "smaller by a factor that changes": "Both fade alike, so the factor stays.",
            "a tenth of it in the end, at first more": "Both begin at 0, so from the start.",
            "a tenth of it at every step": RIGHT,
        },
        came_out="A tenth at every step: one method at two rates.",
        truth="n_equal == 100",
    ),
    Prediction(
        name="look_ahead",
        question="Over fifty steps: where does the second form stand, beside the look-ahead "
        "points of the first?",
        choices={
            "near them, as the rate is small": "The conversion holds at any rate.",
            "at them, to rounding": RIGHT,
            "one step behind": "Both take the gradient at the look-ahead point.",
        },
        came_out="At the same points, to fourteen digits.",
        truth="n_same == 50",
    ),
    Prediction(
        name="largest_rate_on_a_parabola",
        question="At γ = 0.9, which of the four allows the largest rate on a parabola?",
        choices={
            "plain descent": "Its limit is 2; momentum and EMA allow more.",
            "momentum": "Its limit is nearly twice that of plain descent.",
            "EMA": RIGHT,
            "Nesterov": "Its limit is below that of plain descent.",
        },
        came_out="EMA: its steps are a tenth as long as those of momentum.",
        truth="max(limits, key=lambda name: limits[name].subs(g_, 0.9)) == 'EMA'",
    ),
    Number(
        name="momentum_off_the_wall",
        question="How many times as far as plain descent does momentum with γ = 0.9 move, at the "
        "same rate?",
        answer=10,
        came_out="Ten times as far: a spike is not softened but remembered.",
        truth="float(np.median(ratios['momentum']))",
        within=1.05,
        mistaken=(
            (1, "That is EMA. A sum remembers each gradient 1/(1 - γ) times."),
            (0.9, "γ is what is left after one step. All steps add up."),
        ),
    ),
    Prediction(
        name="first_to_fail_on_a_net",
        question="At equal rate on a network: which one gives up first?",
        choices={
            "Nesterov alone": "That is the parabola's order. It does as well as momentum.",
            "plain descent": "It bears a larger rate than momentum here.",
            "momentum and Nesterov": RIGHT,
            "EMA": "EMA bears the largest rate of all four.",
        },
        came_out="Momentum and Nesterov: they carry single large gradients ten times as far.",
        truth="rates[n_solved['momentum'] >= 8].max() == rates[n_solved['Nesterov'] >= 8].max() "
        "< rates[n_solved['plain descent'] >= 8].max() < rates[n_solved['EMA'] >= 8].max()",
    ),
    Prediction(
        name="half_right_about_accumulation",
        question="What, then, did the article get half right?",
        choices={
            "accumulation bounds the step": "Neither form does: a sum has no bound.",
            "averaged updates are stabler at equal rate": RIGHT,
            "the sum is stabler at equal rate": "It fails at a smaller rate.",
        },
        came_out="Averaged updates are stabler at equal rate. They do not prevent an explosion.",
        truth="rates[n_solved['EMA'] >= 8].max() > rates[n_solved['plain descent'] >= 8].max() "
        "and n_exploded['EMA'][-1] >= 8",
    ),
    Prediction(
        name="mean_of_micro_batches",
        question="Four micro-batches of 24: how far is the mean of their gradients from the "
        "gradient of all 96 examples?",
        choices={
            "it is the same": RIGHT,
            "a few percent": "With equal parts the mean of means is the mean of all.",
            "about four times as long": "That is the sum, without the 1/4.",
        },
        came_out="It is the same gradient. With unequal parts it is not.",
        truth="error(equal.mean(axis=0)) < 1e-12",
    ),
)
