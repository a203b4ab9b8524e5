"""Run the comparison of lesson 09, remedies against symptoms, and store how many runs succeed.

    python -m course_lib.data.safeguards.make
    python -m course_lib.data.safeguards.make "single spikes" clipping Adam
    python -m course_lib.data.safeguards.make controls
    python -m course_lib.data.safeguards.make again

The second line runs these remedies anew, the third the controls. The last one, to be run after
any of them, repeats what is stored from weights moved by a millionth: rounding turns runs.
Each plan is tuned on a few seeds, over one grid of rates for all, and then judged, at its best
rate, on others: the same ones for all plans of a symptom. The clip's threshold and the
penalty's weight are tuned as well. It takes about half an hour of one core.
"""

import json
import platform
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_lib.experiments.comparison import N_LAST, solved
from course_lib.experiments.plan import RATES, drawn
from course_lib.experiments.safeguards import SYMPTOMS, recurrent_net, settings, stored, tuned
from course_lib.optimizers import clip_by_global_norm

RESULTS = Path(__file__).with_name("safeguards.json")
SEED, N_TUNING = 9, 6
N_AGAIN, MOVED = 4, 1e-6  # repetitions, and by how much of itself each weight is moved
N_SCAN, SCAN_RATES, MUS = 40, {"not clipped": 0.03, "clipped": 0.1}, (0.0, 1e-3, 1e-2, 1e-1)


def best(plans, seed, n_seeds, desc):
    """Return the setting and the rate that solve most seeds, and all counts by setting.

    Of equally good ones, it is the one with the smallest loss in the median.
    """
    found, counts = [], {}
    for setting, plan in plans.items():
        loss = plan.run(np.random.default_rng(seed), n_seeds, desc=f"{desc}, tuning").loss
        count = solved(loss, plan.guessing).sum(axis=1).tolist()
        with np.errstate(invalid="ignore", over="ignore"):
            late = np.median(np.nan_to_num(loss[-N_LAST:].mean(axis=0), nan=np.inf), axis=1)
        ranks = zip(np.negative(count), late, plan.rates, strict=True)
        found += [(*rank, setting) for rank in ranks]
        counts[str(setting)] = count
    *_, rate, setting = min(found, key=lambda rank: rank[:2])
    return setting, rate, counts


def judge(plan, seed, n_seeds, rates, desc):
    """Return how many seeds are solved at each rate."""
    loss = plan.run(np.random.default_rng(seed), n_seeds, rates, desc=desc).loss
    return solved(loss, plan.guessing).sum(axis=1).tolist()


def record_of(symptom, name):
    """Return the record of one remedy: the rate it was given and the seeds it solves."""
    plan, desc = SYMPTOMS[symptom]()[name], f"{symptom}: {name}"
    plans = settings(name, plan)
    setting, rate, counts = best(plans, (SEED, 0), N_TUNING, desc)
    solves = judge(plans[setting], (SEED, 1), n_seeds(symptom), [rate], desc)[0]
    print(f"{desc}, setting {setting}, rate {rate}: {solves}", flush=True)
    return {
        "setting": setting,
        "rate": rate,
        "steps": plan.n_steps,
        "solved": solves,
        "tried": list(plan.rates),
        "solved in tuning": counts,
    }


def compare(symptom):
    """Return the records of all remedies that are tried on a symptom."""
    records = {name: record_of(symptom, name) for name in SYMPTOMS[symptom]()}
    return {"seeds": n_seeds(symptom), "remedies": records}


def n_seeds(symptom):
    """Return how many seeds a symptom's plans are judged on."""
    return 60 if symptom == "single spikes" else 30


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


