"""A day's plan from the minutes of lessons: when what begins, breaks, and checkpoints."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.teaching import Note, Slot

BREAK, LUNCH = 15, 60
AT_A_STRETCH = 60  # minutes: a break comes at the first section after so long
ARRIVAL, BRIDGE = 10, 5
ARRIVING = "arrival, and `python3 course.py doctor` for everybody"
BRIDGING = "what was left out (below)"
LUNCH_FROM, LUNCH_TO = 11.5 * 60, 13.5 * 60  # minutes from midnight
AFTERNOON = 90  # minutes: a session that ends sooner has no lunch
NEAR_THE_END = 30  # minutes: no break comes where less is left
# (title, the sessions: when each begins and ends at the latest, and its lessons)
PLANS = (
    ("Half a day", (("09:00", "12:45", ("00", "01", "07")),)),
    ("One day", (("09:00", "17:15", ("00", "01", "03", "05", "07")),)),
    (
        "Three evenings",
        (
            ("18:00", "21:20", ("00", "01", "03")),
            ("18:00", "21:00", ("05",)),
            ("18:00", "21:00", ("06", "07")),
        ),
    ),
)
_KEEP = re.compile(r"\*\*Keep:\*\* (.+)")
_WITHOUT = re.compile(r"\*\*Without lesson (\d\d):\*\* (.+)")


@dataclass(frozen=True)
class Entry:
    """One line of a plan.

    Attributes
    ----------
    begin, minutes : int
        Minutes from midnight, and how long it takes.
    lesson : str
        Its two digits; "" for a break.
    what : str
        The section or exercise, or the kind of break.
    """

    begin: int
    minutes: int
    lesson: str
    what: str


def clock(minutes: int) -> str:
    """Return minutes from midnight as the ``09:05`` of a clock."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def from_midnight(time: str) -> int:
    """Return the minutes from midnight of a time such as "09:05"."""
    hours, minutes = map(int, time.split(":"))
    return hours * 60 + minutes


def cuts(lessons: dict[str, list[Slot]]) -> list[tuple[str, Note]]:
    """Return the lesson and note of what can be cut, the most minutes first."""
    found = [
        (lesson, slot.note)
        for lesson, slots in lessons.items()
        for slot in slots
        if slot.note.cut[0] and not slot.note.is_optional
    ]
    return sorted(found, key=lambda cut: -cut[1].cut[0])


def session(
    start: str, end: str, lessons: dict[str, list[Slot]]
) -> tuple[list[Entry], list[tuple[str, Note]]]:
    """Return a session's entries, and what is cut so that it ends in time.

    ``lessons`` are schedules by a lesson's two digits, in order.
    """
    left, cut = cuts(lessons), []
    while ends(entries := entries_without(cut, start, lessons)) > from_midnight(end) and left:
        cut.append(left.pop(0))
    return entries, cut


def ends(entries: list[Entry]) -> int:
    """Return when the last entry ends."""
    return entries[-1].begin + entries[-1].minutes


def entries_without(
    cut: list[tuple[str, Note]], start: str, lessons: dict[str, list[Slot]]
) -> list[Entry]:
    """Return a session's entries with breaks before sections, and these cuts."""
    notes = [
        (lesson, note)
        for lesson, slots in lessons.items()
        for note in (*_before(lesson, lessons), *(slot.note for slot in slots))
        if not note.is_optional
    ]
    parts = [(lesson, note, note.minutes - ((lesson, note) in cut) * note.cut[0])
             for lesson, note in notes]  # fmt: skip
    parts = [part for part in parts if part[2]]
    now = rested = from_midnight(start)
    left = sum(minutes for _, _, minutes in parts)
    entries = []
    for lesson, note, minutes in parts:
        may_rest = not note.is_exercise and note.place != "Recap" and left >= NEAR_THE_END
        if now - rested >= AT_A_STRETCH and may_rest:
            had = any(entry.what == "Lunch" for entry in entries)
            is_lunch = LUNCH_FROM <= now <= LUNCH_TO and left >= AFTERNOON and not had
            what, pause = ("Lunch", LUNCH) if is_lunch else ("Break", BREAK)
            entries.append(Entry(now, pause, "", what))
            now = rested = now + pause
        what = f"exercise: `{note.place}`" if note.is_exercise else note.place
        entries.append(Entry(now, minutes, lesson, what))
        now += minutes
        left -= minutes
    return entries


