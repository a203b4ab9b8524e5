"""A pytest plugin that notes which tests failed, and whether it was a notebook that stalled."""

import json
import os
import re

VARIABLE = "COURSE_FAILURES"
STALLED = re.compile(r"Timeout of [\d.]+ seconds exceeded|Timed out waiting for idle kernel")

# where to note failures; taken away so that processes started from here note nothing
_PATH = os.environ.pop(VARIABLE, None)


def pytest_runtest_logreport(report) -> None:
    """Note a failed test."""
    if report.failed and _PATH:
        note(_PATH, report.nodeid, report.longreprtext)


def note(path, node: str, text: str) -> None:
    """Add a line about one failed test to the file."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps([node, bool(STALLED.search(text))]) + "\n")


def stalled_notebooks(path) -> list:
    """Return the notebooks to run again: all failures were cells that reached the timeout.

    A kernel now and then stops answering after a cell that has finished. If anything else
    failed there is nothing to gain from a second run, and the list is empty.
    """
    failed = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    notebooks = {node.partition("::")[0] for node, _ in failed}
    stalled = all(timed_out for _, timed_out in failed)
    is_all = stalled and all(name.endswith(".ipynb") for name in notebooks)
    return sorted(notebooks) if is_all else []
