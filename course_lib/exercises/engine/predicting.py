"""A prediction is asked for, kept, and answered with what came out."""

from difflib import get_close_matches

from course_lib.exercises.engine import store
from course_lib.exercises.engine.page import Items, Page, Paragraph, in_ipython
from course_lib.predictions import by_lesson, predictions
from course_lib.predictions.markup import text_html, unmarked

VIEW = "application/vnd.jupyter.widget-view+json"


def ask(name, answer=None):
    """Show a prediction's card, or what came out where an answer is handed in.

    Parameters
    ----------
    name : str
    answer : int or float, optional
        Number of the choice, from 1, or the number that is asked for.

    Returns
    -------
    Page or None
        What is left to show as a page.
    """
    prediction = predictions().get(name) if isinstance(name, str) else None
    if prediction is None:
        return Page("Which prediction?", (Paragraph(_unknown(name)),))
    if answer is not None:
        return _answered(prediction, answer)
    if not in_ipython():
        return _question(prediction)
    _show_card(prediction)
    return None


def made(lessons, records):
    """Count predictions.

    Parameters
    ----------
    lessons : iterable of str
        Two digits each.
    records : dict
        What `store.load` returns.

    Returns
    -------
    n_all, n_made, n_right : int
    """
    asked = [p for lesson in lessons for p in by_lesson().get(lesson, ())]
    given = [(p, _kept(p, records)) for p in asked]
    answers = [(p, answer) for p, answer in given if answer is not None]
    return len(asked), len(answers), sum(p.response(answer)[0] for p, answer in answers)


def _show_card(prediction):
    from IPython.display import display

    from course_lib.exercises.engine.card import Card

    records, _ = store.load()
    card = Card(prediction, _kept(prediction, records))
    card.observe(lambda change: _keep(prediction, change["new"]), "answer")
    view = {"version_major": 2, "version_minor": 0, "model_id": card.model_id}
    still = {"text/html": _still_html(prediction), "text/plain": _question(prediction).text()}
    display({VIEW: view} | still, raw=True)


def _kept(prediction, records):
    """Return the recorded answer, None where there is none or it is no answer any more."""
    return prediction.reads(records.get(_key(prediction), {}).get("answer"))


def _keep(prediction, answer):
    """Record an answer unless there is one: the first is the prediction."""
    if _kept(prediction, store.load()[0]) is not None:
        return ""
    said = prediction.choices[answer].text if prediction.choices else answer
    return store.record(_key(prediction), answer=said)


def _key(prediction):
    return f"predict {prediction.name}"


def _question(prediction):
    numbered = (f"{i}. {choice.text}" for i, choice in enumerate(prediction.choices, start=1))
    asked = Items("", tuple(numbered)) if prediction.choices else Paragraph("")
    wanted = "the number of your choice" if prediction.choices else "your number"
    how = Paragraph(f'Answer with `predict("{prediction.name}", ...)`, ... being {wanted}.')
    return Page(f"Predict. {prediction.question}", (asked, how))


def _answered(prediction, answer):
    given = prediction.reads(answer - 1 if prediction.choices and _whole(answer) else answer)
    if given is None:
        n = len(prediction.choices)
        wanted = f"a number from 1 to {n}" if n else "a finite number without quotes, such as 4"
        sentence = f"The answer must be {wanted}, got {answer!r}."
        return Page(f"{prediction.name}: no answer yet", (Paragraph(sentence),))
    right, says = prediction.response(given)
    blocks = [*([says] if says else []), f"What came out: {prediction.came_out}"]
    note = _keep(prediction, given)
    page = Page(
        f"{'✔ Right.' if right else '✘ It came out otherwise.'}",
        tuple(Paragraph(unmarked(text)) for text in blocks),
    )
    return page.and_say(note) if note else page


def _whole(answer):
    return isinstance(answer, int) and not isinstance(answer, bool)


def _still_html(prediction):
    """Return the card for pages without scripts: what came out is folded."""
    choices = "".join(f"<li>{text_html(c.text)}</li>" for c in prediction.choices)
    said = (c for c in prediction.choices if c.stands_for)
    wrong = "".join(f"<li>{text_html(c.text)}: {text_html(c.stands_for)}</li>" for c in said)
    came_out = f"<p>{text_html(prediction.came_out)}</p>"
    return (
        f"<p><strong>Predict.</strong> {text_html(prediction.question)}</p>"
        + (f"<ol>{choices}</ol>" if choices else "")
        + f"<details><summary>What came out</summary>{came_out}"
        + (f"<ul>{wrong}</ul>" if wrong else "")
        + "</details>"
    )


def _unknown(name):
    close = get_close_matches(name, predictions(), n=1) if isinstance(name, str) else []
    guess = f' Did you mean "{close[0]}"?' if close else ""
    return f"There is no prediction {name!r}.{guess}"
