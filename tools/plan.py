"""A day's plan from the minutes of lessons: when what begins, breaks, and checkpoints."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.teaching import Slot

BREAK, LUNCH = 15, 60
AT_A_STRETCH = 70  # minutes: a break comes at the first section after so long
LUNCH_FROM, LUNCH_TO = 11.5 * 60, 13.5 * 60  # minutes from midnight
AFTERNOON = 90  # minutes: a session that ends sooner has no lunch
# (title, the sessions: when each begins, and its lessons)
PLANS = (
    ("Half a day", (("09:00", ("00", "01", "02")),)),
    ("One day", (("09:00", ("00", "01", "02", "03", "04", "05")),)),
    (
        "Three evenings",
        (
            ("18:00", ("00", "01", "02")),
            ("18:00", ("03", "04")),
            ("18:00", ("05", "06")),
        ),
    ),
)
_KEEP = re.compile(r"\*\*Keep:\*\* (.+)")


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


def session(start: str, lessons: dict[str, list[Slot]]) -> list[Entry]:
    """Return a session's entries from a start such as "09:00", with breaks before sections.

    ``lessons`` are schedules by a lesson's two digits, in order.
    """
    hours, minutes = start.split(":")
    now = rested = int(hours) * 60 + int(minutes)
    left = sum(slots[-1].end for slots in lessons.values())
    entries = []
    for lesson, slots in lessons.items():
        for slot in (slot for slot in slots if not slot.note.is_optional):
            if now - rested >= AT_A_STRETCH and not slot.note.is_exercise:
                had = any(entry.what == "Lunch" for entry in entries)
                is_lunch = LUNCH_FROM <= now <= LUNCH_TO and left >= AFTERNOON and not had
                what, pause = ("Lunch", LUNCH) if is_lunch else ("Break", BREAK)
                entries.append(Entry(now, pause, "", what))
                now = rested = now + pause
            entries.append(Entry(now, slot.note.minutes, lesson, slot.note.place))
            now += slot.note.minutes
            left -= slot.note.minutes
    return entries


def checkpoint(entries: list[Entry], at: int, lessons: dict[str, list[Slot]]) -> str:
    """Return what everybody has seen before the entry at a place, and the way back in."""
    before, after = entries[at - 1], entries[at + 1]
    slots = lessons[before.lesson]
    done = next(i for i, slot in enumerate(slots) if slot.note.place == before.what) + 1
    kept = [match[1] for s in slots[:done] if (match := _KEEP.search(s.note.text))]
    seen = kept[-1] if kept else f"“{before.what}”."
    return (
        f"At {clock(entries[at].begin)} everybody has seen, in lesson {before.lesson}: {seen} "
        f"Who is behind opens lesson {after.lesson}, selects the heading “{after.what}”, "
        "chooses *Run → Run All Above Selected Cell*, and goes on: exercises that were not "
        "solved use the reference."
    )


def session_text(start: str, lessons: dict[str, list[Slot]]) -> str:
    """Return a session as Markdown: a table, and its checkpoints."""
    entries = session(start, lessons)
    rows = ["| at | minutes | lesson | what |", "| --- | --- | --- | --- |"]
    rows += [f"| {clock(e.begin)} | {e.minutes} | {e.lesson} | {e.what} |" for e in entries]
    end = entries[-1].begin + entries[-1].minutes
    rows.append(f"| {clock(end)} | | | End |")
    marks = [
        f"- {checkpoint(entries, i, lessons)}" for i, e in enumerate(entries) if not e.lesson
    ]
    return "\n".join([*rows, "", "Checkpoints:", "", *marks])


def plan_text(schedules: dict[str, list[Slot]]) -> str:
    """Return all plans as one page of Markdown, from the schedules of all lessons."""
    parts = [
        "# Plans\n\nComputed from the minutes of the sections; move the start as you like."
    ]
    for title, sessions in PLANS:
        parts.append(f"## {title}")
        for number, (start, names) in enumerate(sessions, start=1):
            if len(sessions) > 1:
                parts.append(f"### Session {number}")
            parts.append(session_text(start, {name: schedules[name] for name in names}))
    minutes = [f"| {name} | {slots[-1].end} |" for name, slots in schedules.items()]
    parts.append("## All lessons\n\n| lesson | minutes |\n| --- | --- |\n" + "\n".join(minutes))
    return "\n\n".join(parts) + "\n"


def write_plan(schedules: dict[str, list[Slot]], folder: Path) -> Path:
    """Write the plans into a folder and return the file."""
    path = folder / "plan.md"
    path.write_text(plan_text(schedules), encoding="utf-8")
    return path
