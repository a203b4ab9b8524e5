"""Predictions of lesson 11, reading the article: the learner's verdict comes first."""

from course_lib.predictions.model import Choice, Prediction


def _verdict(name, question, came_out, truth, **stands_for):
    """Ask for a verdict; the one without a misconception is the right one."""
    words = ("right", "half right", "wrong")
    choices = tuple(Choice(word, stands_for.get(word.replace(" ", "_"), "")) for word in words)
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
        "Do the outputs change enormously when gradients explode?",
        "Right: one step moves the outputs of the exploding net by many times their size.",
        "moved[3.0] > 10 > 1 > moved[1.4]",
        half_right="No condition is missing here: it is the symptom itself.",
        wrong="A gradient that is too long makes a step that is too long, and outputs follow.",
    ),
    _verdict(
        "claim_slow",
        "Do slow, averaged updates make explosions rarer?",
        "Half right: at equal rate they do, and at a larger rate they fail as well.",
        "(slow_or_not['EMA'] < chance / 2).sum(axis=1)[0] "
        "> (slow_or_not['plain descent'] < chance / 2).sum(axis=1)[0]",
        right="They raise the largest rate that works. They do not bound the step.",
        wrong="At equal rate EMA does learn where plain descent fails.",
    ),
    _verdict(
        "claim_accumulation",
        "Is it a method to add a share of the previous layer's gradient to this layer's?",
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
        choices=(
            Choice("1, the sigmoid"),
            Choice("2, its slope", "It is right for an activation; the argument is named x."),
            Choice("3, the constants", "A memory as short as the rate remembers nothing."),
            Choice("4, the update", "It pulls every parameter to 0 by a tenth per step."),
            Choice("5, the data", "Three rows of data are not three neurons."),
        ),
        came_out="The sigmoid: even its overflow ends in the correct 0.",
        truth="simple_sigmoid(2.0) == sigmoid(2.0) and product_slope(2.0) < 0 < true_slope",
    ),
    _verdict(
        "claim_loop",
        "A function calls itself inside a loop that returns in its first round. Does it train?",
        "Wrong: it returns nothing, or stops with an error.",
        "set(outcomes) == {'None', 'TypeError', 'RecursionError'}",
        right="Follow it to the bottom: with no iterations left the loop has no first round.",
        half_right="With the return behind the loop it ends, and still no data go in.",
    ),
    _verdict(
        "claim_test",
        "The program prints that training is complete. Is that a test?",
        "Wrong: the program that learned nothing prints it too.",
        "(runs[0] == runs[1]).all()",
        right="What would it print if the program had learned nothing?",
        half_right="A test is a statement that can fail. This one cannot.",
    ),
    _verdict(
        "claim_penalty",
        "Does a penalty on the gradient keep training from exploding?",
        "Half right: a safeguard is right, and this one lowers the largest stable rate.",
        "times > 2",
        right="It asks for flat places. On the way there the curvature is larger.",
        wrong="That a safeguard is needed around the update is true.",
    ),
)
