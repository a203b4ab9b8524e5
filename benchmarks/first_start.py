"""Print how long `course.py lab` takes from nothing, beside `pip install jupyterlab` alone.

Run in a clone: ``python3 -m benchmarks.first_start``. Both begin with an empty cache.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.newer_python import copy_checkout


def seconds_of_pip(folder):
    """Return how long pip takes to install JupyterLab into a new environment."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--no-cache-dir", "-q"]
    subprocess.run([*pip, "jupyterlab"], check=True)
    return time.perf_counter() - begin


def seconds_of_lab(course, variables):
    """Return how long the server of a copy of the course takes until it listens."""
    begin = time.perf_counter()
    command = [sys.executable, "course.py", "lab", "--no-browser", "--", "--allow-root"]
    with subprocess.Popen(
        command, cwd=course, env=variables, stdout=subprocess.PIPE, text=True
    ) as process:
        next((line for line in process.stdout if "lessons are open" in line), None)
        took = time.perf_counter() - begin
        process.terminate()
        process.communicate()
    return took


def main():
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder, course = Path(name), Path(name, "course")
        course.mkdir()
        copy_checkout(course)
        variables = os.environ | {
            "UV_CACHE_DIR": str(folder / "cache"),
            "PIP_NO_CACHE_DIR": "1",
        }
        print(f"pip install jupyterlab {seconds_of_pip(folder):5.1f} s")
        for words in ("first start", "second start", "third start"):
            print(f"{words:<22} {seconds_of_lab(course, variables):5.1f} s")
        size = sum(
            p.stat().st_size for p in (course / ".venv").rglob("*") if not p.is_symlink()
        )
        print(f".venv {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
