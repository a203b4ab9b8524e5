"""Answers that learners gave or might give, in ``tests/exercises/answers/*.txt``: the reader.

A file belongs to the exercise of its name. A line at the margin begins an answer: its status, a
colon and words that the first paragraph of its verdict has to contain. Indented by four spaces
below it stands the answer: a whole definition, or the body of the function. A line above the
first one says what the file holds.
"""

import re
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest
from exercises_learner import answer_with, written

from course_lib import activations, clipping, initializers, meanfield, optimizers, statistics
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import faults, store

FOLDER = Path(__file__).parents[1] / "exercises" / "answers"
WHY_THOROUGH = "only a change of an exercise could break it"
MODULES = (activations, clipping, initializers, meanfield, optimizers)
# what lessons have imported or defined before their exercises
NAMES = {
    **{name: value for module in MODULES for name, value in vars(module).items()},
    "sigma": activations.sigmoid,
    "sigma_slope": activations.sigmoid.derivative,
    "safe_norm": clipping.global_norm,
    "shorten": clipping.clip_global_norm,
    "averaged_step": exercises()["repaired_step"].solution,
    "step_back": exercises()["bptt_step"].solution,
    "statistics": statistics,
}
_HEAD = re.compile(r"^(failed|passed): (.+)\n", re.MULTILINE)


class Answer(NamedTuple):
    """An answer to an exercise, and how it has to be judged."""

    exercise: str
    text: str
    status: str
    words: str

    def function(self):
        """Return the answer as a function, made as in a notebook."""
        names = {key: value for key, value in NAMES.items() if key != self.exercise}
        if f"def {self.exercise}(" in self.text:
            return written(self.text, self.exercise, **names)
        return answer_with(exercises()[self.exercise], self.text, **names)


@cache
def answers_in(path):
    """Return the answers of one file."""
    above, *parts = _HEAD.split(path.read_text(encoding="utf-8"))
    stray = re.findall(
        r"^\S.*", "".join([above.partition("\n")[2], *parts[2::3]]), re.MULTILINE
    )
    if stray:
        raise ValueError(f"{path.name}: {stray[0]!r} begins no answer and is not indented")
    rows = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return tuple(
        Answer(path.stem, dedent(text).strip("\n"), status, words)
        for status, words, text in rows
    )


def answers_to(exercise):
    """Return the answers that are kept of one exercise: none for some."""
    path = FOLDER / f"{exercise}.txt"
    return answers_in(path) if path.exists() else ()


class AnswersFile(pytest.File):
    """A file of answers, as a file of tests."""

    def collect(self):
        for number, answer in enumerate(answers_in(self.path), start=1):
            yield AnswerItem.from_parent(self, name=f"answer {number}", answer=answer)


class AnswerItem(pytest.Item):
    """The test that an answer is judged as its file says."""

    def __init__(self, *, answer, **rest):
        super().__init__(**rest)
        self.answer = answer
        self.add_marker(pytest.mark.thorough(WHY_THOROUGH))

    def runtest(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(faults, "strict", True)
            patch.setattr(store, "_memory", {})
            result = check(self.answer.exercise, self.answer.function())
        first = str(result).splitlines()[1]
        told = result.status == self.answer.status and self.answer.words in first
        assert told, f"{self.answer.words!r} has to be told of\n{self.answer.text}\n\n{result}"

    def reportinfo(self):
        return self.path, None, f"{self.path.stem}: {self.name}"
