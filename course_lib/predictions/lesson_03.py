"""Predictions of lesson 03, deep sigmoid nets."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Prediction(
        name="beside_a_quarter_per_layer",
        question="If a layer multiplied the gradient by exactly ¼, layer 1's would be (1/4)²⁹ of "
        "that of layer 30. Will it really be larger or smaller?",
        choices={
            "larger": "¼ is the largest slope, and weights of scale 1 keep lengths.",
            "about the same": "Only if every pre-activation were 0.",
            "smaller": RIGHT,
        },
        came_out="Smaller, by a factor of "
        "<!-- = 0.25**29 / (norms[0] / norms[-1]) ± 2 -->10. Most pre-activations are "
        "not 0, so that most slopes are below ¼.",
        truth="norms[0] / norms[-1] < 0.3 * 0.25**29",
    ),
    Prediction(
        name="one_rate_for_both_ends",
        question="Layer 1 gets a gradient some 10¹⁸ times smaller than layer 30. Would a learning "
        "rate of 10¹⁸, in place of 1, let this net learn?",
        choices={
            "yes: layer 1 would take usual steps": "It would. But the same rate multiplies the gradient of layer 30.",
            "no: layer 30 would be thrown far away": RIGHT,
            "no: such a gradient is rounded to 0": "float64 reaches down to about 10⁻³⁰⁸. None of these numbers is lost.",
        },
        came_out="No. The first step of layer 30 would be about <!-- = 1e18 * norms[-1] / np.linalg.norm(net.init(np.random.default_rng(0), normal(1.0))[net.layers[-1].w]) "
        "± 0.8 decade -->10¹⁷ times as long as its weights.",
        truth="1e18 * norms[-1] / np.linalg.norm(net.init(np.random.default_rng(0), normal(1.0))[net.layers[-1].w]) > 1e12",
    ),
    Number(
        name="growth_of_three_layers",
        question="The layers of a net have gradients of norm 4, 2 and 1, the first layer first. "
        "How large is r?",
        answer=2.0,
        mistaken=(
            (0.5, "r is the factor on the way back, from the last layer to the first."),
            (1.587, "Three layers have two steps between them."),
            (4.0, "That is the growth over both steps."),
        ),
        came_out="From 1 to 4 in two steps: r = "
        "<!-- = growth(np.array([4.0, 2.0, 1.0])) -->2 at each.",
        truth="growth(np.array([4.0, 2.0, 1.0]))",
    ),
    Prediction(
        name="one_layer_hands_back_less",
        question="One layer in the middle of the thirty hands back ten times less than before. "
        "The others do what they did. What becomes of r?",
        choices={
            "it falls by less than a tenth": RIGHT,
            "it is divided by ten": "That takes ten times less at every layer, not at one.",
            "it stays: only both ends count": "What one layer takes away is missing at layer 1, too.",
        },
        came_out="It is multiplied by <!-- = growth(np.where(np.arange(30) < 15, norms / 10, norms)) / growth(norms) "
        "-->0.92 only: r is the geometric mean over <!-- = len(norms) - 1 -->29 steps.",
        truth="0.9 < growth(np.where(np.arange(30) < 15, norms / 10, norms)) / growth(norms) < 0.95",
    ),
    Prediction(
        name="which_signals_grow_in_a_relu_net",
        question="A ReLU net with σ_w = 2: which of its two signals grow on their way, the "
        "activations forward, δ backward?",
        choices={
            "the activations only": "The same weights act on the way back.",
            "δ only": "The same weights act on the way forward, and ReLU has no ceiling.",
            "both": RIGHT,
            "neither": "These weights are √2 times too large for that.",
        },
        came_out="Both, by more than four powers of ten each.",
        truth="min(pairs['ReLU']['into the layer: a'][-1] / pairs['ReLU']['into the layer: a'][0], "
        "pairs['ReLU']['coming back: δ'][0] / pairs['ReLU']['coming back: δ'][-1]) > 1e4",
    ),
    Prediction(
        name="level_gradients",
        question="All layers of a network get gradients of about the same norm. Is everything "
        "well in it?",
        choices={
            "yes: nothing grows": "A gradient is a product. One factor may grow from layer to layer while the other one shrinks.",
            "not necessarily": RIGHT,
            "no, never": "A good initialization gives level norms, too.",
        },
        came_out="Not necessarily. In the ReLU net the layers' norms differ by a factor of "
        "<!-- = max(pairs['ReLU']['gradient of the layer']) / min(pairs['ReLU']['gradient of the layer']) "
        "± 2 -->9 at most, and both signals explode.",
        truth="max(pairs['ReLU']['gradient of the layer']) < 20 * min(pairs['ReLU']['gradient of the layer'])",
    ),
    Prediction(
        name="where_the_sigmoid_explodes",
        question="The slope of the sigmoid is at most ¼. From which weight scale σ_w on will "
        "gradients explode in these nets?",
        choices={
            "from 1 on": "That is the usual scale, and section 1 has shown it vanish.",
            "from 4 on": "4 · ¼ = 1 would hold if every pre-activation were 0. Large weights drive them away from 0.",
            "from about 12 on": RIGHT,
            "never": "A plain chain of positive weights never does. A wide net has always some units near 0.",
        },
        came_out="They explode from about <!-- = printed(r'sigmoid .*near (.*)') -->12 on.",
        truth="11 < np.interp(0, np.log(measured['sigmoid'][12:18]), sigma_ws[12:18]) < 12.5",
    ),
    Prediction(
        name="where_tanh_explodes",
        question="And tanh, whose slope is at most 1?",
        choices={
            "a little above 1": RIGHT,
            "at about 4": "A third of 12, for a slope four times as large? tanh also has mean 0: its units stay nearer to 0, where the slope is largest.",
            "at about 12, too": "That ignores the slope, which is four times as large.",
        },
        came_out="Near <!-- = printed(r'tanh .*near (.*)') -->1.3. ReLU begins near "
        "<!-- = printed(r'ReLU .*near (.*)') -->1.4.",
        truth="1.1 < printed(r'tanh .*near (.*)') < 1.5",
    ),
    Prediction(
        name="border_and_depth",
        question="In the map, the depth goes from 10 layers to 40. What becomes of the scale "
        "σ_w at the border between vanishing and exploding?",
        choices={
            "it falls to a quarter": "Depth repeats a factor. It does not change it.",
            "it hardly moves": RIGHT,
            "it grows to four times": "More layers do not change the factor of a layer.",
        },
        came_out="It hardly moves. Depth decides how much comes of a factor, not whether the "
        "factor is above 1.",
        truth="abs(border(10) - border(40)) < 2",
    ),
    Prediction(
        name="all_weights_doubled",
        question="A sigmoid net of thirty layers has σ_w = 1. All its weights are doubled. What "
        "does its gradient do now?",
        choices={
            "it explodes: 2 is above 1": "r was less than ¼. Twice that is still below 1.",
            "it vanishes even more: the units saturate": "That was the chain, of one unit per layer. Here r rises with the weights.",
            "it still vanishes, but less": RIGHT,
        },
        came_out="It still vanishes: r rises from "
        "<!-- = measured['sigmoid'][6] ± 0.01 -->0.23 to "
        "<!-- = measured['sigmoid'][9] ± 0.01 -->0.40. The border lies near "
        "<!-- = printed(r'sigmoid .*near (.*)') -->12.",
        truth="np.allclose(sigma_ws[[6, 9]], [1, 2]) and 1.3 * measured['sigmoid'][6] < "
        "measured['sigmoid'][9] < 0.7",
    ),
    Prediction(
        name="what_a_bound_above_one_says",
        question="At σ_w = 4 the bound allows growth by a factor of 10⁵. What does the gradient "
        "do?",
        choices={
            "it grows by about that much": "A bound says what cannot be exceeded.",
            "it grows, but less": "A bound above 1 does not even say that it grows.",
            "it shrinks": RIGHT,
        },
        came_out="Even the best direction shrinks, by about "
        "<!-- = 10 ** -powers[4][1] ± 0.5 decade -->1000.",
        truth="powers[4][0] > 5 and powers[4][1] < -2",
    ),
    Prediction(
        name="a_bound_of_a_thousandth",
        question="The bound of another net is 10⁻³. What does this tell about a gradient on its "
        "way from the last layer to the first?",
        choices={
            "it shrinks at least a thousandfold": RIGHT,
            "it shrinks about a thousandfold": "The truth may lie far below its bound.",
            "nothing: a bound proves nothing": "One above 1 proves nothing. This one is below 1.",
        },
        came_out="It shrinks at least a thousandfold, perhaps far more. At σ_w = 1 the bound is "
        "<!-- = 10 ** powers[1.0][0] ± 0.5 decade -->10⁻⁶ and the truth "
        "<!-- = 10 ** powers[1.0][1] ± 0.6 decade -->10⁻¹¹.",
        truth="powers[1.0][1] < powers[1.0][0] - 3 and powers[1.0][0] < -3",
    ),
    Number(
        name="layers_of_float64",
        question="float32 ends near 3·10³⁸, float64 near 10³⁰⁸. How many times as many layers "
        "does an explosion take to overflow in float64?",
        answer=8,
        within=1.15,
        mistaken=(
            (2, "It has twice as many bits. What counts is the exponent: 308 beside 38."),
            (1e270, "Growth is exponential: what counts is the ratio of the exponents."),
        ),
        came_out="308 / 38: about <!-- = times.mean() ± 0.6 -->8 times as many.",
        truth="times.mean()",
    ),
    Prediction(
        name="a_norm_of_exactly_zero",
        question="In float32, the norm of a gradient comes out as exactly 0. Are all its entries "
        "0?",
        choices={
            "yes: only the zero vector has norm 0": "On paper. But a computer squares the entries first, and the square of 10⁻³⁰ is 0 in float32.",
            "not necessarily": RIGHT,
        },
        came_out="Not necessarily: <!-- = np.sum(plain == 0) ± 2 -->13 layers have a plain norm of "
        "0, and none of them is zero.",
        truth="np.sum(plain == 0) > 5 and np.all(safe > 0)",
    ),
)
