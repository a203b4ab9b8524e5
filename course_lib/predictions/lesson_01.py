"""Predictions of lesson 01, the chain rule."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Number(
        name="slopes_in_a_row",
        question="z moves 2 units per unit of x, and a moves 0.5 units per unit of z. How many "
        "units does a move per unit of x?",
        answer=1.0,
        mistaken=(
            (
                2.5,
                "That is the sum. A unit of x makes two units of z, and each of them moves a.",
            ),
            (0.25, "That divides. Both slopes act, one after the other: they are multiplied."),
            (4.0, "That divides. Both slopes act, one after the other: they are multiplied."),
        ),
        came_out="2 · 0.5 = <!-- = 2 * 0.5 -->1: slopes in a row multiply.",
        truth="2 * 0.5",
    ),
    Prediction(
        name="where_the_cosine_stands",
        question="The derivative of sin(x²) is a cosine times 2x. The cosine of what?",
        choices={
            "of x": "Each slope is taken where its own function stands: sin sees x².",
            "of x²": RIGHT,
            "of 2x": "2x is the other slope. The sine itself was given x².",
        },
        came_out="cos(x²) · 2x: the slope of sin is taken at its own input, x².",
        truth="sp.diff(sp.sin(sp.Symbol('t') ** 2)).has(sp.cos(sp.Symbol('t') ** 2))",
    ),
    Number(
        name="sigmoid_of_minus_two",
        question="σ(2) is 0.88. How large is σ(−2)?",
        answer=0.119,
        within=1.06,
        mistaken=((-0.88, "The sigmoid is never negative: its values lie between 0 and 1."),),
        came_out="σ(−2) = 1 − σ(2) = <!-- = sigma(-2) -->0.12.",
        truth="sigma(-2)",
    ),
    Prediction(
        name="where_sigma_still_moves",
        question="Which step changes σ(z) more: from z = 0 to 1, or from z = 4 to 10?",
        choices={
            "from 4 to 10": "The step is six times longer, on ground that is flat.",
            "both the same": "The steps differ in length and in slope: equal changes would be an accident.",
            "from 0 to 1": RIGHT,
        },
        came_out="From 0 to 1 it rises by <!-- = sigma(1) - sigma(0) -->0.23, from 4 to 10 by "
        "<!-- = sigma(10) - sigma(4) -->0.018 only.",
        truth="sigma(1) - sigma(0) > 10 * (sigma(10) - sigma(4))",
    ),
    Number(
        name="slope_from_the_output",
        question="A sigmoid puts out 0.9. How large is its slope there?",
        answer=0.09,
        mistaken=(
            (0.1, "That is 1 − 0.9. The slope is the product of both."),
            (0.205, "That is the slope at z = 0.9. Here 0.9 is what comes out."),
            (0.9, "That is the output itself. The slope says how fast it moves."),
        ),
        came_out="0.9 · (1 − 0.9) = <!-- = sigma_slope(np.log(9)) -->0.09. The output alone tells "
        "the slope.",
        truth="sigma_slope(np.log(9))",
    ),
    Prediction(
        name="slope_at_four",
        question="How many times smaller is the sigmoid's slope at z = 4 than at z = 0?",
        choices={
            "about 2 times": "Look at the dashed curve: at 4 it is close to the axis.",
            "about 14 times": RIGHT,
            "about 1000 times": "That is how small it gets only near z = 8.",
        },
        came_out="At 0 it is ¼, at 4 it is <!-- = sigma_slope(4.0) -->0.018: "
        "<!-- = 0.25 / sigma_slope(4.0) -->14 times smaller.",
        truth="13.5 < 0.25 / sigma_slope(4.0) < 14.5",
    ),
    Prediction(
        name="sign_of_the_trap",
        question="At z = 2 the sigmoid still rises. What are the signs of its slope and of "
        "z(1 − z)?",
        choices={
            "both positive": "z(1 − z) is 2 · (−1) at z = 2.",
            "both negative": "A function that rises has a positive slope.",
            "slope positive, z(1 − z) negative": RIGHT,
            "slope negative, z(1 − z) positive": "It is the other way round.",
        },
        came_out="The slope is +<!-- = sigma_slope(2.0) -->0.105, and z(1 − z) is "
        "<!-- = 2 * (1 - 2) -->−2.",
        truth="sigma_slope(2.0) > 0 > 2 * (1 - 2)",
    ),
    Prediction(
        name="fed_with_the_activation",
        question="Now the opposite mistake: `sigma_slope` should be given z = 2, and is given "
        "a = 0.88 instead. What does it return?",
        choices={
            "a slope too large, with the right sign": RIGHT,
            "a slope too small, with the right sign": "0.88 is nearer to 0 than 2 is, and the slope is largest at 0.",
            "a slope with the wrong sign": "It is a true slope of the sigmoid, at another place. None is negative.",
            "the right slope": "It treats what it is given as a pre-activation, and 0.88 is another one than 2.",
        },
        came_out="It returns <!-- = sigma_slope(sigma(2.0)) -->0.207, and the truth is "
        "<!-- = sigma_slope(2.0) -->0.105. The sign is right, so this mistake is even harder to see.",
        truth="1.8 * sigma_slope(2.0) < sigma_slope(sigma(2.0))",
    ),
    Number(
        name="slopes_of_three_layers",
        question="The derivative of a chain of three layers is a product. Of how many slopes?",
        answer=6,
        within=1.01,
        mistaken=(
            (3, "Each layer has two: its weight, and the slope of its sigmoid."),
            (9, "Each layer has two: its weight, and the slope of its sigmoid."),
        ),
        came_out="<!-- = len(slopes) -->6: a weight and a slope of the sigmoid per layer.",
        truth="len(slopes)",
    ),
    Prediction(
        name="one_weight_is_zero",
        question="In a chain of 20 layers one weight is set to 0. What becomes of the "
        "derivative?",
        choices={
            "it becomes 0": RIGHT,
            "a twentieth is missing": "That would be a sum. One factor 0 is enough.",
            "that depends on the layer": "A product is 0 whichever of its factors is 0.",
        },
        came_out="It is exactly 0: one dead link cuts the whole chain.",
        truth="chain_slope(0.5, np.array([1.0] * 10 + [0.0] + [1.0] * 9)) == 0",
    ),
    Prediction(
        name="weights_of_eight",
        question="With weights of 8, a factor can be as large as 8 · ¼ = 2. What will a chain "
        "of 20 layers with weights of 8 do to the derivative?",
        choices={
            "multiply it by about 2²⁰, a million": "The slope is ¼ only at z = 0, and these weights push z far from there.",
            "leave it about as it is": "That takes a factor of 1 at each layer.",
            "let it vanish, but less than weights of 1 do": "The weight brings a factor of 8, and the lost slope costs more.",
            "let it vanish, even more than weights of 1 do": RIGHT,
        },
        came_out="It leaves <!-- = chain_slope(0.5, np.full(20, 8)) ± 0.7 decade -->10⁻⁵⁰, and "
        "weights of 1 leave <!-- = chain_slope(0.5, np.full(20, 1)) ± 0.7 decade -->10⁻¹³.",
        truth="0 < chain_slope(0.5, np.full(20, 8)) < 1e-20 * chain_slope(0.5, np.full(20, 1))",
    ),
    Number(
        name="level_weight_at_zero",
        question="At which positive weight do 30 layers neither vanish nor explode if every z is 0?",
        answer=4.0,
        mistaken=(
            (1.0, "That forgets the slope of the sigmoid, ¼ at best."),
            (0.25, "That is the slope. The weight has to make up for it."),
        ),
        came_out="Where w · ¼ = 1: at w = <!-- = 1 / sigma_slope(0.0) -->4.",
        truth="1 / sigma_slope(0.0)",
    ),
    Prediction(
        name="a_millionth_beside_the_needle",
        question="The exploding chain was started at exactly ½. What becomes of its product, a "
        "billion, if it is started at 0.500001?",
        choices={
            "still about a billion": "The deviation doubles at each layer, too.",
            "about a thousand": "The way down is steeper: saturated, each layer divides by about six.",
            "less than 1": RIGHT,
        },
        came_out="It is <!-- = np.prod(chain_factors(8, 30, -4, 0.5 + 1e-6)) ± 0.9 decade "
        "-->10⁻³: after some twenty layers the units saturate.",
        truth="np.prod(chain_factors(8, 30, -4, 0.500001)) < 0.1",
    ),
    Prediction(
        name="level_weight_at_two",
        question="With every z at 0, the positive weight at which 30 layers neither vanish nor "
        "explode is 4. With every z at 2, is it smaller or larger?",
        choices={
            "smaller": "The slope at 2 is smaller, so that more weight is needed.",
            "still 4": "The slope is ¼ at z = 0 only.",
            "larger": RIGHT,
        },
        came_out="It is <!-- = 1 / sigma_slope(2.0) -->9.5: there the slope is only "
        "<!-- = sigma_slope(2.0) -->0.105.",
        truth="1 / sigma_slope(2.0) > 9",
    ),
    Prediction(
        name="held_at_minus_two",
        question="Every z is held at −2 instead of 2, with the same w and L. What becomes of the "
        "product?",
        choices={
            "it stays as it was": RIGHT,
            "it becomes smaller": "The sigmoid itself is smaller there. Its slope is not.",
            "its factors change their sign": "The sigmoid rises everywhere: its slope is never negative.",
        },
        came_out="It stays as it was. The slope at −2 is <!-- = sigma_slope(-2.0) -->0.105, as at "
        "2: the dashed curve looks the same on both sides of 0.",
        truth="np.isclose(sigma_slope(-2.0), sigma_slope(2.0))",
    ),
)
