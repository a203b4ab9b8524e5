"""The script that makes the stored runs of lesson 10, in small, and what it has stored."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.data.clip_rates.make import run, sweeps
from course_lib.experiments.clip_rates import WAYS, stored_runs

# one rate between what works without a clip and what works with it, and one where all fail
RATES = {
    "two hidden layers": (1.99, 8.0),
    "convolutional": (2.51, 16.0),
    "recurrent": (0.949, 6.0),
}
N_NETS = 6


@pytest.mark.parametrize("name", RATES)
def test_other_nets_do_what_those_stored_do(name):
    sweep = sweeps()[name]
    assert RATES[name][0] in sweep.plan.rates
    small = replace(sweep, plan=replace(sweep.plan, rates=RATES[name]), n_nets=N_NETS)
    found = run(small)["learned"]
    counts = {way: [row.count("1") for row in found[way]] for way in WAYS}
    assert counts["no clip"][0] <= 1 and counts["clip"][0] >= 3
    assert counts["no clip"][1] == counts["clip"][1] == 0


def test_stored_counts_at_these_rates_are_far_apart():
    for name, (rate, _) in RATES.items():
        rates, learned = stored_runs()[name]
        (place,) = np.flatnonzero(rates == rate)
        assert learned["no clip"][place].mean() < 0.05
        assert learned["clip"][place].mean() >= 0.75
