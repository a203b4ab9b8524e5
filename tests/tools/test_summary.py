"""A learner's progress file, and what a class's files say together."""

import argparse
import json

import numpy as np
import pytest

from course_lib.exercises import check, exercises
from course_lib.exercises.engine import store
from tools import summary
from tools.failures import CourseError

ASKED = "predict fifty_times_0_8"
CLASS = (
    {"sigmoid": {"status": "passed", "hints": 2, "solution": True}},
    {"sigmoid": {"status": "failed", "hints": 1, "mistakes": ["a | b", "c"]}},
    {"sigmoid": {"status": "failed", "mistakes": ["c"]}, ASKED: {"answer": "about a tenth"}},
    {ASKED: {"answer": "less than a ten-thousandth"}, "gone": {"status": "passed"}},
    {ASKED: {"answer": "no choice any more"}},
)


@pytest.fixture
def files(tmp_path):
    """The progress files of a class, each under a learner's name."""
    paths = [
        tmp_path / f"{name}.json" for name in ("ada-l", "bob-m", "cyn-o", "dia-p", "eve-q")
    ]
    for path, records in zip(paths, CLASS, strict=True):
        path.write_text(json.dumps({"progress": records}), encoding="utf-8")
    return paths


def test_a_class_is_counted_by_exercise_with_its_common_mistakes():
    (row,) = summary.rows(list(CLASS))  # of those that somebody began
    assert row["name"] == "sigmoid"
    assert (row["passed"], row["failed"], row["open"]) == (1, 2, 2)
    assert (row["hints"], row["solution"]) == (1, 1)
    assert row["mistakes"].most_common(1) == [("c", 2)]
    said = f"Begun by nobody: {len(exercises()) - 1} exercises."
    assert said in summary.text(list(CLASS))


def test_table_and_figure_are_written_without_a_name(files, tmp_path, capsys):
    options = argparse.Namespace(command="summary", files=files, output_dir=tmp_path / "out")
    assert summary.main(options) == 0
    text = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert "| 01 | sigmoid | 1 | 2 | 2 | 1 | 1 | c (2); a \\| b (1) |" in text
    assert "| fifty_times_0_8 | 1 | 1 | about a tenth (1) |" in text
    assert text in capsys.readouterr().out
    assert not any(path.stem in text for path in files)
    assert (tmp_path / "out" / "summary.png").read_bytes()[:4] == b"\x89PNG"


def test_the_bars_of_the_figure_are_as_long_as_the_counts():
    (ax,) = summary.draw(list(CLASS)).axes
    assert [bars[0].get_width() for bars in ax.containers] == [1, 2, 2]


@pytest.mark.parametrize("content", ["", "[]", '{"progress": 1}', '{"progress": {"a": 1}}'])
def test_a_file_that_holds_no_progress_is_named(content, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(CourseError, match=r"x\.json is no progress file"):
        summary.read_records(path)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"There is no file .*MISSING\."):
        summary.read_records(tmp_path / "MISSING")


def test_a_learner_hands_in_what_was_recorded_and_overwrites_nothing(tmp_path, monkeypatch):
    target, workspace = tmp_path / "mine.json", tmp_path / "workspace"
    workspace.mkdir()
    with pytest.raises(CourseError, match="No progress"):
        summary.hand_in(target, workspace)
    (workspace / store.MARKER).write_text('{"other": 1}', encoding="utf-8")
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(store, "_memory", {})
    for wrong in (lambda z: 1 / (1 + np.exp(z)), lambda z: z):
        check("sigmoid", wrong)
    assert "records (1)" in summary.hand_in(target, workspace)
    entry = summary.read_records(target)["sigmoid"]
    assert set(json.loads(target.read_text(encoding="utf-8"))) == {"progress"}
    assert entry["status"] == "failed" and len(entry["mistakes"]) >= 1
    with pytest.raises(CourseError, match=r"mine\.json exists"):
        summary.hand_in(target, workspace)


def test_mistakes_that_were_met_add_up_and_a_pass_keeps_them():
    entry = store._updated({}, {"status": "failed", "mistake": "b"})
    entry = store._updated(entry, {"status": "failed", "mistake": "a"})
    entry = store._updated(entry, {"status": "failed", "mistake": None})
    entry = store._updated(entry, {"status": "passed", "mistake": None})
    assert entry == {"status": "passed", "mistakes": ["a", "b"]}
