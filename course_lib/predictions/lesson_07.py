"""Predictions of lesson 07, clipping."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="norm_in_float32",
        question="In float32, whose largest number is about 3·10³⁸: what does the root of the sum "
        "of squares make of a thousand entries of 10²⁰?",
        choices={
            "about 3·10²¹, the true norm": "It is a float32 number; its square is not.",
            "infinity": RIGHT,
            "nan": "Infinity has a root, which is infinity.",
        },
        came_out="Infinity. And a thousand entries of 10⁻²⁵ have the norm 0 by that formula.",
        truth="np.isinf(norm) and np.sum(tiny**2) == 0",
    ),
    Prediction(
        name="which_rule_turns",
        question="Which rule turns the gradient most, as the threshold goes to 0?",
        choices={
            "by value": RIGHT,
            "by layer": "It keeps the direction within each layer.",
            "by global norm": "It multiplies the whole gradient by one number.",
        },
        came_out="By value: <!-- = np.degrees(np.arccos(cosines['by value'][0])) -->65 degrees, "
        "and by layer <!-- = np.degrees(np.arccos(cosines['by layer'][0])) -->44. "
        "The two cross between <!-- = crossing[0] -->0.25 and <!-- = crossing[1] ± 0.01 -->0.4; "
        "above that by layer turns more.",
        truth="cosines['by value'][0] < cosines['by layer'][0] < cosines['by global norm'][0]",
    ),
    Number(
        name="steps_after_a_spike",
        question="Momentum, then the clip: after how many steps does it follow the true sign?",
        answer=44,
        came_out="After 44 steps. With the clip in front it takes three.",
        truth="sum(step > 0 for step in steps['momentum, then clip'][3:]) + 1",
        within=1.3,
        mistaken=(
            (
                3,
                "That is the clip in front. Behind momentum the velocity holds the whole spike.",
            ),
            (1, "The step is bounded at once. Its direction is that of the spike."),
        ),
    ),
    Prediction(
        name="both_orders_in_training",
        question="Steps of at most 0.1, then of at most 0.3, with the clip in front and behind: "
        "in which of the four cases do few nets learn?",
        choices={
            "behind, at both bounds": "At the shorter bound nearly all learn behind too.",
            "behind, at 0.3": RIGHT,
            "in front, at 0.3": "There nearly all learn: no step comes near the bound.",
            "in none": "With the clip behind, most steps have the full length, and 0.3 is too long.",
        },
        came_out="Behind momentum at 0.3. With the clip behind, most steps have the full length at both "
        "bounds, and 0.3 is too long for them. With the clip in front no step comes near the bound.",
        truth="n_learned['momentum, clip', 0.3] < 5 < 15 < min("
        "n_learned['momentum, clip', 0.1], n_learned['clip, momentum', 0.3])",
    ),
    Prediction(
        name="longest_gradients_of_a_healthy_run",
        question="In a run that goes well: where do its longest gradients stand?",
        choices={
            "among the first twenty steps": RIGHT,
            "anywhere": "They may in other nets: this net's weights begin too large.",
            "at the end": "The first steps have far longer ones. Later the norms stay about level.",
        },
        came_out="Among the first steps: this net begins with weights that are too large.",
        truth="max(np.argsort(log)[-3:]) < 20",
    ),
    Prediction(
        name="which_batches_turn",
        question="In which batches is the mean of the clipped gradients turned most?",
        choices={
            "of 24 images": "In large batches the gradients are about equally long.",
            "of 8 images": "Single images differ more.",
            "of a single image": RIGHT,
            "in none: each keeps its direction": "Each does, and their mean does not.",
        },
        came_out="With single images: by <!-- = bias[1][0] -->15 degrees.",
        truth="bias[1][0] > bias[8][0] > bias[24][0]",
    ),
    Prediction(
        name="thresholds_and_rates",
        question="A threshold of 0.1 in place of 1: what happens to the largest rate that works?",
        choices={
            "it stays": "The bound of the step is proportional to rate times threshold.",
            "it is ten times as large": RIGHT,
            "it is a tenth": "A shorter gradient needs a larger rate, not a smaller one.",
        },
        came_out="It is ten times as large: far below the norms only their product counts.",
        truth="np.isclose(rates[n_solved['clip 0.1, momentum'] >= 5].max(), "
        "10 * rates[n_solved['clip 1.0, momentum'] >= 5].max())",
    ),
    Prediction(
        name="clip_in_front_of_adam",
        question="Clipped at 0.001, at 1, or practically not at all, at one rate: where does "
        "the threshold matter?",
        choices={
            "with Adam and with momentum": "Adam divides the threshold out again.",
            "with momentum only": RIGHT,
            "with Adam only": "Adam's steps have the size of the rate in any case.",
        },
        came_out="With momentum only. Adam learns with each of the three.",
        truth="max(np.median(behind_clip['Adam', c]) for c in (1e-3, 1.0, 1e9)) < 1 "
        "and np.median(behind_clip['momentum', 1e-3]) > 5",
    ),
    Prediction(
        name="clip_in_an_exploding_net",
        question="Two of these three nets explode from the start. Clipped, do they learn?",
        choices={
            "both do: the step is bounded": "Its length is; its direction is as poor.",
            "one of them does": "Both stay below a quarter of the digits.",
            "neither": RIGHT,
        },
        came_out="Neither: a short step in a poor direction is a short step in a poor direction.",
        truth="max(accuracy[name, 'clipped'].max() for name in [*nets][:2]) < 0.25",
    ),
)
