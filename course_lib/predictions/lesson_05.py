"""Predictions of lesson 05, what an explosion does."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="which_rates_converge",
        question="Gradient descent on a parabola of curvature 4: which of the learning rates "
        "0.2, 0.45 and 0.52 converge?",
        choices={
            "all three": "0.52 · 4 is more than 2: each jump goes farther than the last.",
            "0.2 and 0.45": RIGHT,
            "only 0.2": "Crossing the valley is no harm as long as each jump is shorter.",
        },
        came_out="0.2 and 0.45: the factor 1 − ηλ is 0.2, −0.8 and −1.08.",
        truth="abs(paths['η = 0.45'][-1]) < 1 < abs(paths['η = 0.52'][-1])",
    ),
    Prediction(
        name="which_rates_cross",
        question="And which of them jump to the other side of the valley at each step?",
        choices={
            "0.45 and 0.52": RIGHT,
            "only 0.52": "Crossing begins at ηλ = 1, long before divergence.",
            "all three": "With ηλ < 1 a step ends before the middle of the valley.",
        },
        came_out="0.45 and 0.52: the sign of 1 − ηλ changes at ηλ = 1.",
        truth="paths['η = 0.2'].min() > 0 > paths['η = 0.45'].min()",
    ),
    Prediction(
        name="one_percent_beyond",
        question="The learning rate lies one percent above the limit. What becomes of the "
        "distance from the minimum in 500 steps?",
        choices={
            "it grows by a few percent": "That is what a few steps do.",
            "it grows by a factor of about 10": "By two percent a step it takes 116 steps.",
            "it grows by more than 10,000": RIGHT,
        },
        came_out="1.02⁵⁰⁰ is about <!-- = 1.02**500 ± 500 -->20,000.",
        truth="printed(r'at 101% .*distance of (.*)') > 1e4",
    ),
    Prediction(
        name="stable_rate_at_twenty_layers",
        question="Centered sigmoid nets at σ_w = 16: from 5 to 20 layers the gradient grows by a "
        "factor of several hundred. By how much does the stable rate 2/λ fall?",
        choices={
            "by about thirty": "That would be the root of it.",
            "by several hundred, too": "The curvature grows even faster than the square of the gradient.",
            "by more than 100,000": RIGHT,
        },
        came_out="By more than six powers of ten: from <!-- = usable[5][1] ± 0.01 -->0.13 to "
        "<!-- = usable[20][1] ± 0.3 decade -->4.6·10⁻⁸.",
        truth="usable[5][1] / usable[20][1] > 1e5",
    ),
    Prediction(
        name="curvature_of_relu_nets",
        question="And ReLU nets, which consist of straight pieces: how does their curvature grow "
        "with the gradient?",
        choices={
            "faster than its square, too": "ReLU has no curvature of its own, and the cross-entropy of large outputs is straight.",
            "about in proportion": RIGHT,
            "not at all": "A product of weights is curved in the weights.",
        },
        came_out="About in proportion: the exponent is about "
        "<!-- = printed(r'ReLU: about (.*)') -->1, in place of "
        "<!-- = printed(r'sigmoid: about (.*)') -->2.5.",
        truth="printed(r'ReLU: about (.*)') < 1.5 and printed(r'sigmoid: about (.*)') > 2",
    ),
    Prediction(
        name="beyond_two_over_lambda",
        question="A small net starts with ηλ = 3.1, well above 2. What will gradient descent do?",
        choices={
            "it diverges": "On a parabola it would. But the curvature of a net changes from place to place.",
            "the loss stays where it is": "Steps this long leave the place at once.",
            "it moves to a flatter place, and learns": RIGHT,
        },
        came_out="It ends at a loss more than ten times smaller, at a place where "
        "ηλ is about <!-- = printed(r'η = 1.0: .*ends at about (.*), loss') -->2. With twice the rate it "
        "diverges.",
        truth="fallen[1.0] < 0.1 and products_of[1.0][0] > 2.5",
    ),
    Prediction(
        name="where_the_curvature_goes",
        question="With half that rate ηλ starts at 1.5, below 2. Where does it go while the loss "
        "falls for 1000 steps?",
        choices={
            "towards 0: minima are flat": "Descent climbs into ever steeper valleys, until they are too steep for its steps.",
            "it stays near 1.5": "The curvature is no constant of the net.",
            "up to about 2, and stays there": RIGHT,
            "beyond 2, to where it diverges": "There each jump goes farther, and leaves the steep place.",
        },
        came_out="It rises to about <!-- = printed(r'η = 0.5: .*ends at about (.*), loss') -->2 and stays: the "
        "edge of stability.",
        truth="1.8 < np.median(products_of[0.5][-8:]) < 2.25",
    ),
    Prediction(
        name="a_warning_before_the_wall",
        question="Gradient descent slides along the wall for 300 steps before it is thrown out. "
        "Does the gradient's norm warn of that?",
        choices={
            "yes: it grows step by step": "It rises a little, and stays below 0.4: nothing in it announces thousands.",
            "no: it never exceeds 1 before": RIGHT,
            "yes: it reaches 1000 several times": "One such step would throw it out.",
        },
        came_out="No. Its largest value before the throw is "
        "<!-- = path[:last, 2].max() ± 0.03 -->0.37, and then one gradient is eleven thousand.",
        truth="path[:last, 2].max() < 1 < 1000 < path[:, 2].max()",
    ),
    Prediction(
        name="starts_that_hit",
        question="We start at a thousand places within a hundredth of the first one. How many are "
        "thrown out by the wall within 400 steps?",
        choices={
            "nearly all: they are so close": "The wall is far thinner than a step is long. Most steps land beside it.",
            "about a fifth": RIGHT,
            "fewer than ten": "Each path jumps over the wall about two hundred times.",
        },
        came_out="About <!-- = 100 * np.mean(thrown) ± 5 -->20 percent, scattered among the rest.",
        truth="0.12 < np.mean(thrown) < 0.3",
    ),
    Prediction(
        name="a_check_on_the_wall",
        question="On the wall, how large is the error of a central difference with the usual step "
        "of 10⁻⁵?",
        choices={
            "a ten-billionth, as in lesson 02": "The wall is thinner than the step.",
            "about one percent": "The wall is far thinner than the step.",
            "nearly all of it: it sees a far smaller slope": RIGHT,
        },
        came_out="The relative error is <!-- = printed(r'step 1e-05: relative error (.*)%') -->100 "
        "percent: both points lie on the plains beside the wall.",
        truth="printed(r'step 1e-05: relative error (.*)%') > 99",
    ),
    Prediction(
        name="a_check_where_no_wall_is",
        question="The same chain at w = 4 and b = −2, where the derivative is 5 in size: how good is "
        "the usual step of 10⁻⁵ there?",
        choices={
            "it misses nearly everything, as at w = 6": "The wall begins where w is above 4: at 4 nothing is thinner than the step.",
            "it is right to about six digits": RIGHT,
            "it fails: fifty layers are too many": "Depth alone does no harm. The slope has to change within the step.",
        },
        came_out="It is right to about six digits: at w = 4 the slope hardly changes within the step.",
        truth="abs((wall.error_and_gradient(np.array([4.0, -2.0 + 1e-5]))[0] "
        "- wall.error_and_gradient(np.array([4.0, -2.0 - 1e-5]))[0]) / 2e-5 "
        "/ wall.error_and_gradient(np.array([4.0, -2.0]))[1][1] - 1) < 1e-6",
    ),
    Number(
        name="first_loss_of_ten_classes",
        question="A net for ten classes knows nothing yet and gives each of them the same "
        "probability. How large is its cross-entropy, the mean of −ln p of the right class?",
        answer=2.303,
        mistaken=(
            (0.9, "That is the share of wrong guesses. The loss is −ln(1/10)."),
            (1.0, "That takes the logarithm to base 10. Losses use the natural one."),
            (0.1, "That is the probability p. The loss is −ln p."),
        ),
        came_out="−ln(1/10) = ln 10 = <!-- = np.log(10) -->2.30.",
        truth="np.log(10)",
    ),
    Prediction(
        name="what_betrays_the_wanderer",
        question="You see the wandering run alone, from step 50 on. Which of its curves tells that "
        "something is wrong?",
        choices={
            "the update ratio": "It lies between a thousandth and a few hundredths.",
            "the gradient's norm": "Typically it is within a factor of three of the healthy one.",
            "only the loss": RIGHT,
        },
        came_out="Only the loss, which stays far above that of guessing.",
        truth="np.median(histories['wanders: centered σ_w = 16'].loss[50:]) > 5 * np.log(10)",
    ),
    Prediction(
        name="minimum_of_nan",
        question="What does Python's `min` make of 1 and nan?",
        choices={
            "1": "That is `min(1, nan)`. Try the other order.",
            "nan": "That is `min(nan, 1)`. Try the other order.",
            "that depends on their order": RIGHT,
        },
        came_out="It depends on the order: neither < nor > holds with nan, so the first one "
        "stays.",
        truth="min(1, float('nan')) == 1 and min(float('nan'), 1) != 1",
    ),
    Prediction(
        name="a_check_that_stops_at_nan",
        question="The loss of a run is nan. Which of these checks stops it?",
        choices={
            "`if loss > 1e6: break`": "nan > 1e6 is false, and the run goes on.",
            "`if loss == nan: break`": "nan is equal to nothing, itself included. The run goes on.",
            "`if not loss < 1e6: break`": RIGHT,
        },
        came_out="nan is neither smaller nor larger than anything, nor equal to it: `loss < 1e6` is false, "
        "and `not` turns that into true. Section 2 stops "
        "its runs in this way.",
        truth="not nan < 1e6 and not nan > 1e6 and not nan == nan",
    ),
    Prediction(
        name="sigma_of_minus_forty",
        question="Your `stable_sigmoid` at z = −40: what does it return?",
        choices={
            "0": "e⁻⁴⁰ is small, and floats can hold far smaller numbers.",
            "about 10⁻⁴⁰": "That takes 10 for the base, and it is e.",
            "about 10⁻¹⁸": RIGHT,
            "about 10⁻¹⁶": "Floats beside 1 lie that far apart, so that 1 − σ(40) is 0. The stable form goes on.",
        },
        came_out="About <!-- = safe_sigmoid(-40.0) -->4·10⁻¹⁸: far to the left σ(z) is e to the "
        "power of z.",
        truth="1e-18 < safe_sigmoid(-40.0) < 1e-17",
    ),
    Prediction(
        name="both_formulas_in_where",
        question="Somebody spells the sigmoid of an array with NumPy's functions: "
        "`where(z >= 0, 1 / (1 + exp(-z)), exp(z) / (1 + exp(z)))`. Does anything overflow?",
        choices={
            "yes: `where` gets both formulas of every entry": RIGHT,
            "no: each entry takes the formula of its side": "`where` only selects. NumPy computes both arrays before.",
            "only where z is near 0": "There both exponentials are near 1.",
        },
        came_out="Far out on each side the formula of the other side overflows, before `where` "
        "selects. The values are right, and the warnings appear all the same.",
        truth="np.errstate(over='ignore')(lambda z: np.isinf(np.exp(-z[z < 0])).all() "
        "and np.isinf(np.exp(z[z >= 0])).all())(np.array([-1000.0, 1000.0]))",
    ),
)
