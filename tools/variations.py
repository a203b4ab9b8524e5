"""Other circumstances under which every printed value and every claim has to hold.

A *variation* is a name and variables of the process environment. Arithmetics are other ways in
which this processor can compute: other kernels of OpenBLAS, NumPy without some of its vector
instructions. They differ in last bits, as another processor does. Nudges are initial parameters
moved by a millionth (see `tools.nudge`), for all the processors that are not here.
"""

import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tools import nudge

MADE_WITH = Path(__file__).resolve().parents[1] / "notebooks" / "made_with.json"
N_ARITHMETICS, N_NUDGES = 3, 5
KERNELS, FEATURES = "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES"

# What an arithmetic makes of the operations that the course uses, and what it computes with.
PROBE = """
import hashlib, json, sys
import numpy as np

digest, rng = hashlib.sha256(), np.random.default_rng(0)
for dtype in (np.float32, np.float64):
    for shape in ((24, 64), (64, 33), (7, 3), (5, 20, 16)):
        a = rng.standard_normal(shape).astype(dtype)
        w = rng.standard_normal((40, shape[-1])).astype(dtype)
        for value in (a @ w.T, np.exp(a), np.tanh(a), np.log(np.abs(a)), (a * a).sum(),
                      a.mean(axis=0), np.linalg.norm(a[..., 0], axis=-1), w @ w[0]):
            digest.update(np.ascontiguousarray(value).tobytes())
config = np.show_config(mode="dicts")
features = config.get("SIMD Extensions", {}).get("found", [])
blas = config.get("Build Dependencies", {}).get("blas", {}).get("name", "unknown")
print(json.dumps({"digest": digest.hexdigest(), "features": features, "blas": blas}))
"""


@dataclass(frozen=True)
class Variation:
    """A name, and the variables that make a process compute in this way."""

    name: str
    variables: dict = field(default_factory=dict)


def probe(variables=None):
    """Return what NumPy says and computes under these variables.

    Returns
    -------
    dict or None
        "digest" of what it computes, "features" (vector instructions that it could leave out),
        "blas" and "kernel" (None where it is not OpenBLAS); None where the processor cannot.
    """
    environment = dict(os.environ) | {"OPENBLAS_VERBOSE": "2"} | (variables or {})
    command = [sys.executable, "-c", PROBE]
    run = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", errors="replace"
    )
    if run.returncode:
        return None
    kernels = re.findall(r"^Core: (\w+)", run.stdout + run.stderr, re.MULTILINE)
    found = json.loads(run.stdout.splitlines()[-1])
    return found | {"kernel": kernels[-1] if kernels else None}


def _answered(found) -> dict:
    if found is None:
        raise RuntimeError("NumPy does not start here: `python -c 'import numpy'` says why")
    return found


def candidates(found, machine=None):
    """Return the arithmetics worth trying, given what a probe found.

    The names of instructions are those that this NumPy gives, not a list of ours; a kernel that
    this OpenBLAS does not have changes nothing, and `arithmetics` finds that out.
    """
    features = found["features"]
    older, widest = ("Haswell", "Sandybridge", "Prescott"), r"512|X86_V4"
    if (machine or platform.machine()).lower() in ("aarch64", "arm64"):
        older, widest = ("ARMV8", "CORTEXA57", "CORTEXA53"), "SVE"
    wide = [name for name in features if re.search(widest, name)]
    if not found["kernel"]:
        return [_arithmetic(None, wide), _arithmetic(None, features)]
    first, second, third = older
    tried = [(first, wide), (second, features), (first, features), (third, features)]
    return [_arithmetic(kernel, without) for kernel, without in tried]


def _arithmetic(kernel, without):
    parts = [f"OpenBLAS {kernel}"] if kernel else []
    parts += ["NumPy without " + " ".join(without)] if without else []
    chosen = {KERNELS: kernel, FEATURES: " ".join(without)}
    return Variation(", ".join(parts), {key: value for key, value in chosen.items() if value})


def arithmetics(number=N_ARITHMETICS, probe=probe):
    """Return arithmetics of this processor that differ, and a sentence on what was found.

    There are ``number`` at most; the first is the arithmetic as it is. ``probe`` takes
    variables and returns what `probe` does.
    """
    here = _answered(probe())
    chosen, digests = [Variation("as it is")], {here["digest"]}
    for candidate in candidates(here):
        found = probe(candidate.variables) if len(chosen) < number else None
        if found and found["digest"] not in digests:
            chosen.append(candidate)
            digests.add(found["digest"])
    return chosen, describe(here, chosen)


def describe(here, chosen):
    """Return the sentence that says what this machine computes with and what was varied."""
    library = f"OpenBLAS {here['kernel']}" if here["kernel"] else here["blas"]
    features = " ".join(here["features"]) or "no instructions that could be left out"
    others = "; ".join(variation.name for variation in chosen[1:]) or "nothing"
    return f"This machine computes with {library} and {features}. Varied: {others}."


def note_processor(path=MADE_WITH):
    """Write with what the stored outputs were made."""
    text = json.dumps(probe(), indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def processor_difference(path=MADE_WITH, here=None):
    """Return a sentence where this processor computes in another way than the outputs' did."""
    made, here = json.loads(path.read_text(encoding="utf-8")), here or _answered(probe())
    if made["digest"] == here["digest"]:
        return ""
    names = [f"{p['kernel'] or p['blas']} ({' '.join(p['features'])})" for p in (made, here)]
    return f"The outputs were made with {names[0]}; this machine computes with {names[1]}."


def nudges(number=N_NUDGES):
    """Return the variations that move all initial parameters by a millionth."""
    return [
        Variation(f"initial parameters moved, draw {draw}", {nudge.VARIABLE: str(draw)})
        for draw in range(1, number + 1)
    ]
