"""A learner's progress as one file, and what the files of a class say, without names."""

import argparse
import json
from collections import Counter
from pathlib import Path
from statistics import median

from course_lib._files import write_whole
from course_lib.exercises import exercises
from course_lib.exercises.engine import store
from course_lib.exercises.engine.model import FAILED, PASSED
from course_lib.figures import display
from course_lib.predictions import predictions
from tools.failures import CourseError
from tools.workspace import MARKER, ROOT, WORKSPACE

OUTPUT = ROOT / "build" / "summary"
COMMON = 3  # mistakes and answers that are named at most
PREDICTION = "predict "  # what the name of a prediction's record begins with


def hand_in(target: Path, workspace: Path = WORKSPACE) -> str:
    """Write a learner's progress into a file that can be handed on; say what was done.

    Raises
    ------
    CourseError
        If there is nothing yet, or the file exists.
    """
    records = read_records(workspace / MARKER) if (workspace / MARKER).exists() else {}
    if not records:
        raise CourseError(
            "No progress is recorded yet.", "check an exercise, then run it again."
        )
    text = json.dumps({"progress": records}, indent=1, sort_keys=True, ensure_ascii=False)
    try:
        write_whole(target, f"{text}\n".encode(), replace=False)
    except FileExistsError:
        raise CourseError(f"{target} exists.", "name another file.") from None
    return (
        f"{target.resolve()} holds your records ({len(records)}), and nothing that names you."
    )


def read_records(path: Path) -> dict:
    """Return the records of a progress file.

    Raises
    ------
    CourseError
        If it is no such file.
    """
    if not path.exists():
        raise CourseError(f"There is no file {path}.", "look at its name, or leave it out.")
    try:
        records = json.loads(path.read_text(encoding="utf-8"))["progress"]
        if all(isinstance(entry, dict) for entry in records.values()):
            return records
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise CourseError(
        f"{path} is no progress file.", "leave it out: `course.py progress FILE` makes one."
    )


def rows(learners: list[dict]) -> list[dict]:
    """Return what a class did, an entry for each exercise that somebody began.

    "lesson", "name"; "passed", "failed" and "open" (not attempted), counts; "hints", the median
    among those who tried; "solution", a count; "mistakes", a Counter.
    """
    found = []
    for exercise in exercises().values():
        entries = [records.get(exercise.name, {}) for records in learners]
        if not any(entries):
            continue
        states = Counter(store.status_of(entry) for entry in entries)
        tried = [entry.get("hints", 0) for entry in entries if store.status_of(entry)]
        found.append(
            {
                "lesson": exercise.lesson,
                "name": exercise.name,
                "passed": states[PASSED],
                "failed": states[FAILED],
                "open": states[None],
                "hints": median(tried) if tried else 0,
                "solution": sum(bool(entry.get("solution")) for entry in entries),
                "mistakes": Counter(m for entry in entries for m in entry.get("mistakes", ())),
            }
        )
    return found


def answers(learners: list[dict]) -> dict[str, tuple[int, Counter]]:
    """Return by prediction, if anybody made it, how many were right, and the wrong answers."""
    found = {}
    for name, prediction in predictions().items():
        entries = (records.get(PREDICTION + name, {}).get("answer") for records in learners)
        given = [answer for answer in entries if prediction.reads(answer) is not None]
        is_right = [prediction.response(prediction.reads(answer))[0] for answer in given]
        wrong = (str(a) for a, right in zip(given, is_right, strict=True) if not right)
        if given:
            found[name] = sum(is_right), Counter(wrong)
    return found


def named(counts: Counter) -> str:
    """Return the most common items with their counts, as a cell of a table."""
    told = (f"{name} ({count})" for name, count in counts.most_common(COMMON))
    return "; ".join(told).replace("|", "\\|")


def text(learners: list[dict]) -> str:
    """Return the summary of a class as Markdown."""
    table = rows(learners)
    lines = [f"# Progress of {len(learners)} learners", ""]
    lines.append("| lesson | exercise | passed | failed | open | hints (median) | solution "
                 "| mistakes |")  # fmt: skip
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in table:
        cells = [*[*row.values()][:-1], named(row["mistakes"])]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", f"Begun by nobody: {len(exercises()) - len(table)} exercises."]
    if asked := answers(learners):
        lines += [
            "",
            "| prediction | right | wrong | wrong answers |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| {name} | {right} | {wrong.total()} | {named(wrong)} |"
            for name, (right, wrong) in asked.items()
        ]
    return "\n".join(lines) + "\n"


def draw(learners: list[dict]):
    """Return a figure: for each exercise, how many passed, failed, and did not try."""
    table = rows(learners)
    places = range(len(table))
    fig, _ = display.figure(height=0.22 * len(table) + 1)
    ax = fig.axes[0]
    left = [0] * len(table)
    for kind, color, hatch in (
        ("passed", "#0072B2", ""),
        ("failed", "#D55E00", "///"),
        ("open", "#DDDDDD", ""),
    ):
        widths = [row[kind] for row in table]
        ax.barh(places, widths, left=left, color=color, hatch=hatch, label=kind)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    ax.set_yticks(places, [f"{row['lesson']} {row['name']}" for row in table], fontsize=7)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.locator_params(axis="x", integer=True)
    ax.set_xlabel("learners")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
    return fig


def main(options: argparse.Namespace) -> int:
    """Write a learner's progress file, or the summary of many."""
    if options.command == "progress":
        print(hand_in(options.file))
        return 0
    learners = [read_records(path) for path in options.files]
    folder = options.output_dir or OUTPUT
    folder.mkdir(parents=True, exist_ok=True)
    said = text(learners)
    (folder / "summary.md").write_text(said, encoding="utf-8")
    draw(learners).savefig(folder / "summary.png", bbox_inches="tight")
    print(f"{said}\nThe table and its figure are in {folder}.")
    return 0
