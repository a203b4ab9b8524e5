"""Predictions of lesson 08, recurrent nets."""

from course_lib.predictions.model import Choice, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="growth_below_its_bound",
        question="A tanh net with gain 1.5: the bound allows a growth of 1.5 at each step, "
        "eighteen powers of ten in a hundred steps. By how many powers of ten will it grow?",
        choices=(
            Choice(
                "about eighteen powers of ten", "The bound takes the largest slope everywhere."
            ),
            Choice("about three powers of ten"),
            Choice("it vanishes", "That is what the sigmoid net with gain 5 does."),
        ),
        came_out="About three: saturated units have small slopes.",
        truth="1 < 100 * np.log10(measured_growth(tanh, 1.5)).mean() < 6",
    ),
    Number(
        name="peak_of_a_power",
        question="Both eigenvalues of W are 0.9, and its largest singular value is about 10. How "
        "large does the norm of its powers become?",
        answer=38.7,
        came_out="It grows to <!-- = sizes[peak] -->39 before it shrinks.",
        truth="sizes[peak]",
        within=1.3,
        mistaken=(
            (0.9, "Eigenvalues tell how it ends, and not what happens on the way."),
            (10.1, "That is the first power. The next ones go on growing for a while."),
        ),
    ),
    Prediction(
        name="who_needs_the_clip",
        question="At one rate for all: which of the four methods learns without a clip?",
        choices=(
            Choice("plain descent", "At this rate it is thrown off as well."),
            Choice("momentum", "Its effective rate is ten times that of plain descent."),
            Choice("EMA"),
            Choice("Nesterov", "Its step has the same bound as that of momentum."),
        ),
        came_out="EMA, whose effective rate is a tenth of momentum's. It profits least from a clip.",
        truth="n_plain['EMA'] > 30 > 6 > max(n_plain[k] for k in n_plain if k != 'EMA')",
    ),
)
