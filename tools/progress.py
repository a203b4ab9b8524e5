"""A pytest plugin that shows what is being tested, by name, and tells failures in words."""

import os
import re
import sys

import pytest

# nbval's imports end in jsonschema, which builds 38 grammars for addresses in foreign alphabets
# where it finds this package: two seconds in every process, and notebooks need none of them
sys.modules.setdefault("rfc3987_syntax", None)  # pyright: ignore[reportArgumentType]

# the variable that says in words how this machine differs from where the outputs were made
VARIABLE = "COURSE_DIFFERENCES"
ROOMS = (
    ("notebooks/", "lessons"),
    ("tests/lessons/", "lessons"),
    ("tests/browser/", "browser"),
    ("tests/exercises/", "exercises"),
    ("tests/tools/", "environment"),
    ("tests/", "library"),
)
STEP = 0.1  # of a room's tests: how often a line is printed where lines cannot be rewritten
CELL = re.compile(r"notebooks/((\w+?)_(\w+)|\w+)\.ipynb::Cell (\d+)")


def room_of(node: str) -> str:
    """Return the room that a test belongs to, for people: "library", "lessons", ..."""
    return next((room for start, room in ROOMS if node.startswith(start)), "other")


def in_words(node: str) -> str:
    """Say where a test stands: the lesson and the cell, or the name of the test in words."""
    if found := CELL.search(node):
        number, title = found[2], (found[3] or found[1]).replace("_", " ")
        lesson = f"lesson {number}, {title}" if found[2] else title
        return f"{lesson}: code cell {int(found[4]) + 1}"
    path, _, name = node.partition("::")
    return f"{room_of(node)}: {name.replace('_', ' ')} ({path})"


def reason(report) -> str:
    """Return one line on why a test failed."""
    text = report.longreprtext
    if "Cell outputs differ" in text:
        return "its output differs from the stored one"
    lines = [line[1:].strip() for line in text.splitlines() if line.startswith("E  ")]
    return lines[0] if lines else (text.strip().splitlines() or ["no reason given"])[-1]


class Progress:
    """Counts tests by room, and prints how far each has come."""

    def __init__(self, reporter):
        self.reporter, self.total, self.done, self.failed = reporter, {}, {}, []
        self.rewrites = sys.stdout.isatty()

    def expect(self, nodes) -> None:
        """Take the names of all tests that will run; the first list counts."""
        if not self.total:
            for node in nodes:
                self.total[room_of(node)] = self.total.get(room_of(node), 0) + 1

    def line(self, rooms) -> str:
        """Return how far some rooms have come."""
        return " · ".join(
            f"{room} {self.done.get(room, 0)} of {self.total[room]}" for room in rooms
        )

    def finish(self, node: str) -> None:
        """Count a test as done, and print a line where there is news."""
        room = room_of(node)
        total, done = self.total.get(room, 0), self.done.get(room, 0) + 1
        self.done[room] = done
        if not total:
            return
        if self.rewrites:
            self.reporter.rewrite(self.line(self.total), erase=True)
        elif done == total or int(done / total / STEP) > int((done - 1) / total / STEP):
            self.reporter.write_line(self.line([room]))

    # --- what pytest calls ------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node, ids):
        """Count the tests, where workers collect them."""
        self.expect(ids)

    def pytest_collection_finish(self, session):
        """Count the tests, where this process collects them."""
        self.expect(item.nodeid for item in session.items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """Print no dots."""
        if self.reporter.verbosity > 0 or report.when != "call":
            return None
        return report.outcome, "", report.outcome.upper()

    def pytest_runtest_logreport(self, report):
        """Count a test when it has ended, and tell a failure at once."""
        if report.failed:
            self.failed.append((report.nodeid, reason(report)))
            self.reporter.ensure_newline()
            self.reporter.write_line("✗ " + in_words(report.nodeid), red=True)
        if report.when == "teardown":
            self.finish(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter):
        """Say in the last lines what failed, and what may be the reason."""
        if not self.failed:
            return
        terminalreporter.section("what failed, in words")
        for node, why in self.failed:
            terminalreporter.write_line(f"✗ {in_words(node)}: {why}")
        terminalreporter.write_line(os.environ.get(VARIABLE, ""))


@pytest.hookimpl(trylast=True)  # the terminal's reporter comes first
def pytest_configure(config):
    """Show progress in the process that a person sees."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(reporter), "course-progress")
