"""Predictions of lesson 08, recurrent nets."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="derivative_of_a_shared_weight",
        question="One weight in three places. What is the derivative with respect to it, made of "
        "those with respect to the three copies?",
        choices={
            "their mean": "A small change of the weight changes all copies as much.",
            "their sum": RIGHT,
            "their product": "Factors multiply along one path. Here paths are added.",
        },
        came_out="Their sum: so each time step adds its part.",
        truth="difference == 0",
    ),
    Prediction(
        name="growth_below_its_bound",
        question="A tanh net with gain 1.5: the bound allows a growth of 1.5 at each step, "
        "eighteen powers of ten in a hundred steps. By how many powers of ten will it grow?",
        choices={
            "about eighteen powers of ten": "The bound takes the largest slope everywhere.",
            "about three powers of ten": RIGHT,
            "it vanishes": "That is what the sigmoid net with gain 5 does.",
        },
        came_out="About three: away from z = 0 the slopes of tanh are below 1, here typically 0.7.",
        truth="1 < 100 * np.log10(measured_growth(tanh, 1.5)).mean() < 6",
    ),
    Number(
        name="peak_of_a_power",
        question="Both eigenvalues of W are 0.9, and its largest singular value is about 10. How "
        "large does the norm of its powers become?",
        answer=38.7,
        came_out="It grows to <!-- = sizes[peak] -->39 before it shrinks.",
        truth="sizes[peak]",
        within=1.25,
        mistaken=(
            (0.9, "Eigenvalues tell how it ends, and not what happens on the way."),
            (10.1, "That is the first power. The next ones go on growing for a while."),
        ),
    ),
    Prediction(
        name="clip_beside_the_wall",
        question="150 starts close to the wall: how many does plain descent lose to it, and "
        "how many with a clip at norm 1?",
        choices={
            "a third or more, clipped none": RIGHT,
            "none, as gradients are short there": "They are short until it hits the wall.",
            "a third or more, clipped half as many": "No clipped step goes far from the wall.",
        },
        came_out="A third or more, and none with the clip.",
        truth="thrown[0, 1:].mean() > 1 / 3 and thrown[1, 1:].sum() == 0",
    ),
    Prediction(
        name="who_needs_the_clip",
        question="At one rate for all: which of the four methods learns without a clip?",
        choices={
            "plain descent": "At this rate it is thrown off as well.",
            "momentum": "Its effective rate is ten times that of plain descent.",
            "EMA": RIGHT,
            "Nesterov": "Its effective rate is that of momentum, ten times EMA's.",
        },
        came_out="EMA. Its effective rate is a tenth of momentum's, and it spreads a spike over some ten "
        "steps, which plain descent at the same effective rate does not. It profits least from a clip.",
        truth="n_plain['EMA'] > 30 > 6 > max(n_plain[k] for k in n_plain if k != 'EMA')",
    ),
    Prediction(
        name="threshold_for_momentum",
        question="A clip at 1 rescues momentum in about half of the runs. What does a threshold "
        "of 0.3 do?",
        choices={
            "it rescues fewer: more is cut off": "What is cut off was too long.",
            "it rescues more": RIGHT,
            "nothing changes: both clip the spikes": "The bound of each step changes.",
        },
        came_out="It rescues more: most steps were too long at 1.",
        truth="n_rescued[0.3] > n_rescued[1.0]",
    ),
    Prediction(
        name="clip_where_the_gradient_vanishes",
        question="Which of these chains learns where the gradient vanishes?",
        choices={
            "the clipped ones": "A clip acts on what is long. Here nothing is.",
            "EMA, which remembers": "What arrives at the early steps is next to 0, in the average as well.",
            "none": RIGHT,
        },
        came_out="None of the forty nets: no rule for steps brings back what is not there.",
        truth="not any(runs.any() for runs in vanished.values())",
    ),
)
