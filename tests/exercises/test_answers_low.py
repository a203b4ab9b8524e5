"""Every row of `answers_seen_low` is judged as it says."""

import math
import runpy
import warnings
from pathlib import Path

import pytest
from exercises_learner import answer_with, written

from course_lib.activations import sigmoid
from course_lib.exercises import check, exercises
from course_lib.meanfield import gaussian_mean, variance_fixed_point, variance_map

ROWS = runpy.run_path(str(Path(__file__).with_name("answers_seen_low.py")))["ROWS"]
NAMES = {"math": math, "warnings": warnings, "sigma": sigmoid,
         "sigmoid": sigmoid, "sigma_slope": sigmoid.derivative,
         "gaussian_mean": gaussian_mean, "variance_fixed_point": variance_fixed_point,
         "variance_map": variance_map}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_seen_answer_is_judged_as_its_row_says(row):
    name, text, status, words = row
    names = {key: value for key, value in NAMES.items() if key != name}
    if text.startswith("def "):
        function = written(text, name, **names)
    else:
        function = answer_with(exercises()[name], text, **names)
    result = check(name, function)
    first = str(result).splitlines()[1]
    assert result.status == status and words in first, str(result)
