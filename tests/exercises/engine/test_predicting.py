"""Predictions: how they are asked, answered and kept, in a notebook and as plain text."""

import json

import nbclient
import nbformat
import pytest
from ipywidgets.widgets.widget import _instances

from course_lib.exercises import check, predict, progress
from course_lib.exercises.engine import api, predicting, store
from course_lib.exercises.engine.card import Card
from course_lib.predictions import RIGHT, Number, Prediction, predictions

CHOOSE = Prediction(
    name="choose",
    question="Which `one` of σ_w?",
    choices={"left": "It was on the right.", "right": RIGHT, "none": "Some."},
    came_out="It is <!-- = 1 -->1.",
    truth="True",
)
GUESS = Number(
    name="guess",
    question="How much?",
    answer=0.25,
    came_out="A quarter.",
    truth="0.25",
    within=1.1,
    mistaken=((4.0, "That is one over it."),),
)


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """Return the marker file of a workspace, the current folder; two predictions are known."""
    known = {p.name: p for p in (CHOOSE, GUESS)}
    monkeypatch.setattr(predicting, "predictions", lambda: known)
    for module in (api, predicting):
        monkeypatch.setattr(module, "by_lesson", lambda: {"01": (CHOOSE, GUESS)})
    monkeypatch.setitem(api._here, "lesson", None)
    monkeypatch.setattr(store, "_memory", {})
    monkeypatch.chdir(tmp_path)
    marker = tmp_path / store.MARKER
    marker.write_text("{}", encoding="utf-8")
    return marker


def kept(marker):
    return json.loads(marker.read_text(encoding="utf-8")).get("progress", {})


def said(capsys, function, *args):
    capsys.readouterr()
    assert function(*args) is None
    return capsys.readouterr().out


def test_as_plain_text_it_asks_with_its_choices_and_does_not_tell(capsys):
    text = said(capsys, predict, "choose")
    assert "Which `one` of σ_w?" in text and "2. right" in text
    assert 'predict("choose", ...)' in text
    assert "It is" not in text and "It was" not in text


@pytest.mark.parametrize(
    ("name", "answer", "words", "others", "record"),
    [
        ("choose", 2, ("✔ Right.", "It is 1."), ("It was", "<!--"), "right"),
        ("choose", 1, ("✘", "It was on the right.", "It is 1."), ("Some.",), "left"),
        ("guess", 0.27, ("✔ Right.", "A quarter."), ("one over",), 0.27),
        ("guess", 4, ("✘", "That is one over it.", "A quarter."), (), 4.0),
        ("guess", -3, ("✘", "A quarter."), ("one over",), -3.0),
    ],
)
def test_an_answer_is_told_what_came_out_and_kept(
    workspace, capsys, name, answer, words, others, record
):
    text = said(capsys, predict, name, answer)
    assert all(word in text for word in words)
    assert not any(word in text for word in others)
    assert kept(workspace) == {f"predict {name}": {"answer": record}}


def test_the_first_answer_is_the_prediction(workspace, capsys):
    predict("choose", 1)
    assert "✔ Right." in said(capsys, predict, "choose", 2)
    assert kept(workspace)["predict choose"] == {"answer": "left"}


@pytest.mark.parametrize("answer", [0, 4, 1.5, True, "left!", [1], float("nan"), object])
def test_what_is_no_choice_is_told_and_not_kept(workspace, capsys, answer):
    text = said(capsys, predict, "choose", answer)
    assert "no answer yet" in text and "must be a number from 1 to 3, got" in text
    assert kept(workspace) == {}


@pytest.mark.parametrize("answer", [float("inf"), float("nan"), True, "0.25", 1j])
def test_what_is_no_number_is_told_and_not_kept(workspace, capsys, answer):
    text = said(capsys, predict, "guess", answer)
    assert "no answer yet" in text and "must be a finite number without quotes" in text
    assert kept(workspace) == {}


@pytest.mark.parametrize("name", ["chose", 3, None, ["choose"]])
def test_an_unknown_prediction_gets_a_sentence(capsys, name):
    text = said(capsys, predict, name)
    assert "There is no prediction" in text
    assert ('Did you mean "choose"?' in text) == (name == "chose")


@pytest.mark.parametrize("entry", [{"answer": "gone"}, {"answer": 7}, {"answer": None}, {}])
def test_a_record_that_is_no_answer_any_more_counts_as_none(workspace, capsys, entry):
    workspace.write_text(json.dumps({"progress": {"predict choose": entry}}))
    assert "0 of 2 made" in said(capsys, progress, "01")
    predict("choose", 2)
    assert "1 of 2 made, 1 right at the first try" in said(capsys, progress, "01")


def test_progress_shows_this_lesson_and_one_line_for_the_others(capsys):
    everything = said(capsys, progress)
    assert everything == said(capsys, progress, "all")
    assert "repeated_factor" in everything and "The other lessons" not in everything
    predict("guess", 4)
    check("sigmoid", None)
    here = said(capsys, progress)
    assert "sigmoid" in here and "repeated_factor" not in here
    assert "Predictions: 1 of 2 made, 0 right at the first try." in here
    (line,) = (line for line in here.splitlines() if "The other lessons" in line)
    assert "predictions: 0 of 0 made" in line
    assert "of lesson 00" in said(capsys, progress, "00")


def test_the_card_holds_the_question_the_replies_and_the_earlier_answer():
    card = Card(CHOOSE, 0)
    assert card.question == "Which <code>one</code> of σ<sub>w</sub>?"
    assert card.choices == ["left", "right", "none"] and card.answer == 0
    assert [reply["right"] for reply in card.replies] == [False, True, False]
    assert card.came_out == "It is 1."
    card = Card(GUESS, None)
    assert card.answer is None and card.choices == []
    assert [reply["low"] < 4 < reply["high"] for reply in card.replies] == [False, True]


def test_an_answer_on_the_card_is_kept_and_comes_back(workspace, monkeypatch):
    shown = []
    monkeypatch.setattr(predicting, "in_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    cards = []
    for answer in (0, 1):
        predict("choose")
        cards.append(_instances[shown[-1][predicting.VIEW]["model_id"]])
        if answer == 0:
            assert cards[0].answer is None
            cards[0].answer = answer
    assert kept(workspace) == {"predict choose": {"answer": "left"}}
    assert cards[1].answer == 0
    for kind in ("text/html", "text/plain"):  # what is stored shows nothing of the learner
        assert shown[0][kind] == shown[1][kind]
    assert (
        "<details>" in shown[0]["text/html"] and "It was on the right." in shown[0]["text/html"]
    )


CELL = 'from course_lib.exercises import predict\npredict("fifty_times_0_8")'


def test_in_a_notebook_it_is_a_widget_with_a_page_behind_it():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {predicting.VIEW, "text/html", "text/plain"}
    question = predictions()["fifty_times_0_8"].question
    assert question in output.data["text/plain"]
