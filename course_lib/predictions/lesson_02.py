"""Predictions of lesson 02, backpropagation."""

from course_lib.predictions.model import RIGHT, Number, Prediction

PREDICTIONS = (
    Number(
        name="size_of_the_gradient",
        question="A network has two inputs, two hidden neurons and one output neuron. Each "
        "neuron has a weight for each of its inputs, and a bias. How many numbers does the "
        "gradient of the loss have?",
        answer=9,
        within=1.01,
        mistaken=(
            (6, "These are the weights. Each of the three neurons has a bias."),
            (3, "The gradient has a number for each parameter, not for each neuron."),
            (1, "The loss is one number. Its gradient has one for each parameter."),
        ),
        came_out="<!-- = model.n_params -->9: one for each of six weights and three biases.",
        truth="model.n_params",
    ),
    Prediction(
        name="where_the_arrow_points",
        question="A contour joins places of equal loss. Where does the gradient point from "
        "there?",
        choices={
            "to the minimum": "Nothing at a place knows where the minimum is.",
            "along the contour": "Along it the loss does not change at all.",
            "straight across it, where the loss grows": RIGHT,
            "straight across it, where the loss falls": "That is the negative gradient.",
        },
        came_out="Straight across, to where the loss grows fastest. A step of descent goes the "
        "other way.",
        truth="np.all(one.loss_and_gradient(at_places + 0.01 * slopes, x, y)[0] > "
        "one.loss_and_gradient(at_places, x, y)[0])",
    ),
    Prediction(
        name="what_a_sum_hands_back",
        question="In z = wa + b, how does the gradient that arrives at z reach b?",
        choices={
            "unchanged": RIGHT,
            "multiplied by b": "The slope of wa + b with respect to b is 1.",
            "halved: two terms share it": "A nudge of either term moves all of z.",
        },
        came_out="Unchanged. A sum hands the gradient on to each of its terms.",
        truth="unit_gradients[3] == unit_gradients[4]",
    ),
    Prediction(
        name="from_the_left_or_the_right",
        question="The leftmost factor is a row of numbers, the others are matrices of N × N. "
        "Which is cheaper: to multiply from the left or from the right?",
        choices={
            "no difference": "The result is the same, the work is not.",
            "from the left": RIGHT,
            "from the right": "That multiplies matrices with matrices, N³ each time.",
        },
        came_out="From the left: for 50 matrices with N = 1000 by a factor of "
        "<!-- = from_the_right / from_the_left ± 30 -->1000.",
        truth="from_the_right > 900 * from_the_left",
    ),
    Number(
        name="gradient_of_w12",
        question="δ = (0.1, −0.2) has arrived at a layer whose inputs are a = (3, 5). The weight "
        "W_12 leads from input 2 to unit 1. How large is ∂ℓ/∂W_12?",
        answer=0.5,
        mistaken=(
            (0.3, "That is unit 1 with input 1: W₁₁."),
            (-0.6, "Rows are units, columns are inputs: this is W₂₁, unit 2 with input 1."),
            (-1.0, "That is unit 2 with input 2: W₂₂."),
        ),
        came_out="δ₁ a₂ = 0.1 · 5 = <!-- = arrived[0] * inputs[1] -->0.5.",
        truth="arrived[0] * inputs[1]",
    ),
    Number(
        name="gradient_of_input_1",
        question="The same layer has the weights W = ((1, 2), (4, −1)), one row for each unit, and "
        "δ = (0.1, −0.2) has arrived. How large is ∂ℓ/∂a_1?",
        answer=-0.7,
        mistaken=(
            (0.1, "That is the path through unit 1 only. The paths through all units add up."),
            (-0.3, "That takes row 1 of W. Input 1 acts through column 1."),
        ),
        came_out="Both paths add up: 0.1 · 1 + (−0.2) · 4 = "
        "<!-- = arrived[0] * weights[0][0] + arrived[1] * weights[1][0] -->−0.7.",
        truth="arrived[0] * weights[0][0] + arrived[1] * weights[1][0]",
    ),
    Number(
        name="where_the_way_back_begins",
        question="The three examples have one output each. One of these three outputs is 0.1 too "
        "large. How large is the derivative of the mean squared error with respect to it?",
        answer=0.0667,
        mistaken=(
            (0.2, "That forgets the mean over three outputs."),
            (0.1, "That is the error. The square brings a factor of 2, the mean 1/3."),
            (0.0033, "That is its part of the loss, not the derivative."),
            (0.0333, "The square brings a factor of 2."),
        ),
        came_out="2 · 0.1, divided by three outputs: "
        "<!-- = mse(np.array([[0.1], [0], [0]]), np.zeros((3, 1)))[1][0, 0] -->0.067.",
        truth="mse(np.array([[0.1], [0], [0]]), np.zeros((3, 1)))[1][0, 0]",
    ),
    Prediction(
        name="output_weights_of_zero",
        question="Both weights of the output neuron are set to 0. Which of the nine numbers of "
        "the gradient become 0?",
        choices={
            "all nine": "The loss still moves when the output neuron's weights and bias move.",
            "none": "What comes back to the hidden neurons is multiplied by these two weights.",
            "those of these two weights": "The gradient of a weight is δ times its input. The weight itself is not a factor.",
            "those of the hidden neurons": RIGHT,
        },
        came_out="The <!-- = np.sum(three_neuron_gradient(theta * (np.arange(9) // 2 != 3))[1] == 0) "
        "-->six of the hidden neurons: what comes back to them is multiplied by these weights. "
        "The two weights get δ times their inputs, and that is not 0.",
        truth="np.all((three_neuron_gradient(theta * (np.arange(9) // 2 != 3))[1] == 0) == "
        "(np.arange(9) < 6))",
    ),
    Number(
        name="evaluations_of_a_check",
        question="How many times do central differences evaluate the loss, to measure a gradient "
        "of nine numbers?",
        answer=18,
        within=1.01,
        mistaken=(
            (9, "Twice for each parameter: once up and once down."),
            (2, "That is one direction only. Each parameter is nudged on its own."),
        ),
        came_out="Twice for each parameter, <!-- = len(evaluated) -->18 times in all. For any number "
        "of parameters, backpropagation needs one forward and one backward pass.",
        truth="len(evaluated)",
    ),
    Prediction(
        name="which_entries_the_trap_spoils",
        question="In lesson 01, `z * (1 - z)` stood in for the slope. If this mistake is in the "
        "hidden layer of our network, which of the nine numbers are wrong?",
        choices={
            "all nine": "The output neuron lies between the loss and the mistake.",
            "the first six, of the hidden neurons": RIGHT,
            "the last three, of the output neuron": "The gradient reaches the output neuron before it reaches the mistake.",
        },
        came_out="The first <!-- = np.sum(abs(trapped / measured - 1) > 0.01) -->six: those on "
        "the far side of the mistake, seen from the loss.",
        truth="np.all((abs(trapped / measured - 1) > 0.01) == (np.arange(9) < 6))",
    ),
    Prediction(
        name="a_smaller_step",
        question="The central difference used a step of 10⁻⁵. Would 10⁻¹³ be more exact?",
        choices={
            "yes: a smaller step is nearer to the slope": "On paper it is. A computer subtracts two numbers that agree in nearly all their digits.",
            "no: less exact": RIGHT,
            "it makes no difference": "The error of rounding is divided by the step.",
        },
        came_out="Far less: <!-- = printed(r'step of 1e-13: (.*)') -->3 digits are right, where a step of "
        "10⁻⁵ gives <!-- = printed(r'step of 1e-05: (.*)') -->10.",
        truth="digits_right[1e-13] < digits_right[1e-5] - 4",
    ),
    Prediction(
        name="one_neuron_for_this_task",
        question="Can a single neuron, with two weights and a bias, solve this task exactly?",
        choices={
            "yes": RIGHT,
            "no: three examples need three neurons": "What counts is the function, not the number of examples.",
            "no: a hidden layer is needed": "Only for what no single neuron can do.",
        },
        came_out="Yes, with weights (1, 1) and bias 0: its outputs are the targets, and the "
        "largest difference is <!-- = abs(exact - y).max() -->0.",
        truth="np.array_equal(exact, y)",
    ),
    Prediction(
        name="twenty_nets_one_solution",
        question="All twenty nets of three neurons reached a loss below a millionth. Do they "
        "have the same parameters?",
        choices={
            "yes: the task has one solution": "Nine parameters have to meet three targets. Many choices of them do.",
            "yes, up to the order of the hidden neurons": "The order is one freedom. Nine parameters and three targets leave more.",
            "no: each has its own": RIGHT,
        },
        came_out="No. Nine parameters meet three targets in many ways, and each start leads to "
        "another one.",
        truth="min(np.linalg.norm(many[i] - many[j][order]) for i in range(20) for j in range(i) "
        "for order in ([0, 1, 2, 3, 4, 5, 6, 7, 8], [2, 3, 0, 1, 5, 4, 7, 6, 8])) > 0.1",
    ),
    Prediction(
        name="twice_the_batch",
        question="The batch is made twice as large. What doubles?",
        choices={
            "the number of parameters": "They belong to the net, not to the data.",
            "what is stored on the way forward": RIGHT,
            "both": "Parameters belong to the net, whatever the batch.",
        },
        came_out="Only what is stored for the way back. With 64 images it is "
        "<!-- = n_stored / net.n_params ± 0.06 -->3.7 times as much as there are parameters.",
        truth="stored_numbers(128) == 2 * stored_numbers(64)",
    ),
    Prediction(
        name="smallest_of_three_layers",
        question="Before any training: which of the three layers gets the smallest gradient?",
        choices={
            "layer 1, next to the input": RIGHT,
            "layer 3, next to the loss": "The gradient starts there, and shrinks on.",
            "all get about the same": "Each sigmoid on the way back takes its share.",
        },
        came_out="Layer 1. The norm of layer 3 is about "
        "<!-- = layer_norms(grad, net.layers)[-1] / layer_norms(grad, net.layers)[0] ± 2 -->ten "
        "times as large.",
        truth="np.argmin(layer_norms(grad, net.layers)) == 0",
    ),
)
