"""While tests run, people read names and counts; the last lines tell failures in words."""

import os
import subprocess

import pytest

from tools import progress, run_tests, variations


@pytest.mark.parametrize(
    ("node", "room", "words"),
    [
        (
            "notebooks/06_the_accumulation_update.ipynb::Cell 33",
            "lessons",
            "lesson 06, the accumulation update: code cell 34",
        ),
        ("notebooks/glossary.ipynb::Cell 0", "lessons", "glossary: code cell 1"),
        (
            "tests/test_mlp.py::test_a_gradient_is_exact[float32]",
            "library",
            "library: test a gradient is exact[float32] (tests/test_mlp.py)",
        ),
    ],
)
def test_a_test_is_told_in_words(node, room, words):
    assert progress.room_of(node) == room
    assert progress.in_words(node) == words


@pytest.fixture
def printed(tmp_path):
    """What `course.py test` prints of a folder with one wrong test of three."""
    text = "def test_one_is_two():\n    assert 1 == 2\n\n\ndef test_a():\n    pass\n"
    (tmp_path / "test_it.py").write_text(text + text[-23:].replace("_a", "_b"))
    rest = ["-n1", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COURSE_"))}
    kept[progress.VARIABLE] = "Where the outputs were made, the moon was full."
    command = run_tests.pytest_command("--nbval-lax", [str(tmp_path)], rest)
    run = subprocess.run(command, cwd=run_tests.ROOT, env=kept, capture_output=True, text=True)
    return run.stdout.splitlines()


def test_counts_are_shown_by_name_and_a_failure_in_the_last_lines(printed):
    assert "other 3 of 3" in printed
    assert not any(set(line) <= set(".F") for line in printed if line)
    last = printed[-5:]
    assert "✗ other: test one is two (test_it.py): assert 1 == 2" in last
    assert "Where the outputs were made, the moon was full." in last
    assert "1 failed, 2 passed" in printed[-1]


def test_what_differs_from_where_the_outputs_were_made_is_said(tmp_path, monkeypatch):
    path = tmp_path / "made_with.json"
    variations.note_processor(path)
    assert variations.processor_difference(path) == ""
    other = variations.probe() | {"digest": "?", "kernel": "SkylakeX", "features": ["X86_V4"]}
    sentence = variations.processor_difference(path, other)
    assert "this machine computes with SkylakeX (X86_V4)" in sentence
    monkeypatch.setattr(variations, "processor_difference", lambda: sentence)
    assert sentence in run_tests.where_it_differs(["numpy is 1.0, the lock says 2.0"])
    assert "numpy is 1.0" in run_tests.where_it_differs(["numpy is 1.0, the lock says 2.0"])
