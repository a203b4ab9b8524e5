"""Predictions of lesson 11, reading the article: the learner's verdict comes first."""

from course_lib.predictions.model import RIGHT, Prediction


def _verdict(name, question, came_out, truth, **stands_for):
    """Ask for a verdict; the one without a misconception is the right one."""
    words = ("right", "half right", "wrong")
    choices = {word: stands_for.get(word.replace(" ", "_"), RIGHT) for word in words}
    return Prediction(name, question, choices, came_out, truth)


PREDICTIONS = (
    _verdict(
        "claim_gradient",
        "Is a layer's gradient the difference of its input and its output?",
        "Wrong: other targets change the gradient, and no target occurs in the difference.",
        "changed > 0",
        right="Then it would not matter what the network should have answered.",
        half_right="Output minus target occurs in backpropagation; this difference does not.",
    ),
    _verdict(
        "claim_cause",
        "Do gradients explode when updates are too fast, over steps and over layers?",
        "Half right: over steps they do. Over layers a network explodes before any update.",
        "too_fast[-1] ** 2 > 1 and "
        "untrained['σ_w = 2.0'][0] > 1e3 * untrained['σ_w = 2.0'][-1]",
        right="A network that was never updated can explode too, from layer to layer.",
        wrong="Beyond the stability limit a run does diverge because its steps are too long.",
    ),
    _verdict(
        "claim_effect",
        "Do the outputs change enormously when updates are too fast?",
        "Right: one step moves the outputs of the exploding net by many times their size.",
        "moved[3.0] > 10 > 1 > moved[1.4]",
        half_right="The condition is in the sentence: then, when updates are too fast.",
        wrong="A gradient that is too long makes a step that is too long, and outputs follow.",
    ),
    _verdict(
        "claim_slow",
        "Do slow, averaged updates make explosions rarer, over steps and over layers?",
        "Half right: over steps they do. Over layers it explodes before the first update.",
        "exploded['EMA'].sum() < exploded['plain descent'].sum() "
        "and untrained['σ_w = 2.0'][0] > 1e3 * untrained['σ_w = 2.0'][-1]",
        right="An explosion over layers is there before any update, slow or fast.",
        wrong="At equal rate fewer runs explode with EMA than with plain descent.",
    ),
    _verdict(
        "claim_accumulation",
        "Does it help to carry over a share of the previous gradient: from layer to layer, as "
        "the words say, and from step to step, as the formula's superscripts say?",
        "Half right: from step to step it is momentum. From layer to layer it does not help.",
        "enlarged > 1",
        right="Gradients of two layers often have different shapes and cannot be added.",
        wrong="Read from step to step it is one of the best ideas of the field.",
    ),
    _verdict(
        "claim_formula",
        "The formula makes new parameters from old ones. Does it train a network?",
        "Wrong: no gradient occurs in it, so it does the same whatever the data.",
        "alpha + (1 - alpha) * gamma < 1",
        right="Look for what must occur in every update: something that knows the loss.",
        half_right="It can be repaired, but no part of it trains as it stands.",
    ),
    Prediction(
        name="claim_program",
        question="Which one of the five ideas is right as it stands?",
        choices={
            "1, the sigmoid": RIGHT,
            "2, its slope": "It is right for an activation; the argument is named x.",
            "3, the constants": "A memory as short as the rate remembers nothing.",
            "4, the update": "It pulls every parameter to 0 by a tenth per step.",
            "5, the data": "Three rows of data are not three neurons.",
        },
        came_out="The sigmoid: even its overflow ends in the correct 0.",
        truth="simple_sigmoid(2.0) == sigmoid(2.0) and product_slope(2.0) < 0 < true_slope",
    ),
    Prediction(
        name="claim_loop",
        question="What does `returns_in_the_loop(1.0, 3)` return?",
        choices={
            "a number": "At the bottom, with no iterations left, what is returned?",
            "None": "At the bottom, yes. One level up it is multiplied by 0.1.",
            "nothing: it stops with an error": RIGHT,
        },
        came_out="Nothing: the None from the bottom cannot be multiplied one level up.",
        truth="outcomes[2] == 'TypeError'",
    ),
    _verdict(
        "claim_test",
        "The program prints that training is complete, and its final parameters. Is that a test?",
        "Wrong: the program that learned nothing prints it too.",
        "(runs[0] == runs[1]).all()",
        right="What would it print if the program had learned nothing?",
        half_right="A test is a statement that can fail. This one cannot.",
    ),
    _verdict(
        "claim_penalty",
        "Does a safeguard, such as a penalty on the gradient, keep training from exploding?",
        "Half right: a safeguard is right, and this one lowers the largest stable rate.",
        "times > 2",
        right="It asks for places with small gradients. On the way there the curvature is larger.",
        wrong="That a safeguard is needed around the update is true.",
    ),
)
