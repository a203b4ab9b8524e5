"""Build the notebooks: read each source, execute it, write it with its outputs."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from course_lib._files import write_whole
from tools import variations
from tools.notebook_execution import CELL_TIMEOUT, CellFailure, Kernels, execute
from tools.notebook_format import notebook_bytes, notebook_from_source
from tools.notebook_outputs import normalize, problems
from tools.published import repository, with_address
from tools.workspace import find_lesson

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SOURCES = NOTEBOOKS / "source"


class BuildError(Exception):
    """One lesson could not be built; the message says where and why."""


def find_sources(lessons: Iterable[str], folder: Path = SOURCES) -> list[Path]:
    """Return the sources that names such as ``1`` or ``01_chain_rule`` mean, or all of them.

    Each comes once, in order of name.

    Raises
    ------
    CourseError
        If a name means no lesson.
    """
    known = sorted(folder.glob("*.md"))
    wanted = [find_lesson(lesson, known) for lesson in lessons]
    return [path for path in known if path in wanted] if wanted else known


def build_lesson(
    source: Path,
    kernels: Kernels,
    on_cell: Callable[[], object] = lambda: None,
    cell_timeout: int = CELL_TIMEOUT,
) -> NotebookNode:
    """Return one lesson executed (see `execute`) and normalized, fit to be published.

    Raises
    ------
    BuildError
        If a cell fails, or an output holds what must not be published.
    """
    notebook = notebook_from_source(source)
    try:
        execute(notebook, NOTEBOOKS, kernels, on_cell, cell_timeout)
    except CellFailure as failure:
        raise BuildError(_explain(source, notebook, failure)) from failure
    finished = normalize(_with_own_metadata(notebook, source))
    finished = with_address(finished, repository())
    if faults := problems(finished):
        raise BuildError("\n".join(f"{source.stem}: {fault}" for fault in faults))
    return finished


def build(
    sources: list[Path], output_dir: Path, jobs: int, cell_timeout: int = CELL_TIMEOUT
) -> list[str]:
    """Build lessons, some at a time, each with a kernel of its own; say what went wrong.

    A lesson that fails leaves its old notebook; one whose cell takes too long is tried once
    more. There is one message for each lesson that failed, in order of lesson.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be >= 1, got {jobs}")
    output_dir.mkdir(parents=True, exist_ok=True)
    kernels, pool = Kernels(), ThreadPoolExecutor(jobs)
    with tqdm(total=_count_cells(sources), desc="Building", unit="cell", leave=False) as bar:
        rest = (output_dir, kernels, bar.update, cell_timeout)
        try:
            futures = [pool.submit(_build_one, path, *rest) for path in sources]
            failures = [future.result() for future in futures]
        finally:
            kernels.kill()
            pool.shutdown(cancel_futures=True)
    return [failure for failure in failures if failure]


def main(options: argparse.Namespace) -> int:
    """Build the lessons that the command line asks for and return the exit status."""
    if options.instructor:
        from tools import instructor  # it imports what other builds do without

        return instructor.main(options)
    sources = find_sources(options.lessons, options.source_dir or SOURCES)
    folder, jobs = options.output_dir or NOTEBOOKS, options.jobs or os.cpu_count() or 1
    try:
        failures = build(sources, folder, jobs)
    except KeyboardInterrupt:
        print("Interrupted: notebooks already written are whole, the rest are as they were.")
        return 130
    for failure in failures:
        print(f"{failure}\nIts notebook was left as it was.\n", file=sys.stderr)
    variations.note_processor(folder / variations.MADE_WITH.name)
    print(f"Built {len(sources) - len(failures)} of {len(sources)} notebooks.")
    return 1 if failures else 0


def _count_cells(sources: list[Path]) -> int:
    cells = [cell for path in sources for cell in notebook_from_source(path).cells]
    return sum(cell.cell_type == "code" for cell in cells)


def _build_one(source: Path, output_dir: Path, *execution) -> str:
    try:
        notebook = _build_with_one_retry(source, *execution)
    except BuildError as error:
        return str(error)
    write_whole(output_dir / f"{source.stem}.ipynb", notebook_bytes(notebook))
    return ""


def _build_with_one_retry(source: Path, *execution) -> NotebookNode:
    try:
        return build_lesson(source, *execution)
    except BuildError as error:
        if not getattr(error.__cause__, "timed_out", False):
            raise
        tqdm.write(f"{error}\nKernels stall now and then: trying {source.stem} once more.")
        return build_lesson(source, *execution)


def _with_own_metadata(notebook: NotebookNode, source: Path) -> NotebookNode:
    own = notebook_from_source(source).metadata
    if "widgets" in notebook.metadata:
        own["widgets"] = notebook.metadata.widgets
    notebook.metadata = own
    return notebook


def _explain(source: Path, notebook: NotebookNode, failure: CellFailure) -> str:
    cell = notebook.cells[failure.cell_index]
    line = cell.source.splitlines()[failure.line - 1]
    before, _, _ = source.read_text(encoding="utf-8").partition(cell.source)
    number = before.count("\n") + failure.line
    return (
        f"{source.stem}, cell {cell.id.rsplit('-', 1)[1]}, line {failure.line} "
        f"(source/{source.name}:{number}):\n    {line.strip()}\n{failure.error}"
    )
