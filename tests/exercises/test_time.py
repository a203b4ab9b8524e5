"""What an answer may take: processor time counts, waiting and a busy machine do not."""

import threading
import time

import numpy as np
import pytest
from exercises_learner import answer_with

from course_lib.exercises import check, exercises
from course_lib.exercises.engine import guard
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.guard import Guard, OutOfTime
from course_lib.exercises.engine.model import Exercise, Law, Mistake

BUSY = "import time\nend = time.thread_time() + {}\nwhile time.thread_time() < end: pass\n"


def busy(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def identity(x):
    return x


def plus_one(x):
    return x + 1


def slow_in_laws(x):
    """Be right in every case, which are below 10, and never come back from the law."""
    while x >= 10:
        pass
    return x


def small(laws, mistakes=()):
    cases = [(1.0,), (2.0,)]
    return Exercise("identity", "00", "x.", identity, lambda rng: cases, mistakes, laws, ())


def test_processor_time_is_counted_and_waiting_is_not():
    watch = Guard(0.1)
    for wait in (lambda: time.sleep(0.2), lambda: busy(0.03)):
        assert watch.observe(wait, ()).error is None
    assert 0.03 <= 0.1 - watch.left < 0.09
    assert isinstance(watch.observe(lambda: busy(5), ()).error, OutOfTime)
    assert watch.left <= 0


def test_other_busy_threads_do_not_count():
    over = threading.Event()
    other = threading.Thread(target=lambda: [busy(0.01) for _ in iter(over.is_set, True)])
    other.start()
    try:
        watch = Guard(10.0)
        assert watch.observe(lambda: time.sleep(0.15), ()).error is None
    finally:
        over.set()
        other.join()
    assert 10.0 - watch.left < 0.05


def test_an_import_that_never_ends_is_ended_by_the_clock(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "BY_THE_CLOCK", 2)
    monkeypatch.setattr(guard, "LONGEST_IMPORT", 0.3)
    (tmp_path / "an_endless_module.py").write_text("while True: pass\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    answer = answer_with(exercises()["repeated_factor"], "import an_endless_module")
    result = check("repeated_factor", answer, seconds=0.1)
    assert "did not come back in time" in str(result)


def test_sleeping_ends_by_the_clock(monkeypatch):
    monkeypatch.setattr(guard, "BY_THE_CLOCK", 3)
    start, watch = time.monotonic(), Guard(0.05)

    def sleeping():
        while True:
            time.sleep(0.01)

    assert isinstance(watch.observe(sleeping, ()).error, OutOfTime)
    assert 0.15 <= time.monotonic() - start
    assert isinstance(watch.observe(identity, (1,)).error, OutOfTime)
    assert watch.left > 0


def test_the_clock_leaves_far_more_time_than_the_processor():
    assert guard.BY_THE_CLOCK >= 10


def test_the_import_of_a_large_module_is_not_the_learners_loop(tmp_path, monkeypatch):
    (tmp_path / "a_large_module.py").write_text(BUSY.format(0.5), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    body = "import a_large_module\nreturn factor**n_layers"
    result = check("repeated_factor", answer_with(exercises()["repeated_factor"], body),
                   seconds=0.25)  # fmt: skip
    assert result.status == "passed", str(result)


def test_without_a_clock_for_each_thread_that_of_the_process_is_read(monkeypatch):
    monkeypatch.delattr(time, "pthread_getcpuclockid", raising=False)
    watch = Guard(0.05)
    assert watch.observe(identity, (1,)).value == 1
    assert isinstance(watch.observe(lambda: busy(5), ()).error, OutOfTime)


def test_a_thread_that_ends_before_it_stops_its_clock_raises_nothing():
    call = guard._Call(identity, (1,), counted=0.25, excused=0.05)

    def gone():
        raise OSError("no such thread")

    call.clock = gone
    assert call.seconds == pytest.approx(0.2)


LAWS = (
    Law("it is odd", lambda f: (f(-3.0) == -f(3.0), "f(3) = 3")),
    Law("it keeps 10", lambda f: (f(10.0) == 10, "f(10) = 10")),
    Law("it keeps 11", lambda f: (f(11.0) == 11, "f(11) = 11")),
)
ANYTHING = Mistake("anything", plus_one, "It is not the identity.", (), lambda seen: True)


def test_time_that_runs_out_among_the_laws_is_told_as_that_and_as_no_mistake():
    result = grade(small(LAWS, (ANYTHING,)), slow_in_laws, seconds=0.05)
    assert (result.status, result.mistake) == ("failed", None)
    text = str(result)
    assert (
        "All 2 cases are right, but not every law could be measured: the time was up." in text
    )
    assert "✔ yes: it is odd (f(3) = 3)" in text
    assert text.count("– not measured: it keeps 1") == 2
    assert "does not hold" not in text
    assert "✘" not in text.partition("\n")[2]
    assert "known mistake" not in text


def test_a_wrong_case_is_told_also_where_the_time_runs_out_among_the_laws():
    def wrong(x):
        return slow_in_laws(x) + 1

    result = grade(small(LAWS, (ANYTHING,)), wrong, seconds=0.05)
    assert result.mistake == "anything"
    assert "– not measured: it keeps 10 (the time was up)" in str(result)


def test_an_interrupt_among_the_laws_says_nothing_against_them():
    def interrupted(x):
        if x >= 10:
            raise KeyboardInterrupt
        return x

    result = grade(small(LAWS, (ANYTHING,)), interrupted)
    assert "– not measured: it keeps 10 (it was interrupted)" in str(result)
    assert result.mistake is None


@pytest.fixture
def no_threads(monkeypatch):
    """An environment such as WebAssembly."""

    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr("course_lib.exercises.engine.workers._idle", [])


SENTENCE = "This environment starts no threads, so your function ran without a time limit"


def test_without_threads_the_check_works_and_says_that_nothing_is_limited(no_threads):
    right = check("sigmoid", lambda z: 1 / (1 + np.exp(-z)))
    assert right.status == "passed"
    assert str(right).count(SENTENCE) == 1
    wrong = check("sigmoid", np.tanh)
    assert (wrong.status, wrong.function) == ("failed", exercises()["sigmoid"].reference)
    assert SENTENCE in str(wrong)


@pytest.mark.parametrize("error", ["KeyError", "SystemExit", "KeyboardInterrupt"])
def test_without_threads_too_whatever_is_raised_becomes_a_sentence(no_threads, error):
    answer = answer_with(exercises()["sigmoid"], f"raise {error}")
    assert f"It raised {error}" in str(check("sigmoid", answer))


def test_without_threads_nothing_runs_out_of_time(no_threads):
    watch = Guard(0.01)
    assert watch.observe(lambda: busy(0.03), ()).error is None
    assert (watch.limited, watch.left) == (False, 0.01)


def test_with_threads_nothing_is_said_of_them():
    assert "threads" not in str(check("sigmoid", np.tanh))
