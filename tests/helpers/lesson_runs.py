"""Run a lesson as somebody does who solves each exercise, and keep all that it computed.

This is the one execution in a process that claims and outputs are judged by. (Untouched, in a
kernel, the lessons are run by nbval.)
"""

import functools
import re
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from types import ModuleType
from unittest import mock

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from lesson_pages import ROOT, locked_only, read
from nbval.plugin import get_sanitize_patterns
from tied_numbers import number_in, tied_numbers
from traitlets import Type
from traitlets.config import Config

from course_lib.exercises import exercises
from course_lib.exercises.engine.source import without_docstring
from course_lib.figures import display
from course_lib.predictions import by_lesson
from tools.notebook_format import notebook_from_source
from tools.run_tests import SANITIZE

SOURCES = ROOT / "notebooks" / "source"
COMPARED = ("text/plain", "text/html")  # of what is displayed; pictures are in the HTML
MAY_DIFFER = "nbval-ignore-output"  # the tag of a cell that may show something else
BAR = "PROGRESS BAR"  # what the rules make of one
# what depends on whether the exercises are solved: verdicts, and the table of what is done
OF_THE_LEARNER = re.compile(r"\b(check|progress)\(")


class _Hook(DisplayHook):
    """Keeps what a cell's last expression shows beside what it displays."""

    def write_output_prompt(self):
        """Write nothing."""

    def write_format_data(self, format_dict, md_dict=None):
        """Keep the formats."""
        self.shell.display_pub.outputs.append({"data": format_dict})

    def update_user_ns(self, result):
        """Keep no history."""


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(CapturingDisplayPublisher)


@contextmanager
def _shell():
    """Yield an IPython of its own, as a kernel has one, and leave no trace of it."""
    kept, InteractiveShell._instance = InteractiveShell._instance, None
    main, oracle = sys.modules["__main__"], sys.modules.pop("torch", None)
    options = Config({"HistoryManager": {"enabled": False}})
    shell = _Shell.instance(user_module=ModuleType("__main__"), config=options)
    try:
        yield shell
    finally:
        _Shell.clear_instance()
        InteractiveShell._instance, sys.modules["__main__"] = kept, main
        if oracle:  # which other tests have imported, and no lesson
            sys.modules["torch"] = oracle


def _run(shell, code):
    """Run one cell; return what it printed, and each of the things it displayed."""
    shell.display_pub.outputs.clear()
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(StringIO()):
        shell.run_cell(code).raise_error()
    return [printed.getvalue(), *map(_displayed, shell.display_pub.outputs)]


def _one_pixel(fig):
    """Draw nothing: pictures are not compared, and nbval's run of the lesson draws them."""
    return np.zeros((1, 1, 3), np.uint8)


def _displayed(output):
    return {key: output["data"][key] for key in COMPARED if key in output["data"]}


def execute(cells, form=None):
    """Run code cells as somebody does who solves each exercise as `solution` shows.

    Parameters
    ----------
    cells : iterable of str
    form : callable, optional
        ``form(exercise, function) -> function``: another form of a solution.

    Returns
    -------
    names : dict
        What the cells defined; "solved here" lists the exercises.
    shown : list of list
        For each cell, what it printed and each of the things it displayed.
    """
    solved, shown = [], []
    with _shell() as shell, mock.patch.object(display, "_pixels", _one_pixel):
        for code in cells:
            shown.append(_run(shell, code))
            stub = re.match(r"def (\w+)\(", code)
            if stub and stub[1] in exercises():
                exercise = exercises()[stub[1]]
                _run(shell, without_docstring(exercise.solution))
                if form:
                    shell.user_ns[stub[1]] = form(exercise, shell.user_ns[stub[1]])
                solved.append(stub[1])
        return shell.user_ns | {"solved here": solved}, shown


def code_of(name):
    """Return the code cells of a lesson's source."""
    cells = notebook_from_source(SOURCES / f"{name}.md").cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


@functools.cache
def _lesson(name):
    return execute(code_of(name))


def _telling(prediction):
    """Say whether a prediction asks for a number that hardly occurs by chance."""
    return (
        not prediction.choices and len(re.sub(r"^[-0.]+|[.]", "", f"{prediction.answer:g}")) > 2
    )


def lesson(name):
    """Run a lesson as somebody does who solves each exercise as `solution` shows; return all.

    Parameters
    ----------
    name : str
        The lesson, as its file is called.

    Returns
    -------
    dict
        The names that its cells defined.
    """
    return _lesson(name)[0]


