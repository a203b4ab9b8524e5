"""Finds the one change of a learner's source with which it is right: tried, never guessed.

Every small change is handed the cases, other inputs and the laws. What is then said holds of
the learner's own lines, however the answer is written. Where changes in several lines do,
each is told.
"""

import ast
import inspect
from functools import cache
from itertools import islice

from course_lib.exercises.engine import faults
from course_lib.exercises.engine.changes import Source
from course_lib.exercises.engine.direct import DIRECT
from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.landmarks import right_variables
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.more_cases import sparse_cases
from course_lib.exercises.engine.probes import Finding
from course_lib.exercises.engine.seen import more_cases_with_values, with_values
from course_lib.exercises.engine.source import definition
from course_lib.exercises.engine.trials import cases_of, cases_with_values, is_stopped, run_case

TRIES = 2000  # so many changes; the likelier ones come first
SECONDS = 2.5  # of processor time, where each takes long
_TOLD = 3  # changes, in as many lines
_SIZES = "sign", "term", "factor", "constant"  # what several places can make up for
_NOTHING = "0", "0.0", "1e-05", "1e-12"  # what makes up for much that is too much
_NOT_REPEATED = {"input", "open", "exec", "eval", "exit", "quit", "globals"}
_SHORT, _LONG = 12, 70  # characters of an expression that is shown


def about_repair(seen):
    """Return the change that makes an answer right, None if no single one does.

    Parameters
    ----------
    seen : Seen
        What the answer did.

    Returns
    -------
    Finding or None
        ``unsure`` where changes in several lines do.
    """
    worth_it = seen.probes and not (seen.stopped or seen.only_form)
    if not worth_it or not _is_repeatable(seen.function):
        return None
    guard = Guard(SECONDS)
    guard.left_by_the_clock = 40 * SECONDS  # a busy machine finds the same
    found = []
    outcome = guard.observe(lambda: _search(seen, found), ())
    if isinstance(outcome.error, Exception) and not is_stopped(outcome):
        faults.told(outcome.error)  # what else is known of the answer is told all the same
    if len(found) > 1:
        found = guard.observe(lambda: _likely(seen, found), ()).value or found
    return _told(seen, found) if found else None


def _is_repeatable(function):
    """Tell whether a function can be tried often: it waits, reads and writes nothing."""
    node = definition(function)
    if node is None:
        return False
    parts = list(ast.walk(node))
    if any(isinstance(p, ast.While | ast.Global | ast.Nonlocal | ast.Yield) for p in parts):
        return False
    used = {p.id for p in parts if isinstance(p, ast.Name)}
    return not (function.__closure__ or node.decorator_list or used & _NOT_REPEATED)


def _search(seen, found):
    """Fill a list with the changes that make an answer right: (change, function, in words).

    There is one at most for each line, and none is less likely than the first.
    """
    names = seen.function.__globals__
    source = Source(inspect.getsource(seen.function), names, seen.exercise)
    cases = cases_with_values(seen.exercise)
    first = next((i for i, trial in enumerate(seen.trials) if not trial.right), 0)
    ordered = [cases[first], *cases[:first], *cases[first + 1 :]]
    changes = source.changes()
    if not seen.wrong_in_number:  # all that is wrong is an argument that was changed
        changes = iter(sorted(changes, key=lambda change: change.kind != "copy"))
    elif _is_negated(seen):
        changes = iter(sorted(changes, key=_signs_first))
    for change in islice(changes, TRIES):
        if found and not seen.wrong_in_number:
            return
        if any(change.line == other.line for other, *_ in found):
            continue
        if found and not _is_as_likely(source, change, found[0][0]):
            continue
        function = _made(source.with_(change.part, change.new), source.node.name, names)
        if function and _passes(seen.exercise, function, ordered) and _is_right(seen, function):
            found.append((change, function, change.said or _shown(source, *change[1:3])))


def _is_negated(seen):
    numbers = seen.regular and seen.exercise.comparison.numbers
    single = numbers and not isinstance(seen.expected[0], tuple)
    return single and known_relation(seen) == "minus the right value"


