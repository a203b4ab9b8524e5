"""The tables ``tests/exercises/answers_seen_*.py``: each row is judged as it says."""

import runpy
from pathlib import Path

import pytest
from exercises_learner import answer_with, written

from course_lib import activations, clipping, initializers, meanfield, optimizers, statistics
from course_lib.exercises import check, exercises

FOLDER = Path(__file__).parents[1] / "exercises"
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


def rows_are_judged(table):
    """Return the test that each row of a table is judged as it says."""
    rows = runpy.run_path(str(FOLDER / f"answers_seen_{table}.py"))["ROWS"]

    @pytest.mark.thorough("only a change of an exercise could break it")
    @pytest.mark.parametrize("row", rows, ids=lambda row: row[0])
    def test(row):
        name, text, status, words = row
        names = {key: value for key, value in NAMES.items() if key != name}
        if f"def {name}(" in text:
            function = written(text, name, **names)
        else:
            function = answer_with(exercises()[name], text, **names)
        result = check(name, function)
        first = str(result).splitlines()[1]
        assert result.status == status and words in first, str(result)

    return test
