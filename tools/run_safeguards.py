"""Run the comparison of lesson 09, remedies against symptoms, and store how many runs succeed.

    .venv/bin/python -m tools.run_safeguards

Each plan is tuned on a few seeds and then judged, at its best rate, on others: the same ones
for all plans of a symptom. It takes about ten minutes of one core.
"""

import json
import platform
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_lib.comparison import N_LAST, solved
from course_lib.optimizers import clip_by_global_norm
from course_lib.safeguards import SYMPTOMS, recurrent_net

RESULTS = Path(__file__).resolve().parent.parent / "assets" / "safeguards" / "safeguards.json"
SEED, N_TUNING = 9, 4
N_SEEDS = {"single spikes": 60}  # of the others 30
N_SCAN, SCAN_RATES, MUS = 40, {"not clipped": 0.03, "clipped": 0.1}, (0.0, 1e-3, 1e-2, 1e-1)


def best_rate(plan, seed, n_seeds, desc):
    """Return the rate that solves most seeds; of equals, the one with the smallest loss."""
    if len(plan.rates) == 1:
        return plan.rates[0], []
    loss = plan.run(np.random.default_rng(seed), n_seeds, desc=f"{desc}, tuning").loss
    counts = solved(loss, plan.guessing).sum(axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        late = np.median(np.nan_to_num(loss[-N_LAST:].mean(axis=0), nan=np.inf), axis=1)
    best = min(range(len(counts)), key=lambda i: (-counts[i], late[i]))
    return plan.rates[best], counts.tolist()


def judge(plan, seed, n_seeds, rates, desc):
    """Return how many seeds are solved at each rate."""
    loss = plan.run(np.random.default_rng(seed), n_seeds, rates, desc=desc).loss
    return solved(loss, plan.guessing).sum(axis=1).tolist()


def compare(symptom):
    """Return the record of one symptom: for each remedy the rate and the seeds solved."""
    n, records = N_SEEDS.get(symptom, 30), {}
    for name, plan in SYMPTOMS[symptom]().items():
        desc = f"{symptom}: {name}"
        rate, tuning = best_rate(plan, (SEED, 0), N_TUNING, desc)
        records[name] = {
            "rate": rate,
            "steps": plan.n_steps,
            "solved": judge(plan, (SEED, 1), n, [rate], desc)[0],
            "tried": list(plan.rates),
            "solved in tuning": tuning,
        }
        print(desc, records[name], flush=True)
    return {"seeds": n, "remedies": records}


def scan_penalty():
    """Return the seeds solved for several weights, with as many *steps* for all of them."""
    plan, clip, scan = recurrent_net(), clip_by_global_norm(1.0, nonfinite="zero"), {}
    for name, link in (("not clipped", plan.link), ("clipped", clip)):
        scan[name] = []
        for mu in MUS:
            penalized, rates = replace(plan, link=link, mu=mu), [SCAN_RATES[name]]
            counts = judge(penalized, (SEED, 2), N_SCAN, rates, f"{name}, μ = {mu}")
            scan[name] += counts
        print(name, scan[name], flush=True)
    return {"seeds": N_SCAN, "rates": SCAN_RATES, "mu": MUS, "solved": scan}


def main():
    """Run everything and write it down."""
    results = {
        "made by": "python -m tools.run_safeguards",
        "seed": SEED,
        "seeds for tuning": N_TUNING,
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "symptoms": {symptom: compare(symptom) for symptom in SYMPTOMS},
        "penalty": scan_penalty(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    text = json.dumps(results, indent=1, ensure_ascii=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
