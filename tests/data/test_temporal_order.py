"""The script that makes the stored runs, in small, and what it has stored."""

import numpy as np

from course_lib.data.temporal_order.make import METHODS, PARTS, SEED, chains, count
from course_lib.datasets import temporal_order_runs


def test_an_easy_setting_is_learned_and_steps_of_no_length_teach_nothing():
    links = {key: link for key, link in chains(0.3).items() if key == ("momentum", True)}
    easy = {"n_units": 20, "length": 10}
    assert count(links, 0.1, 90, 5, **easy)["momentum", True] >= 4
    assert count(links, 1e-6, 25, 5, **easy)["momentum", True] == 0


def test_chains_are_the_methods_without_and_with_a_clip():
    links = chains()
    assert [*links] == [(name, clipped) for clipped in (False, True) for name in METHODS]
    for (_, clipped), link in links.items():
        step, _ = link.update(np.array([30.0, 40.0]), link.init(np.zeros(2)))
        assert (np.linalg.norm(step) < 2) == clipped or not clipped


def test_what_is_stored_has_every_part_and_counts_of_its_seeds():
    runs = temporal_order_runs()
    assert runs["seed"] == SEED and "numpy" in runs["versions"]
    for part in PARTS:
        counts = [
            n for words in runs[part]["solved"].values() for ns in words.values() for n in ns
        ]
        assert [*runs[part]["solved"]] == [*METHODS]
        assert all(isinstance(n, int) and 0 <= n <= runs[part]["n_seeds"] for n in counts)