def names_of(name):
    """Return what expressions about a lesson may use: its names, ``printed`` and ``decades``.

    ``printed(r"growth: (.+)")`` is the first number that the lesson prints there.
    """
    own = {"printed": partial(number_in, printed(name)), "decades": decades, "np": np}
    return own | lesson(name)


def decades(value):
    """Return the powers of ten in the size of a value."""
    return np.log10(np.abs(value))


def printed(name):
    """Return all that the cells of a lesson print."""
    return "".join(texts[0] for texts in _lesson(name)[1])


@functools.cache
def rules():
    """Return nbval's rules, pairs of pattern and replacement: what may differ in an output."""
    return get_sanitize_patterns((ROOT / SANITIZE).read_text(encoding="utf-8"))


def cleaned(text):
    """Return an output without what may differ."""
    return functools.reduce(lambda left, rule: re.sub(*rule, left), rules(), text)


def _stored(cell):
    """Return what a stored cell shows, in the form of `_run`."""
    printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    return [printed, *(_displayed(o) for o in cell.outputs if "data" in o)]


def _comparable(shown):
    """Return (printed, displayed) without what may differ; a progress bar shows nothing."""
    printed, *displayed = shown
    texts = [{key: cleaned(text) for key, text in bundle.items()} for bundle in displayed]
    return cleaned(printed), [bundle for bundle in texts if bundle != {"text/plain": BAR}]


def differing_cells(stored, shown):
    """Return (number of the code cell, stored, shown) where a cell did not show what is stored.

    Parameters
    ----------
    stored : NotebookNode
        A notebook with its outputs.
    shown : list of list
        As `execute` returns it.
    """
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    pairs = enumerate(zip(cells, shown, strict=True), start=1)
    compared = [
        (number, _comparable(_stored(cell)), _comparable(now))
        for number, (cell, now) in pairs
        if not (
            OF_THE_LEARNER.search(cell.source) or MAY_DIFFER in cell.metadata.get("tags", ())
        )
    ]
    return [(number, before, now) for number, before, now in compared if before != now]


class LessonLaws:
    """What holds for the run of every lesson; the subclass names it."""

    name: str

    def test_it_runs_to_its_end_with_the_shown_solutions_and_goes_on_with_them(self):
        names = lesson(self.name)
        assert names["solved here"]
        for solved in names["solved here"]:
            own = names[solved]
            assert any(value is own for key, value in names.items() if key != solved), solved

    def test_what_its_predictions_say_comes_out(self):
        names, told = names_of(self.name), by_lesson().get(self.name[:2], ())
        for prediction in told:
            true = eval(prediction.truth, names)
            if prediction.choices:
                assert true, f"{prediction.name}: not so: {prediction.truth}"
            else:
                assert prediction.response(float(true))[0], f"{prediction.name}: {true}"
                assert prediction.response(prediction.answer)[0], prediction.name

    def test_it_prints_no_number_before_it_asks_for_it(self):
        asked = [p for p in by_lesson().get(self.name[:2], ()) if _telling(p)]
        for number in asked:
            before = next(
                i for i, c in enumerate(code_of(self.name)) if f'predict("{number.name}")' in c
            )
            said = " ".join(shown[0] for shown in _lesson(self.name)[1][:before])
            values = map(float, re.findall(r"-?\d+\.?\d*(?:e[-+]\d+)?", said))
            told = [v for v in values if number.response(v)[0]]
            assert not told, number.name

    def test_its_tied_numbers_are_what_it_computes(self):
        names, source = names_of(self.name), SOURCES / f"{self.name}.md"
        told = by_lesson().get(self.name[:2], ())
        texts = [source.read_text(encoding="utf-8"), *(t for p in told for t in p.texts)]
        tied = [number for text in texts for number in tied_numbers(text)]
        faults = [fault for number in tied if (fault := number.fault(names))]
        assert not faults, "\n".join(faults)

    @locked_only
    def test_every_cell_shows_what_the_notebook_stores(self):
        stored = read(ROOT / "notebooks" / f"{self.name}.ipynb")
        differing = differing_cells(stored, _lesson(self.name)[1])
        lines = [f"code cell {i}:\n stored: {a}\n now: {b}" for i, a, b in differing]
        assert not differing, "\n".join(lines)
