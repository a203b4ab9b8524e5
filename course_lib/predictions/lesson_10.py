"""Predictions of lesson 10, images and text."""

from course_lib.predictions.model import RIGHT, Prediction

PREDICTIONS = (
    Prediction(
        name="threshold_of_1_for_three_neurons",
        question="For the gradients of the three neurons, is 1 a low threshold or a high one?",
        choices={
            "low: it would shorten most": "The median of the norms is about 0.003.",
            "about right": "The median of the norms is far smaller.",
            "so high that it never acts": RIGHT,
        },
        came_out="The largest norm is <!-- = small_norms.max() -->0.19: it would never act.",
        truth="small_norms.max() < 1",
    ),
    Prediction(
        name="momentum_on_three_neurons",
        question="With γ = 0.9, by which factor fewer steps than plain descent, at the same rate?",
        choices={
            "about 1.5": "That is the factor with each at its own best rate.",
            "about 6": RIGHT,
            "about 100": "The effective rate is ten times as large, and no more.",
        },
        came_out="About 6. Most of it is the effective rate, which is ten times as large.",
        truth="5 < np.median(n_steps) / 97 < 8",
    ),
    Prediction(
        name="clip_beyond_the_limit",
        question="At a rate of 25, near the limit of stability: do more nets arrive with the clip?",
        choices={
            "more": "It keeps all of them near the minimum, and lets fewer settle.",
            "as many": "The clip shortens most gradients there, and fewer nets arrive.",
            "fewer": RIGHT,
        },
        came_out="Fewer, but all of them stay near the minimum.",
        truth="arrive[25, 'clip'] < 0.75 * arrive[25, 'no clip']",
    ),
    Prediction(
        name="where_the_clip_matters",
        question="The rates are 0.5, 1, 1.8 and 3. Where does the clip make a difference?",
        choices={
            "at all of them": "At 0.5 no gradient stands out, and at 3 hardly a net learns either way.",
            "above all at 1.8": RIGHT,
            "at 3 only": "There most nets fail with the clip as well.",
        },
        came_out="At 1.8. At 0.5 no net needs it, at 1 at most a few do, and at 3 it does not suffice.",
        truth="mlp_solved['clip'][2] - mlp_solved['no clip'][2] >= 10 "
        "and mlp_solved['clip'][3] <= 5",
    ),
    Prediction(
        name="gradient_through_max_pooling",
        question="Max-pooling keeps the largest of four. Where does the gradient go?",
        choices={
            "to all four, a quarter each": "That is what average pooling does.",
            "to the largest": RIGHT,
            "to all four, whole": "Then pooling would enlarge gradients fourfold.",
        },
        came_out="To the entry that was the largest, and nowhere else.",
        truth="np.count_nonzero(back) == 2 and back.sum() == 30",
    ),
    Prediction(
        name="a_quarter_of_the_parameters",
        question="A quarter of the parameters: how will the convolutional net read the digits?",
        choices={
            "better": "On 8 × 8 pixels neighborhood does not decide.",
            "about as well": RIGHT,
            "worse": "Its filters are used at 36 places each.",
        },
        came_out="About as well as the dense net at its best rate.",
        truth="abs(cnn_accuracy.mean() - best_of_dense) < 0.03",
    ),
    Prediction(
        name="twenty_convolutional_nets",
        question="Of twenty nets at a rate of 3.2, how many learn without the clip, and with it?",
        choices={
            "none, and none": "The clip shortens just those steps that shut the ReLUs.",
            "none, and nearly all": RIGHT,
            "half, and nearly all": "Without it hardly any ReLU of the twenty stays open.",
        },
        came_out="None without it, nearly all with it.",
        truth="cnn_solved['no clip'] == 0 and cnn_solved['clip'] >= 17",
    ),
    Prediction(
        name="pairs_beside_characters",
        question="A table of single characters costs about a seventh less than guessing. How much "
        "does a table of pairs take off?",
        choices={
            "about a third of what guessing costs": RIGHT,
            "nearly all": "Most pairs leave several next characters possible.",
            "hardly more than single characters": "Some pairs never occur, others often.",
        },
        came_out="About a third: <!-- = bigram -->2.3 nats in place of <!-- = np.log(n) -->3.4.",
        truth="0.6 < bigram / np.log(n) < 0.72 and 0.8 < unigram / np.log(n) < 0.87",
    ),
    Prediction(
        name="how_bad_can_text_get",
        question="The state of a tanh net cannot exceed 1. How bad can the loss on text get?",
        choices={
            "no worse than guessing": "Large weights make the softmax sure, and wrong.",
            "worse than guessing by tens of nats": RIGHT,
            "infinite": "In float32 these losses remain finite.",
        },
        came_out="Worse than guessing by tens of nats: the weights behind the state have no bound.",
        truth="text_losses['no clip'].max() > np.log(n) + 10",
    ),
    Prediction(
        name="words_that_exist",
        question="The net has seen characters only. Which share of the words that it makes up "
        "exists?",
        choices={
            "next to none": "Frequent short words are learned as rows of letters.",
            "nearly all": "Long words go astray in the middle.",
            "more than half, and not nearly all": RIGHT,
        },
        came_out="More than half of them, most of them short.",
        truth="0.5 < min(map(real_words, samples['after'])) and max(map(real_words, samples['after'])) < 0.95",
    ),
    Prediction(
        name="one_factor_for_three_nets",
        question="Is the clip worth the same factor in the rate for all three nets?",
        choices={
            "yes, about 2": "The interval of the second net lies above that of the first.",
            "no: between 2 and 3": RIGHT,
            "no: between 1.3 and 10": "The finer grid puts them between 2.0 and 2.9.",
        },
        came_out="No: between <!-- = min(factors.values()) -->2.0 and "
        "<!-- = max(factors.values()) -->2.9.",
        truth="1.9 < min(factors.values()) < max(factors.values()) < 3.1 "
        "and max(factors.values()) > 1.2 * min(factors.values())",
    ),
)
