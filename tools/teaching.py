"""Notes for those who teach a lesson, from ``notebooks/teaching``, beside its sections.

A note stands under the heading of its section, or under the name of an exercise, begins with
its minutes, and goes on in Markdown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from tools.failures import CourseError

NOTES = Path(__file__).resolve().parents[1] / "notebooks" / "teaching"
TAG = "instructor"
STATED = re.compile(r"\*\*Time:\*\* about (\d+) minutes")
CHECK = re.compile(r"""\bcheck\(\s*["'](\w+)["']""")
_NOTE = re.compile(r"^(#{2,3}) (.+)\n(\d+) minutes?(, optional)?\n", re.MULTILINE)
_CUT = re.compile(r"\*\*Cut (\d+) minutes?:\*\* (.+)")
_HEADING = re.compile(r"^## (.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Note:
    """What to say and ask at one place of a lesson.

    Attributes
    ----------
    place : str
        The section's heading, or the exercise's name.
    is_exercise : bool
        Whether it belongs to an exercise.
    minutes : int
        How long learners need there, without the exercises of the section.
    text : str
        Markdown.
    is_optional : bool
        Whether the time that the lesson states is without it.
    """

    place: str
    is_exercise: bool
    minutes: int
    text: str
    is_optional: bool = False

    @property
    def cut(self) -> tuple[int, str]:
        """The minutes that can be saved here, and how; 0 and "" if none."""
        found = _CUT.search(self.text)
        return (int(found[1]), found[2]) if found else (0, "")


@dataclass(frozen=True)
class Slot:
    """One note at its place in the lesson.

    Attributes
    ----------
    note : Note
    cell : int
        Which cell of the lesson it follows.
    begin : int
        Minutes from the lesson's start.
    """

    note: Note
    cell: int
    begin: int

    @property
    def end(self) -> int:
        """Minutes from the lesson's start to this part's end; what is optional takes none."""
        return self.begin + (0 if self.note.is_optional else self.note.minutes)


def read_notes(path: Path) -> list[Note]:
    """Return the notes of a file in their order.

    Raises
    ------
    CourseError
        If a heading is not followed by its minutes.
    """
    text = path.read_text(encoding="utf-8")
    found = list(_NOTE.finditer(text))
    headings = re.findall(r"^#{2,3} .+$", text, re.MULTILINE)
    if len(found) != len(headings):
        known = {f"{match[1]} {match[2]}" for match in found}
        bare = [heading for heading in headings if heading not in known]
        raise CourseError(
            f"{path.name} gives no minutes below: {', '.join(bare) or headings}.",
            'write a line such as "5 minutes" below each heading.',
        )
    ends = [match.start() for match in found[1:]] + [len(text)]
    notes = []
    for match, end in zip(found, ends, strict=True):
        hashes, place, minutes, optional = match.groups()
        told = text[match.end() : end].strip()
        notes.append(Note(place, hashes == "###", int(minutes), told, bool(optional)))
    return notes


def notes_of(lesson: str, folder: Path = NOTES) -> list[Note]:
    """Return the notes of a lesson such as ``01_chain_rule``."""
    return read_notes(folder / f"{lesson.partition('_')[0]}.md")


def split_at_headings(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells, each text cell cut before and after the headings of sections.

    A heading is then a cell of its own, which a note can follow. The notebook stays as it is.
    """
    cells = []
    for cell in notebook.cells:
        parts = [cell.source]
        if cell.cell_type == "markdown":
            parts = re.split(r"(?m)^(## .+)$", cell.source)
        kept = [part.strip("\n") for part in parts if part.strip()]
        for number, part in enumerate(kept):
            name = cell.id if len(kept) == 1 else f"{cell.id}-{number}"
            cells.append(type(cell)(cell | {"source": part, "id": name}))
    return cells


def place_of(cell: NotebookNode) -> str | None:
    """Return the section that a cell opens or the exercise that it checks; None for others."""
    found = (_HEADING if cell.cell_type == "markdown" else CHECK).search(cell.source)
    return found[1] if found else None


def schedule(cells: list[NotebookNode], notes: list[Note], lesson: str) -> list[Slot]:
    """Return the notes at their places among `split_at_headings`, with when they begin.

    Raises
    ------
    CourseError
        If a note belongs to no place of the lesson, or to one before the note before it.
    """
    slots, begin, after = [], 0, 0
    for note in notes:
        places = range(after, len(cells))
        cell = next((i for i in places if place_of(cells[i]) == note.place), None)
        if cell is None:
            raise CourseError(
                f'The notes of lesson {lesson} name "{note.place}", which is not there.',
                f"mend notebooks/teaching/{lesson[:2]}.md, or build the lesson.",
            )
        slots.append(Slot(note, cell, begin))
        begin, after = slots[-1].end, cell + 1
    return slots


def stated_minutes(notebook: NotebookNode) -> int:
    """Return how long the lesson says that it takes; 0 where it does not."""
    stated = STATED.search(notebook.cells[0].source)
    return int(stated[1]) if stated else 0