def _signs_first(change):
    """Return the place of a change: a minus that goes, then one before the whole of a line."""
    put = str(change.new).startswith("-")
    return change.kind != "sign", put, -len(change.new) * (put and change.kind == "sign")


def _is_as_likely(source, change, other):
    """Tell whether a change may be what was meant where another is found.

    What is only put before a whole value makes up for what is too much elsewhere.
    """
    likely = change.rank <= other.rank and change.new not in _NOTHING
    likely = likely and _adds(source, change) <= _adds(source, other)
    return likely and (change.kind == other.kind or change.kind in _SIZES)


def _adds(source, change):
    """Tell whether a change keeps a whole value as it is, and puts something beside it."""
    around = isinstance(change.part, ast.AST) and source.around[change.part]
    if not isinstance(around, ast.stmt | ast.Lambda | ast.Call):
        return False
    old = source.of(change.part)
    return old in change.new and len(change.new) > len(old)


def _told(seen, found):
    """Say which changes do, in this order."""
    (change, _, said), *others = found
    n = len(cases_with_values(seen.exercise))
    told = f"Look at its line {change.line}: {said} it is right in all {n} cases."
    for other, _, words in others[: _TOLD - 1]:
        told += f" Or change only its line {other.line}: {words} it is right, too."
    name = f"{change.kind} in line {change.line}"
    return Finding(name, told, unsure=bool(others))


def _likely(seen, found):
    """Return the changes without those that spoil what was right before.

    Those come first that make most of what the solution makes on its way.
    """
    before = right_variables(seen.exercise, seen.function)
    after = [right_variables(seen.exercise, function) for _, function, _ in found]
    both = [*zip(after, found, strict=True)]
    kept = [pair for pair in both if before.items() <= pair[0].items()] or both
    kept.sort(key=lambda pair: (-len(pair[0]), pair[1][0].rank))
    return [one for _, one in kept]


def _made(text, name, names):
    """Return the function that a changed definition makes, beside the learner's names."""
    names = dict(names)
    try:
        exec(compile(text, "<changed>", "exec"), names)
    except (SyntaxError, ValueError, RecursionError):
        return None
    names[name].text = text.decode()  # for `landmarks`
    return names[name]


def _passes(exercise, function, cases):
    trials = (run_case(exercise, function, *case, DIRECT) for case in cases)
    return all(trial.right and not trial.is_list for trial in trials)


def _is_right(seen, function):
    """Tell whether other inputs and the laws agree."""
    if not _passes(seen.exercise, function, _further(seen.exercise)):
        return False
    return all(law.held for law in run_laws(seen.exercise, function, DIRECT))


@cache
def _further(exercise):
    """Return the inputs beside the cases on which the solution is right."""
    sparse = with_values(exercise, sparse_cases(cases_of(exercise)))
    more = [*more_cases_with_values(exercise), *sparse]
    return [case for case in more if _passes(exercise, exercise.solution, [case])]


def _shown(source, part, new):
    """Say what stands in the place of a part, with what it takes to find it."""
    begin, end = source.place(part)
    old, new = source.text[begin:end], f"({new})".encode()
    while len(old) < _SHORT:
        part = source.around[part]
        if isinstance(part, ast.keyword | ast.Slice):  # none stands alone
            part = source.around[part]
        if not isinstance(part, ast.expr) or isinstance(part, ast.Tuple):
            break
        first, last = source.place(part)
        wider = source.text[first:begin] + new + source.text[end:last]
        if last - first > _LONG or _unparsed(wider) is None:
            break
        begin, end, new, old = first, last, wider, source.text[first:last]
    return f"with `{_unparsed(new)}` in the place of `{old.decode()}`"


def _unparsed(text):
    """Return an expression without needless parentheses; None where it is none."""
    try:
        return ast.unparse(ast.parse(f"({text.decode()})", mode="eval"))
    except SyntaxError:
        return None