def controls():
    """Return what tells apart a remedy and what comes with it: its steps, its rate."""
    spikes, fast = SYMPTOMS["single spikes"](), SYMPTOMS["rate beyond stability"]()
    plain = spikes["no remedy"]
    plans = {
        "spikes, a third of the steps": replace(plain, n_steps=plain.n_steps // 3),
        "spikes, four times the steps": replace(plain, n_steps=4 * plain.n_steps),
        "fast, quarter of the rate": replace(fast["no remedy"], rates=(0.05,)),
        "fast, Nesterov tuned": replace(fast["Nesterov"], rates=RATES),
        "fast, Adam tuned": replace(fast["Adam"], rates=RATES),
        "fast, residual tuned": replace(fast["residual connections"], rates=RATES),
    }
    records = {}
    for name, plan in plans.items():
        seeds = n_seeds("single spikes" if name.startswith("spikes") else "")
        _, rate, _ = best({None: plan}, (SEED, 0), N_TUNING, name)
        solves = judge(plan, (SEED, 1), seeds, [rate], name)[0]
        records[name] = {"rate": rate, "solved": solves, "seeds": seeds}
        print(name, records[name], flush=True)
    return records | {"penalty by rate": penalty_by_rate()}


def penalty_by_rate(n=20):
    """Return the seeds solved with and without a penalty of 0.01, at three rates each."""
    plan, clip = recurrent_net(), clip_by_global_norm(1.0, nonfinite="zero")
    tried = {
        "not clipped": (plan.link, [0.003, 0.01, 0.03]),
        "clipped": (clip, [0.03, 0.1, 0.3]),
    }
    found = {"seeds": n}
    for name, (link, rates) in tried.items():
        counts = {
            str(mu): judge(
                replace(plan, link=link, mu=mu), (SEED, 4), n, rates, f"{name}, {mu}"
            )
            for mu in (0.0, 0.01)
        }
        found[name] = {"rates": rates, "solved": counts}
        print(name, counts, flush=True)
    return found


def again():
    """Return how many seeds each remedy that solves any solves in each of some repetitions."""
    return {
        symptom: {
            name: repeated(symptom, name)
            for name, entry in judged["remedies"].items()
            if entry["solved"]
        }
        for symptom, judged in stored()["symptoms"].items()
    }


def repeated(symptom, name):
    """Return the seeds solved from weights that are moved a little, draw by draw."""
    plan, desc, counts = tuned(symptom, name), f"{symptom}: {name}, again", []
    for draw in range(N_AGAIN):
        start = drawn(moved(plan.init.initializer, draw), **plan.init.options)
        nearby = replace(plan, init=start)
        counts += judge(nearby, (SEED, 1), n_seeds(symptom), plan.rates, desc)
    print(desc, counts, flush=True)
    return counts


def moved(initializer, draw):
    """Return an initializer whose weights are moved by about a millionth of their size."""
    rng_of_draw = np.random.default_rng((SEED, 5, draw))

    def moved_initializer(rng, shape, index=0):
        w, b = initializer(rng, shape, index)
        return w * (1 + MOVED * rng_of_draw.standard_normal(w.shape)), b

    return moved_initializer


def everything():
    """Return the whole comparison."""
    return {
        "made by": "python -m course_lib.data.safeguards.make",
        "seed": SEED,
        "seeds for tuning": N_TUNING,
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "symptoms": {symptom: compare(symptom) for symptom in SYMPTOMS},
        "penalty": scan_penalty(),
        "controls": controls(),
    }


def renewed(symptom, names):
    """Return the stored comparison with some remedies of one symptom run anew."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    old = results["symptoms"][symptom]["remedies"]
    new = {name: record_of(symptom, name) for name in names}
    # in the order of the plans; each plan's runs depend on nothing but its own seeds
    results["symptoms"][symptom]["remedies"] = {
        name: new.get(name) or old[name] for name in SYMPTOMS[symptom]()
    }
    return results


def main(symptom=None, *names):
    """Run everything, or what is named, and write it down."""
    parts = {"controls": controls, "again": again}
    if symptom in parts:
        old = json.loads(RESULTS.read_text(encoding="utf-8"))
        results = old | {symptom: parts[symptom]()}
    else:
        results = renewed(symptom, names) if symptom else everything()
    text = json.dumps(results, indent=1, ensure_ascii=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
