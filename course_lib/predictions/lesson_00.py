"""Predictions of lesson 00, start here."""

from course_lib.predictions.model import RIGHT, Prediction

PREDICTIONS = (
    Prediction(
        name="fifty_times_0_8",
        question="A signal passes 50 layers. Each multiplies it by 0.8. What is left of it?",
        choices={
            "about a tenth": "That is ten layers: 0.8¹⁰ is <!-- = 0.8**10 -->0.11.",
            "about a hundredth": "That is twenty layers: 0.8²⁰ is <!-- = 0.8**20 -->0.012.",
            "less than a ten-thousandth": RIGHT,
            "nothing: 50 times a fifth is lost": "The losses do not add up. Each layer takes a fifth of what is still there.",
        },
        came_out="Of the signal one part in <!-- = 0.8**-50 ± 1000 -->70,000 is left.",
        truth="0 < 0.8**50 < 1e-4",
    ),
    Prediction(
        name="ten_layers_of_a_quarter",
        question="Each of ten layers multiplies a gradient by a quarter. What is left of it?",
        choices={
            "about a fortieth": "That divides by 4 · 10. Each layer divides by 4.",
            "about a thousandth": "That is what five layers leave: 0.25⁵.",
            "about a millionth": RIGHT,
        },
        came_out="It is about <!-- = what_is_left(0.25, 10) / 1e-6 ± 0.1 -->one millionth: two layers "
        "divide by 16, ten by 4¹⁰.",
        truth="0.9e-6 < what_is_left(0.25, 10) < 1.1e-6",
    ),
    Prediction(
        name="three_kinds_at_layer_1",
        question="Layer 30 is next to the loss and layer 1 next to the input. The gradient "
        "travels from 30 to 1. How much larger is it at layer 1 with the largest weights than "
        "with the smallest?",
        choices={
            "about 10 times": "The weights differ by a factor of 32, and their effect is repeated at each of 30 layers.",
            "about 1000 times": "That would be the worth of a few layers; there are 30.",
            "about a million times": "The direction is right. But a factor per layer, 30 times, reaches further.",
            "more than 10²⁰ times": RIGHT,
        },
        came_out="With the largest weights it is larger by a factor of about "
        "<!-- = np.median(norms['too large: 32'] / norms['too small: 1'], axis=0).tolist()[0] "
        "± 1 decade -->10²⁶.",
        truth="np.all(norms['too large: 32'][:, 0] > 1e20 * norms['too small: 1'][:, 0])",
    ),
)
