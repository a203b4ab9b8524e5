"""The instructor's edition: lessons with notes and folded solutions, plans, handouts."""

import argparse
import re
from copy import deepcopy

import nbformat
import numpy as np
from nbformat import NotebookNode

from course_lib._files import write_whole
from course_lib.exercises import exercises
from course_lib.exercises.engine.model import Exercise, Mistake
from course_lib.exercises.engine.source import without_docstring
from tools import handout, teaching
from tools.notebook_format import notebook_bytes
from tools.plan import write_plan
from tools.teaching import Slot
from tools.workspace import NOTEBOOKS, ROOT, find_lesson

OUTPUT = ROOT / "build" / "instructor"
TOLD = 4  # mistakes of an exercise that are explained at most


def instructor_notebook(notebook: NotebookNode) -> tuple[NotebookNode, list[Slot]]:
    """Return a copy of a lesson with its notes, and what is taught when.

    Each note is a cell with the tag ``instructor``, behind a heading or an exercise's check.
    """
    lesson = notebook.metadata.course.lesson
    cells = teaching.split_at_headings(notebook)
    slots = teaching.schedule(cells, teaching.notes_of(lesson), lesson)
    by_cell = {slot.cell: slot for slot in slots}
    edition = nbformat.v4.new_notebook(metadata=notebook.metadata)
    for number, cell in enumerate(cells):
        edition.cells.append(cell)
        if slot := by_cell.get(number):
            edition.cells.append(note_cell(slot, f"{cell.id}-note"))
    return edition, slots


def note_cell(slot: Slot, name: str) -> NotebookNode:
    """Return the cell with a note."""
    note = slot.note
    when = "optional" if note.is_optional else f"minutes {slot.begin} to {slot.end}"
    head = f"**Teaching · {note.minutes} min · {when}**"
    parts = [head, note.text, exercise_text(note.place) if note.is_exercise else ""]
    metadata = {"tags": [teaching.TAG], "minutes": note.minutes}
    source = "\n\n".join(part for part in parts if part)
    return nbformat.v4.new_markdown_cell(source, metadata=metadata, id=name)


def exercise_text(name: str) -> str:
    """Return an exercise's solution and its common mistakes, folded."""
    exercise = exercises()[name]
    solution = f"```python\n{without_docstring(exercise.solution).strip()}\n```"
    told, bare = [], []
    for mistake in exercise.mistakes:
        if len(told) < TOLD and (said := sentence(exercise, mistake)):
            told.append(f"- **{capital(mistake.name)}:** {said}")
        else:
            bare.append(mistake.name)
    if bare:
        told.append(f"- {'Others' if told else 'They are'}: {'; '.join(bare)}.")
    folded = (("A solution", solution), ("Common wrong answers", "\n".join(told)))
    return "\n\n".join(
        f"<details><summary>{title}</summary>\n\n{body}\n\n</details>" for title, body in folded
    )


def sentence(exercise: Exercise, mistake: Mistake) -> str:
    """Return what a mistake's example is told in the first case; "" if nothing."""
    case = exercise.cases(np.random.default_rng(0))[0]
    with np.errstate(all="ignore"):
        # few words, without numbers, are said to an answer that is None
        for give in (lambda *_: None, mistake.function):
            try:
                answer, expected = give(*deepcopy(case)), exercise.reference(*deepcopy(case))
                said = capital(mistake.explain(case, answer, expected))
                if "None" not in said:
                    return said.replace("\n", "\n  ")  # it stands in a list
            except Exception:  # an explanation may need another case
                continue
    return ""


def capital(text: str) -> str:
    """Return a text that begins with a capital letter; code and symbols stay."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z]{2,}([ ,'-]|$)|a ", text) else text


def main(options: argparse.Namespace) -> int:
    """Write the edition of the lessons that are asked for; plans are of all lessons."""
    known = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    wanted = [find_lesson(name, known) for name in options.lessons] or known
    folder = options.output_dir or OUTPUT
    folder.mkdir(parents=True, exist_ok=True)
    schedules, pages = {}, []
    for path in known:
        edition, slots = instructor_notebook(nbformat.read(path, as_version=4))
        schedules[path.name[:2]] = slots
        if path in wanted:
            print(f"{path.stem}: {len(slots)} notes, {slots[-1].end} minutes", flush=True)
            write_whole(folder / path.name, notebook_bytes(edition))
            pages.append(handout.write_page(edition, folder / "handouts"))
    write_plan(schedules, folder)
    said = handout.print_pages(pages)
    written = f"{len(wanted)} of {len(known)} lessons, plan.md and {said}"
    print(f"{written} are in {folder}.")
    return 0
