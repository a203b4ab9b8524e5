"""What holds for all data that the package reads."""

import numpy as np
import pytest

from course_lib import _files, datasets
from course_lib.experiments import characters, clip_rates, safeguards

READERS = {
    "digits/digits.npz": lambda: datasets.digits(np.random.default_rng(0)),
    "clip_rates/runs.json": clip_rates.stored_runs,
    "safeguards/safeguards.json": safeguards.stored,
    "temporal_order/runs.json": datasets.temporal_order_runs,
    "text/lessons.txt": characters.lesson_text,
}
every_file = pytest.mark.parametrize(("name", "read"), READERS.items(), ids=READERS)


@every_file
def test_missing_data_are_named_with_what_to_do(name, read, monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "DATA", tmp_path)
    told = rf"course_lib/data/{name} comes .*\(python3 course\.py lab does\)"
    with pytest.raises(FileNotFoundError, match=told):
        read()


@every_file
def test_stored_data_name_no_machine_and_no_time(name, read):
    content = (_files.DATA / name).read_bytes()
    words = (b"/home", b"/root", b"/tmp", b"host", b"second")
    assert not any(word in content for word in words[: 4 if name.endswith("txt") else 5])


def test_every_stored_file_is_read_by_somebody():
    kinds = (".json", ".npz", ".txt")
    files = [path for path in _files.DATA.rglob("*") if path.suffix in kinds]
    assert {path.relative_to(_files.DATA).as_posix() for path in files} == set(READERS)
