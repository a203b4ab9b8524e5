"""Run every test: pytest over ``tests``, and nbval over the built notebooks."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import lockfile, newer_python, progress, stalls, variations
from tools.variables import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]
SANITIZE = Path("tests", "lessons", "nbval_sanitize.cfg")
CELL_TIMEOUT = 60
PLUGINS = ("tools.stalls", "tools.nudge", "tools.longest_first", "tools.progress")
QUICK_MARK = "@pytest." + "mark.quick"
CLAIMS = "test_claims_*.py"


def notebook_mode(differences) -> tuple:
    """Return nbval's flag and the sentence that says what it does.

    Outputs are compared exactly only where the packages are the lock's.
    """
    if not differences:
        return "--nbval", "Notebooks: outputs are compared (the packages are the lock's)."
    more = f" and {len(differences) - 1} more" if len(differences) > 1 else ""
    reason = differences[0] + more
    return "--nbval-lax", f"Notebooks: run without comparing outputs ({reason})."


def worker_count() -> int:
    """Return the number of test processes: the processors and one, at most four.

    Some of them wait, for a browser, a server, an installation.
    """
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_command(mode: str, paths, rest=()) -> list:
    """Return the command that tests the paths; what is in ``rest`` comes last and wins."""
    return [
        *(sys.executable, "-m", "pytest", *paths),
        *(word for plugin in PLUGINS for word in ("-p", plugin)),
        *(mode, "--nbval-current-env", f"--nbval-sanitize-with={SANITIZE}"),
        *(
            f"--nbval-cell-timeout={CELL_TIMEOUT}",
            "-rsfE",
            "-o",
            "console_output_style=classic",
        ),
        *("-n", str(worker_count()), "--dist", "loadfile", "--no-loadscope-reorder", *rest),
    ]


def default_paths(rest) -> list:
    """Return what to test: everything, unless ``rest`` names files, folders or tests.

    A name (``-k``) selects tests; notebooks run only where they are asked for by their path.
    """
    named = any((ROOT / word.partition("::")[0]).exists() for word in rest if word[:1] != "-")
    if named:
        return []
    return ["tests"] if any(word.startswith("-k") for word in rest) else ["tests", "notebooks"]


def quick_paths() -> list:
    """Return the test files that hold what an instructor runs the evening before."""
    files = sorted(Path("tests").rglob("test_*.py"))
    return [str(path) for path in files if QUICK_MARK in path.read_text(encoding="utf-8")]


def variables_for_tests(oracles: bool) -> dict:
    """Return the process environment of the tests: one thread for each process."""
    variables = dict(os.environ) | ONE_THREAD
    return variables | ({"COURSE_ORACLES": "1"} if oracles else {})


def run(mode: str, variables, paths, rest=()) -> int:
    """Run pytest; where a notebook stalled and nothing else failed, run it once more."""
    with tempfile.TemporaryDirectory() as folder:
        failures = Path(folder, "failures")
        failures.touch()
        command = pytest_command(mode, paths, rest)
        noting = variables | {stalls.VARIABLE: str(failures)}
        status = subprocess.run(command, env=noting).returncode
        again = stalls.stalled_notebooks(failures) if status == 1 and not rest else []
    if not again:
        return status
    print(
        f"\nEverything passed but {', '.join(again)}: a cell reached the timeout of "
        f"{CELL_TIMEOUT} s. Running that once more; the result below decides.",
        flush=True,
    )
    return subprocess.run(pytest_command(mode, again), env=variables).returncode


def claims() -> list:
    """Return what has to hold under every variation: what lessons show, and what they claim.

    These tests execute each lesson once, in their own process.
    """
    return sorted(str(path) for path in Path("tests").rglob(CLAIMS))


def run_varied(chosen, mode: str, variables, paths, rest=()) -> list:
    """`run` the paths once under each variation; return the names of those that failed."""
    failed = []
    for variation in chosen:
        print(f"\nOnce more: {variation.name}.", flush=True)
        varied = variables | variation.variables
        if progress.VARIABLE in variables:
            varied[progress.VARIABLE] = f"This was the run with: {variation.name}."
        if run(mode, varied, paths, rest):
            failed.append(variation.name)
    return failed


def run_elsewhere(options, mode: str, variables) -> list:
    """Run the lessons under the variations asked for; return the names of those that failed.

    Where a newer Python was asked for and is here, it takes the last of them: a run under it
    and with another arithmetic at once finds what hangs on either.
    """
    chosen = chosen_variations(options)
    newer = newer_python.found() if options.newest_python else None
    last = chosen.pop() if newer and chosen else variations.Variation("as it is")
    failed = run_varied(chosen, mode, variables, claims())
    if newer and newer_python.test(newer, claims(), dict(os.environ) | last.variables):
        failed.append(f"newest Python, {last.name}")
    return failed


def main(options) -> int:
    """Run the tests that the command line asks for; return an exit status."""
    differences = lockfile.differences()
    mode, sentence = notebook_mode(differences)
    print(sentence, flush=True)
    os.chdir(ROOT)
    variables = variables_for_tests(options.oracles)
    variables[progress.VARIABLE] = where_it_differs(differences)
    if options.quick:
        return run(mode, variables, quick_paths(), ["-m", "quick", *options.rest])
    status = run(mode, variables, default_paths(options.rest), options.rest)
    if status:
        return status
    failed = run_elsewhere(options, mode, variables)
    if failed:
        print(f"\nFailed under other circumstances: {'; '.join(failed)}.", flush=True)
    return int(bool(failed))


def where_it_differs(differences) -> str:
    """Return in words how packages and processor differ from where the outputs were made."""
    packages = "; ".join(differences) or "the packages are those of the lock"
    processor = variations.processor_difference() or "so is the way the processor computes"
    return f"Where the outputs were made, {packages}; {processor}."


def chosen_variations(options) -> list:
    """Return the variations that the command line asks for, beside the run as it is."""
    chosen = []
    if options.arithmetics:
        found, sentence = variations.arithmetics()
        print(f"\n{sentence}", flush=True)
        chosen += found[1:]
    return chosen + (variations.nudges() if options.nudged else [])
