"""The functions that lessons use: check, hint, solution, predict, progress.

None of them raises, whatever it is given.
"""

from functools import wraps

from course_lib.exercises.engine import faults, predicting, store
from course_lib.exercises.engine.formatting import show
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.guard import TIME_LIMIT, nothing_left_behind
from course_lib.exercises.engine.model import NOT_ATTEMPTED, Result
from course_lib.exercises.engine.page import (
    MARKS,
    Code,
    Items,
    Page,
    Paragraph,
    Table,
    publish,
    verdict,
)
from course_lib.exercises.engine.registry import exercises, find, unknown
from course_lib.exercises.engine.source import without_docstring
from course_lib.predictions import by_lesson

_here = {"lesson": None}  # the lesson of the last exercise or prediction in this kernel

_ABSENT = object()


def check(name=None, answer=_ABSENT, *, seconds=TIME_LIMIT):
    """Check an answer, show the verdict and return it.

    Parameters
    ----------
    name : str
        The exercise.
    answer : callable
        The learner's function.
    seconds : float
        Processor time for all calls of it together.

    Returns
    -------
    Result
        ``.status``, ``.mistake``, ``.function`` (the learner's own if it passed, else the
        course's), and the verdict as ``str()``.
    """
    try:
        result = _judged(name, answer, seconds)
    except KeyboardInterrupt:
        result = _unjudged(name, "The check was interrupted.")
    except Exception as error:
        result = _unjudged(name, f"The check could not be finished. {faults.told(error)}")
    publish(result.page)
    return result


def _never_raises(function):
    """Show a sentence in place of a traceback."""

    @wraps(function)
    def safe(*args):
        try:
            page = function(*args)
        except KeyboardInterrupt:
            page = Page("This could not be shown", (Paragraph("It was interrupted."),))
        except Exception as error:
            page = Page("This could not be shown", (Paragraph(faults.told(error)),))
        if page is not None:
            publish(page)

    return safe


@_never_raises
def hint(name=None):
    """Show one more hint for an exercise, below those shown before.

    Parameters
    ----------
    name : str
        The exercise.
    """
    exercise = _find_here(name)
    if exercise is None:
        return Page("Which exercise?", (Paragraph(unknown(name)),))
    records, _ = store.load()
    total = len(exercise.hints)
    entry = records.get(name, {})
    before = max(_count(exercise, entry, key) for key in ("hints", "hints after"))
    count = min(before + 1, total)
    note = store.record(name, hints=count)
    items = tuple(f"{i}. {text}" for i, text in enumerate(exercise.hints[:count], start=1))
    page = Page(f"Hints for {name}: {count} of {total}", (Items("", items),))
    if before == total:
        page = page.and_say(f'These were all. `solution("{name}")` shows a right answer.')
    return page.and_say(note) if note else page


@_never_raises
def solution(name=None):
    """Show a right answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise.
    """
    exercise = _find_here(name)
    if exercise is None:
        return Page("Which exercise?", (Paragraph(unknown(name)),))
    blocks = [Code(without_docstring(exercise.solution))]
    blocks += [Paragraph(exercise.remark)] if exercise.remark else []
    note = store.record(name, solution=True)
    blocks += [Paragraph(note)] if note else []
    return Page(f"A solution of {name}", tuple(blocks))


@_never_raises
def predict(name, answer=None):
    """Ask what will come out, and show it once a prediction was made.

    Parameters
    ----------
    name : str
        The prediction.
    answer : int or float, optional
        Number of the choice, from 1, or the number that is asked for, where there are no
        buttons to press. The first answer is kept.
    """
    lessons = (lesson for lesson, part in by_lesson().items() if name in [p.name for p in part])
    _here["lesson"] = next(lessons, _here["lesson"])
    return predicting.ask(name, answer)


@_never_raises
def progress(lesson=None):
    """Show where the learner stands: exercises with their status and the help they took.

    Hints and a solution that were looked at after the pass do not count.

    Parameters
    ----------
    lesson : str, optional
        Two digits, or "all". Without it: the lesson of the last exercise or prediction.
    """
    records, note = store.load()
    every = sorted({exercise.lesson for exercise in exercises().values()} | set(by_lesson()))
    asked = lesson or _here["lesson"] or "all"
    lessons = [asked] if asked in every else every
    rows = _progress_rows(lessons, records)
    header = ("exercise", "lesson", "status", "hints", "solution")
    counted = Paragraph("Hints and solutions count until an exercise passes.")
    blocks = [Table(rows, header), counted] if rows else []
    blocks.append(Paragraph(f"Predictions: {_predicted(lessons, records)}."))
    if lessons != every:
        others = [other for other in every if other not in lessons]
        passed = f"{_passed(_progress_rows(others, records))} passed"
        predictions = f"predictions: {_predicted(others, records)}"
        blocks.append(
            Paragraph(
                f'The other lessons: {passed}; {predictions}. `progress("all")` lists all.'
            )
        )
    of = f" of lesson {asked}" if lessons != every else ""
    page = Page(f"Passed: {_passed(rows)}{of}", tuple(blocks))
    return page.and_say(note) if note else page


def _progress_rows(lessons, records):
    known = [exercise for exercise in exercises().values() if exercise.lesson in lessons]
    return tuple(_progress_row(exercise, records) for exercise in known)


def _passed(rows):
    return f"{sum(MARKS['passed'] in row[2] for row in rows)} of {len(rows)} exercises"


def _predicted(lessons, records):
    n_all, n_made, n_right = predicting.made(lessons, records)
    return f"{n_made} of {n_all} made, {n_right} right at the first try"


def _find_here(name):
    exercise = find(name)
    if exercise is not None:
        _here["lesson"] = exercise.lesson
    return exercise


def _judged(name, answer, seconds):
    exercise = _find_here(name)
    if exercise is None:
        return _unjudged(name, unknown(name))
    if answer is _ABSENT:
        return _unjudged(
            name, f'Your function comes second: `check("{exercise.name}", {exercise.name})`.'
        )
    if not (_is_number(seconds) and seconds > 0):
        return _unjudged(name, f"`seconds` must be a number > 0, got {show(seconds)}.")
    with nothing_left_behind():
        result = grade(exercise, answer, seconds)
    if result.status == NOT_ATTEMPTED:
        return result
    note = store.record(name, status=result.status, mistake=result.mistake)
    return result.with_note(note) if note else result


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unjudged(name, sentence):
    """Return a result for what could not be judged."""
    exercise = find(name)
    shown = exercise.name if exercise else "check"
    page = verdict(shown, NOT_ATTEMPTED, "nothing was checked", [Paragraph(sentence)])
    function = exercise.reference if exercise else _missing(sentence)
    return Result(shown, NOT_ATTEMPTED, None, function, page)


def _missing(sentence):
    def missing(*args, **kwargs):
        """Stand in for a function that does not exist."""
        raise LookupError(sentence)

    return missing


def _count(exercise, entry, key):
    used = entry.get(key, 0)
    return min(used, len(exercise.hints)) if isinstance(used, int) else 0


def _progress_row(exercise, records):
    entry = records.get(exercise.name, {})
    status = store.status_of(entry) or NOT_ATTEMPTED
    hints = f"{_count(exercise, entry, 'hints')} of {len(exercise.hints)}"
    seen = "seen" if entry.get("solution") else "not seen"
    return (exercise.name, exercise.lesson, f"{MARKS[status]} {status}", hints, seen)
