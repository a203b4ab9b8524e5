"""Measure everything that has a goal and write benchmarks/RESULTS.md: `course.py bench`."""

import importlib.metadata
import os
import platform
import time
from pathlib import Path

from benchmarks import pytorch, widget_latency

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("numpy", "torch", "matplotlib", "ipywidgets", "anywidget", "jupyterlab")


def processor():
    """Return the processor's name."""
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load():
    """Say how busy the machine is, where it tells."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f", load {os.getloadavg()[0]:.1f} when it began"


def main(_options=None):
    """Write RESULTS.md; return an exit status."""
    machine = f"{processor()}, {os.cpu_count()} cores{load()}"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    begin = time.monotonic()
    tables = [pytorch.table(), widget_latency.table()]
    minutes = (time.monotonic() - begin) / 60
    text = "\n\n".join(
        [
            "# Speed",
            "Written by `python3 course.py bench`. Times of a training step are medians of "
            f"{pytorch.N_ROUNDS} interleaved rounds on one thread.",
            *tables,
            f"Python {platform.python_version()}, {versions}. {machine}. It took {minutes:.0f} "
            "minutes.",
        ]
    )
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(f"{text}\n\nWritten to {RESULTS}.")
    return 0
