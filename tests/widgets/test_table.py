"""Laws of the states that a page carries: they are what Python would draw, and not too many."""

import base64
import gzip
import json

import numpy as np
import pytest

from course_lib.widgets import Choice, Control, spike_widget
from course_lib.widgets.live import TABLES
from course_lib.widgets.table import LIMIT, STORED, key, pack, states

CONTROLS = {
    "n": Control("n", 2, 0, 3),
    "x": Control("x", 0.5, 0.0, 1.0, 0.25),
    "kind": Choice("kind", "a", ("a", "b")),
}


def frame_of(values, padding=""):
    return {"still": 0, "marks": [], "sentence": f"{values}{padding}"}


def unpack(text):
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_small_tables_hold_each_control_alone_and_two_together():
    table = states(frame_of, CONTROLS)
    alone, together = 4 + 5 + 2 - 2, 3 * 4 + 3 * 1 + 4 * 1
    assert len(table) == alone + together
    for n, x, kind in ((0, 0.5, "a"), (2, 1.0, "b"), (3, 0.0, "a")):
        values = {"n": n, "x": x, "kind": kind}
        assert table[key(values, CONTROLS)] == [0, [], f"{values}"]
    assert key({"n": 0, "x": 0.0, "kind": "b"}, CONTROLS) not in table


def test_pairs_that_would_be_too_large_are_left_out():
    rng = np.random.default_rng(0)

    def large(values):
        return frame_of(values, rng.bytes(12_000).hex())

    table = states(large, CONTROLS)
    assert len(table) == 9
    assert len(pack(table)) < LIMIT


def test_a_packed_table_is_the_same_each_time_and_comes_out_as_it_went_in():
    table = states(frame_of, CONTROLS)
    assert pack(table) == pack(dict(table))
    assert unpack(pack(table)) == table


@pytest.fixture
def stored(monkeypatch):
    monkeypatch.setenv(TABLES, "1")
    widget = spike_widget()
    yield widget
    widget.close()


def test_a_stored_state_is_what_python_draws(stored):
    table = unpack(stored.table)
    for name, control in stored.settings.items():
        start = {k: c.start for k, c in stored.settings.items()}
        for value in (control.options[0], control.options[len(control.options) // 2]):
            values = start | {name: value}
            stored.move(**values)
            frame = json.loads(json.dumps(stored.frame))
            expected = [frame[part] for part in STORED]
            assert table[key(values, stored.settings)] == expected


def test_only_the_build_stores_tables():
    widget = spike_widget()
    assert widget.table == ""
    widget.close()
