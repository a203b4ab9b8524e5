"""Predictions of lesson 04, predicting the explosion."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Number(
        name="fixed_point_of_zero",
        question="A sigmoid layer gets pre-activations that are all 0. With σ_w = 4 and without "
        "biases: what is the variance q of the next layer's?",
        answer=4,
        mistaken=(
            (0, "The sigmoid of 0 is ½, not 0."),
            (16, "That takes activations of 1. They are ½: 16 · (½)²."),
            (2, "That is the standard deviation."),
        ),
        came_out="The variance is σ_w² · (½)² = <!-- = next_variance(1e-12, sigmoid, 4.0, 0.0) ± 0.01 -->4.",
        truth="next_variance(1e-12, sigmoid, 4.0, 0.0)",
    ),
    Prediction(
        name="two_starts_of_the_variance",
        question="One input makes a first variance of 16, another one of 1. What are the "
        "variances after ten sigmoid layers with σ_w = 4?",
        choices={
            "still 16 to 1": "The sigmoid squeezes: what comes out hardly remembers.",
            "both the same": RIGHT,
            "both 0": "Even for z = 0 a sigmoid puts out ½, and weights of 4 act on that.",
        },
        came_out="Both are <!-- = variance_fixed_point(sigmoid, 4.0) ± 0.05 -->5.9, the fixed point "
        "of the map.",
        truth="np.ptp([path_from(16.0)[-1], path_from(1.0)[-1]]) < 0.01",
    ),
    Prediction(
        name="theory_at_scale_one",
        question="At σ_w = 1 lesson 03 measured a growth per layer a little below ¼. What does "
        "the theory say?",
        choices={
            "exactly ¼": "Only if every pre-activation were 0.",
            "a little above ¼": "The largest slope is ¼, and weights of 1 keep lengths.",
            "a little below ¼": RIGHT,
        },
        came_out="The theory says <!-- = np.sqrt(chi(sigmoid, 1, 0.0)) -->0.236 per layer.",
        truth="0.23 < np.sqrt(chi(sigmoid, 1, 0.0)) < 0.25",
    ),
    Number(
        name="edge_of_the_centered_sigmoid",
        question="Take the mean off the sigmoid: σ(z) − ½. Without biases, from which σ_w on do "
        "gradients explode?",
        answer=4.0,
        mistaken=(
            (10.149, "That is the sigmoid's. Its mean of ½ makes large pre-activations."),
            (1.0, "That is the edge of tanh. Here the slope is ¼."),
        ),
        came_out="At <!-- = edge_of(centered_sigmoid) ± 0.001 -->4: up to there all units stay at 0, "
        "where the slope is ¼. The plain sigmoid has its edge at "
        "<!-- = edge_of(sigmoid) ± 0.001 -->10.149.",
        truth="edge_of(centered_sigmoid)",
    ),
    Number(
        name="edge_of_relu",
        question="Half of the slopes of ReLU are 1, half are 0, so that χ_1 = σ_w²/2. Where is "
        "its edge?",
        answer=1.414,
        mistaken=(
            (2.0, "χ₁ contains the square of the weight scale."),
            (1.0, "Half of the units pass nothing back."),
        ),
        came_out="The edge is where σ_w² = 2: at <!-- = edge_of(relu) ± 0.001 -->1.414.",
        truth="edge_of(relu)",
    ),
    Prediction(
        name="biases_and_the_edge",
        question="Random biases are added to the sigmoid net. Does it take larger or smaller "
        "weights to explode?",
        choices={
            "smaller: more is added up": "Biases do not multiply the gradient. They only shift the units.",
            "larger": RIGHT,
            "the same": "Biases shift the units, and slopes depend on where units are.",
        },
        came_out="Larger: biases push units away from 0, where the slope is largest.",
        truth="chi(sigmoid, 10.5, 4.0) < 1 < chi(sigmoid, 10.5, 0.0)",
    ),
    Prediction(
        name="narrow_and_wide_in_turns",
        question="The layers of a linear net have 64 and 256 units in turns. With which weights "
        "of scale 1 does δ vanish?",
        choices={
            "fan_in: it suits the way forward": "The norm of δ stays at every layer.",
            "fan_avg": RIGHT,
            "none: the scale is 1": "A factor below 1 and one above need not cancel.",
        },
        came_out="With fan_avg: two layers together multiply the mean square by "
        "<!-- = 64 * 256 / 160**2 -->0.64.",
        truth="np.median([growth_back('fan_avg', seed) for seed in range(5)]) < 0.93 < "
        "np.median([growth_back('fan_in', seed) for seed in range(5)])",
    ),
    Prediction(
        name="where_narrow_nets_leave_theory",
        question="The theory is for infinite width. Where will networks of 64 units leave it?",
        choices={
            "at small weights, upward": "There all units have about the same slope, and averages are sharp.",
            "at large weights, upward": "A mean of logarithms lies below the logarithm of the mean.",
            "at large weights, downward": RIGHT,
            "everywhere, to both sides": "Scatter goes to both sides; but the mean of a logarithm is always shifted the same way.",
        },
        came_out="At large weights, downward: few units have a slope, and what is typical lies below "
        "what is expected.",
        truth="all((np.log10(measured[k]) - np.log10(predicted[k]))[-1] < -0.05 "
        "for k in ('sigmoid', 'tanh'))",
    ),
    Prediction(
        name="why_relu_stays_on_its_curve",
        question="At the largest weights tanh falls off its curve, and ReLU stays on its own. What "
        "is different about ReLU?",
        choices={
            "its gradient explodes more slowly": "It explodes faster: at these scales it grows far more per layer than that of tanh.",
            "half of its slopes are 1 at any scale": RIGHT,
            "its edge is nearest to 1": "That is the edge of tanh. Where it lies says nothing about what happens far beyond it.",
        },
        came_out="ReLU's slopes do not depend on how large z is. Half of its units pass δ on at any scale, and "
        "an average over many units is sharp. In a saturated tanh layer few units pass it on.",
        truth="np.isclose(*(gaussian_mean(lambda z: relu.derivative(z) ** 2, q) for q in (1.0, 1e3))) "
        "and gaussian_mean(lambda z: tanh.derivative(z) ** 2, 1e3) < 0.05 "
        "and measured['ReLU'][-1] > 2 * measured['tanh'][-1]",
    ),
    Prediction(
        name="which_initializer_is_best",
        question="Which of these keeps δ alive best through thirty layers?",
        choices={
            "sigmoid with orthogonal weights": "Their scale is 1, and the edge is at 10.",
            "sigmoid with He's weights": "Their scale is √2, and the edge is at 10.",
            "ReLU with Glorot's weights": "Their scale is 1. ReLU's edge is at √2.",
            "ReLU with He's weights": RIGHT,
        },
        came_out="ReLU with He's weights: δ changes by less than half a power of ten.",
        truth="min(total, key=lambda label: abs(total[label])) == 'ReLU, He'",
    ),
    Prediction(
        name="tanh_with_the_weights_of_he",
        question="tanh with He's weights is not in this list. On which side of its edge does such a "
        "net stand?",
        choices={
            "on the vanishing side, as the sigmoid": "The sigmoid's edge is at 10, and tanh's is at 1.",
            "at the edge: He's weights keep signals alive": "They make up for the units that ReLU switches off. tanh switches off none.",
            "on the exploding side": RIGHT,
        },
        came_out="On the exploding side. He's scale is √2, and the edge of tanh is at "
        "<!-- = edge_of(tanh) ± 0.001 -->1: χ_1 is "
        "<!-- = chi(tanh, 2**0.5, 0.0) ± 0.02 -->1.11.",
        truth="edge_of(tanh) < 1.1 < 2**0.5 and chi(tanh, 2**0.5, 0.0) > 1.05",
    ),
    Prediction(
        name="every_direction",
        question="χ_1 is 1: the mean square of δ stays. Does a sigmoid net of 20 layers and 128 "
        "units, with normal weights, then keep each direction of the gradient?",
        choices={
            "yes: nothing shrinks": "A mean may stay while most directions die and a few grow.",
            "all but a few of 128": "It is the other way round.",
            "no: most of them are lost": RIGHT,
        },
        came_out="At the sigmoid's edge only <!-- = n_kept['sigmoid, 10.15'] ± 2 -->3 of "
        "128 directions are within a factor of two of the root mean square.",
        truth="n_kept['sigmoid, 10.15'] < 7",
    ),
    Prediction(
        name="gaussian_or_orthogonal",
        question="Which tanh net at its edge keeps more directions: one with normal weights, or "
        "one with orthogonal weights?",
        choices={
            "orthogonal weights": RIGHT,
            "normal weights": "Products of random matrices stretch a few directions and lose the rest.",
            "both the same: χ_1 is 1 in both": "χ₁ is a mean over all directions.",
        },
        came_out="With orthogonal weights <!-- = n_kept['tanh, orthogonal'] ± 1 -->75 of 128 directions "
        "are within a factor of two, with normal weights "
        "<!-- = n_kept['tanh, normal'] ± 1 -->11.",
        truth="n_kept['tanh, orthogonal'] > 4 * n_kept['tanh, normal']",
    ),
    Prediction(
        name="gap_and_width",
        question="Twice as many units per layer: what becomes of the gap between typical growth "
        "and the theory of infinite width?",
        choices={
            "it stays": "It comes from averages over the units of a layer.",
            "it halves": RIGHT,
            "it falls to a quarter": "A variance of a mean goes like 1/N, not 1/N².",
        },
        came_out="It about halves: the correction goes like 1/N.",
        truth="np.isclose(np.subtract(*rows['sigmoid σ_w = 16, N = 64'][:2]), "
        "2 * np.subtract(*rows['sigmoid σ_w = 16, N = 128'][:2]))",
    ),
    Prediction(
        name="between_the_two_edges",
        question="Nets of 64 units stand at σ_w = 10.5, between 10.149 and their own edge. What do "
        "their gradients do?",
        choices={
            "most shrink, and a few large ones make the mean square grow": RIGHT,
            "most grow: χ_1 is above 1": "χ₁ speaks of the mean square, and a typical gradient lies below it.",
            "all shrink, and the mean square too": "Beyond 10.149 χ₁ is above 1, and that is the factor of the mean square.",
        },
        came_out="χ_1 is <!-- = chi(sigmoid, 10.5, 0.0) ± 0.005 -->1.03, and the typical growth per "
        "layer is <!-- = 10 ** growth_rate(sigmoid, 10.5, 0.0, 64) ± 0.01 -->0.97 by the corrected "
        "formula. A few large gradients make the mean.",
        truth="growth_rate(sigmoid, 10.5, 0.0, 64) < -0.005 and chi(sigmoid, 10.5, 0.0) > 1.01",
    ),
    Prediction(
        name="sixty_nodes",
        question="χ_1 of the sigmoid at σ_w = 16, by 60 Gauss-Hermite nodes: how large is the "
        "error?",
        choices={
            "about 10⁻¹⁰": "So it is for smooth functions. This one is a needle at 0.",
            "about one percent": "The needle falls between the nodes.",
            "more than half": RIGHT,
        },
        came_out="More than half is missing: the slope is a needle between two nodes.",
        truth="chi_by_gauss_hermite(16, 60) < 0.5 * chi(sigmoid, 16, 0.0)",
    ),
    Prediction(
        name="where_sixty_nodes_are_enough",
        question="For which of these nets do sixty nodes give the right χ_1?",
        choices={
            "sigmoid at σ_w = 32": "More units saturate there: the needle is thinner still.",
            "tanh at σ_w = 16": "tanh saturates sooner than the sigmoid: the needle is thinner still.",
            "sigmoid at σ_w = 1": RIGHT,
        },
        came_out="At σ_w = 1 no unit saturates. The slope is a broad hill, and many nodes lie on it.",
        truth="abs(chi_by_gauss_hermite(1, 60) / chi(sigmoid, 1, 0.0) - 1) < 1e-9 "
        "and chi_by_gauss_hermite(32, 60) < 0.5 * chi(sigmoid, 32, 0.0)",
    ),
)
