"""Run a lesson as somebody does who solves each exercise, and keep all that it computed."""

import linecache
import re
from functools import cache
from pathlib import Path

from course_lib.exercises import exercises
from course_lib.exercises.engine.source import without_docstring
from tools.notebook_format import notebook_from_source

SOURCES = Path(__file__).parents[2] / "notebooks" / "source"


@cache
def lesson(name):
    """Run a lesson as somebody does who solves each exercise as `solution` shows; return all.

    (Untouched, the lessons are run by nbval.)
    """
    namespace, results = {"__name__": "__main__"}, []
    linecache.clearcache()
    for i, cell in enumerate(notebook_from_source(SOURCES / f"{name}.md").cells):
        if cell.cell_type == "code":
            run_cell(f"{name}, cell {i}", cell.source, namespace)
            stub = re.match(r"def (\w+)\(", cell.source)
            if stub and stub[1] in exercises():
                code = without_docstring(exercises()[stub[1]].solution)
                run_cell(f"{name}, {stub[1]}", code, namespace)
                results.append(stub[1])
    namespace["solved here"] = results
    return namespace


def run_cell(title, code, namespace):
    """Run code so that its source can be looked up, as in a notebook."""
    linecache.cache[title] = (len(code), None, code.splitlines(keepends=True), title)
    exec(compile(code, title, "exec"), namespace)


def assert_it_goes_on_with_the_solutions(name):
    """Run a lesson, and see that every function solved in it is used under another name."""
    namespace = lesson(name)
    assert namespace["solved here"]
    for solved in namespace["solved here"]:
        own = namespace[solved]
        assert any(value is own for key, value in namespace.items() if key != solved), solved
