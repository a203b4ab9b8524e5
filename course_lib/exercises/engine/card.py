"""A prediction as a widget. The browser does all but keep the answer."""

from pathlib import Path

import anywidget
import traitlets

from course_lib.predictions.markup import text_html

_HERE = Path(__file__).parent


class Card(anywidget.AnyWidget):
    """A question with buttons or a number field, which shows what came out once answered.

    Parameters
    ----------
    prediction : Prediction or Number
    answer : int, float or None
        What was answered before: a position, or a number.

    Attributes
    ----------
    answer : int, float or None
        What is answered now; observe it to keep it.
    """

    _esm = (_HERE / "card.js").read_text(encoding="utf-8")
    _css = (_HERE / "card.css").read_text(encoding="utf-8")
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    replies = traitlets.List().tag(sync=True)
    came_out = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, prediction, answer):
        super().__init__(
            question=text_html(prediction.question),
            choices=[text_html(choice.text) for choice in prediction.choices],
            replies=list(_replies(prediction)),
            came_out=text_html(prediction.came_out),
            answer=answer,
        )


def _replies(prediction):
    if prediction.choices:
        for i, _ in enumerate(prediction.choices):
            right, says = prediction.response(i)
            yield {"right": right, "says": text_html(says)}
        return
    for low, high, right, says in prediction.ranges:
        yield {"low": low, "high": high, "right": right, "says": text_html(says)}