def _before(lesson: str, lessons: dict[str, list[Slot]]) -> list[Note]:
    """Return what a session needs before a lesson: an arrival, and what was left out."""
    notes = [Note(ARRIVING, False, ARRIVAL, "")] if lesson == "00" else []
    if left_out(lesson, lessons):
        notes.append(Note(BRIDGING, False, BRIDGE, ""))
    return notes


def left_out(lesson: str, lessons: dict[str, list[Slot]]) -> str:
    """Return what has to be said where the lesson before this one is left out, else ""."""
    found = _WITHOUT.search(lessons[lesson][0].note.text)
    return found[2] if found and found[1] not in lessons else ""


def checkpoint(entries: list[Entry], at: int, lessons: dict[str, list[Slot]]) -> str:
    """Return what everybody has seen before the entry at a place, and the way back in."""
    before, *following = entries[at - 1], *entries[at + 1 :]
    after = next(entry for entry in following if entry.what != BRIDGING)
    notes = [slot.note for slot in lessons[before.lesson]]
    exercise = before.what.removeprefix("exercise: ")
    places = (before.what, exercise[1:-1])
    done = next((i for i, note in enumerate(notes) if note.place in places), -1)
    kept = [match[1] for note in notes[: done + 1] if (match := _KEEP.search(note.text))]
    seen = f"seen, in lesson {before.lesson}: {kept[-1] if kept else f'“{before.what}”.'}"
    if exercise != before.what:
        seen = f"solved {exercise} of lesson {before.lesson}."
    return (
        f"At {clock(entries[at].begin)} everybody has {seen} "
        f"Who is behind opens lesson {after.lesson}, selects the heading “{after.what}”, "
        "chooses *Run → Run All Above Selected Cell*, and goes on: exercises that were not "
        "solved use the reference."
    )


def session_text(start: str, end: str, lessons: dict[str, list[Slot]]) -> str:
    """Return a session as Markdown: a table, its checkpoints, and what is cut."""
    entries, cut = session(start, end, lessons)
    rows = ["| at | minutes | lesson | what |", "| --- | --- | --- | --- |"]
    rows += [f"| {clock(e.begin)} | {e.minutes} | {e.lesson} | {e.what} |" for e in entries]
    rows.append(f"| {clock(ends(entries))} | | | End |")
    said = {lesson: left_out(lesson, lessons) for lesson in lessons}
    bridges = [f"- Before lesson {lesson}: {text}" for lesson, text in said.items() if text]
    if bridges:
        rows += ["", "Left out, and said in five minutes:", "", *bridges]
    rows += ["", "Checkpoints:", ""]
    rows += [
        f"- {checkpoint(entries, i, lessons)}" for i, e in enumerate(entries) if not e.lesson
    ]
    if cut:
        rows += ["", "Cut, so that it fits:", ""]
    for lesson, note in cut:
        minutes, how = note.cut
        rows.append(f"- Lesson {lesson}, “{note.place}”, {minutes} min saved: {how}")
    return "\n".join(rows)


def plan_text(schedules: dict[str, list[Slot]]) -> str:
    """Return all plans as one page of Markdown, from the schedules of all lessons."""
    parts = [
        "# Plans\n\nComputed from the minutes of the sections; move the start as you like. "
        "Left out is what a lesson states as optional, and, where a session would end late, "
        "what the notes offer to cut (named below each session, so that minutes are fewer than "
        "a lesson's). Lessons 08 to 12 are for a seminar: one a week, with the minutes below."
    ]
    for title, sessions in PLANS:
        parts.append(f"## {title}")
        for number, (start, end, names) in enumerate(sessions, start=1):
            if len(sessions) > 1:
                parts.append(f"### Session {number}")
            parts.append(session_text(start, end, {name: schedules[name] for name in names}))
    minutes = [f"| {name} | {slots[-1].end} |" for name, slots in schedules.items()]
    parts.append("## All lessons\n\n| lesson | minutes |\n| --- | --- |\n" + "\n".join(minutes))
    return "\n\n".join(parts) + "\n"


def write_plan(schedules: dict[str, list[Slot]], folder: Path) -> Path:
    """Write the plans into a folder and return the file."""
    path = folder / "plan.md"
    path.write_text(plan_text(schedules), encoding="utf-8")
    return path
