"""Every prediction: asked once, in its lesson, with choices that teach something.

That what it says comes out is tried where the lesson is run: `lesson_runs.LessonLaws`.
"""

import re

import pytest
from lesson_sources import SOURCES, called, text_of
from tied_numbers import tied_numbers

from course_lib.predictions import by_lesson, predictions
from course_lib.predictions.markup import text_html, unmarked

LESSONS = [path for path in SOURCES if path.stem[:2] in by_lesson()]

CODE = re.compile(r"^```(?!\{code-cell\}\npredict).*?^```$", re.M | re.DOTALL)
FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
# sections that ask nothing: they may only become fewer
SILENT = {"06": 2, "07": 4, "08": 5, "09": 3, "10": 2, "12": 3}

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
every_prediction = pytest.mark.parametrize(
    "asked", predictions().values(), ids=lambda p: p.name
)


@every_lesson
def test_a_lesson_asks_each_of_its_predictions_once_in_order(path):
    names = [prediction.name for prediction in by_lesson()[path.stem[:2]]]
    assert called(path, "predict") == names


@every_lesson
def test_a_lesson_that_asks_by_predict_asks_by_nothing_else(path):
    assert "**Predict" not in text_of(path)


@every_lesson
def test_every_numbered_section_asks_something(path):
    sections = re.findall(r"^## (\d+ · .*?)(?=^## )", text_of(path), re.M | re.DOTALL)
    silent = [text.splitlines()[0] for text in sections if "\npredict(" not in text]
    assert len(silent) <= SILENT.get(path.stem[:2], 0), silent


@every_lesson
def test_no_open_text_stands_directly_below_a_question(path):
    """An answer there would be read before it is asked for: it belongs into <details>."""
    below = re.findall(r"^predict\(.*?\)\n```\n\n(?!```|<details>|##)(.+)", text_of(path), re.M)
    assert not below


@every_lesson
def test_the_open_text_that_follows_does_not_tell_what_came_out(path):
    """The number would be seen below the question: it belongs into <details>."""
    told = [p.name for p in by_lesson()[path.stem[:2]] if _tied(p.came_out) & _below(path, p)]
    assert not told


def _below(path, asked):
    """Return what numbers are tied to in open text, up to the next question or heading."""
    after = CODE.sub("", text_of(path).split(f'predict("{asked.name}")\n```\n')[1])
    return _tied(FOLDED.sub("", re.split(r"^#|^predict\(", after, flags=re.MULTILINE)[0]))


def _tied(text):
    return {tied.expression for tied in tied_numbers(text)}


@every_prediction
def test_it_has_a_question_and_says_what_came_out(asked):
    assert asked.question.rstrip().endswith("?")
    assert len(unmarked(asked.came_out)) >= 20


@every_prediction
def test_one_choice_is_right_and_every_other_stands_for_a_misconception(asked):
    says = [choice.stands_for for choice in asked.choices] + [t for _, t in asked.mistaken]
    wrong = [text for text in says if text]
    assert not asked.choices or (2 <= len(asked.choices) <= 5 and says.count("") == 1)
    assert len(set(wrong)) >= len(asked.choices) - 1 and all(len(t) >= 25 for t in wrong)
    assert len({choice.text for choice in asked.choices}) == len(asked.choices)


@every_prediction
def test_the_right_answer_is_told_so_and_no_wrong_one_is(asked):
    answers = range(len(asked.choices)) if asked.choices else [v for v, _ in asked.mistaken]
    right = [asked.right] if asked.choices else [asked.answer]
    for answer in {*answers, *right}:
        assert asked.response(answer)[0] == (answer in right)


@every_prediction
def test_its_texts_leave_no_markup_on_the_page(asked):
    for text in asked.texts:
        tied_numbers(text)
        assert not re.search(r"`|\*\*|\$|<!--|\\|²</sub>|³</sub>", text_html(text))


def test_the_right_choice_does_not_always_stand_at_one_place():
    places = [p.right for p in predictions().values() if p.choices]
    assert max(map(places.count, set(places))) <= len(places) / 2
