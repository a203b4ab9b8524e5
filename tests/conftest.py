"""What all tests share: oracles and a browser that may be absent, and how laws are tried."""

import importlib.util
import os
import sys

import hypothesis
import pytest

from tools.variables import ONE_THREAD, chromium

# one thread for each process, as `course.py test` has it; NumPy reads this when it is imported
os.environ |= ONE_THREAD | os.environ

# the same examples in every run, and no test that depends on the machine's speed
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.load_profile("course")

pytest.register_assert_rewrite("exercises_learner", "lesson_runs", "seen_answers")


def pytest_runtest_setup(item):
    """Skip what is thorough, and why, where ``course.py test --oracles`` was not asked for."""
    mark = item.get_closest_marker("thorough")
    if mark and os.environ.get("COURSE_ORACLES") != "1":
        pytest.skip(f"{mark.args[0]}: under --oracles")


def require(present, reason):
    """Skip the test if something is absent; fail it under `course.py test --oracles`."""
    if present:
        return present
    if os.environ.get("COURSE_ORACLES") == "1":
        pytest.fail(f"{reason}, and --oracles demands it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory):
    """A folder that is no workspace, one for all tests: nothing is written there."""
    folder = tmp_path_factory.mktemp("empty")
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture(scope="session")
def torch():
    """PyTorch, the second oracle for gradients."""
    try:
        import torch
    except ImportError:
        torch = None
    return require(torch, "PyTorch is not installed (python3 course.py test --oracles)")


@pytest.fixture(scope="session")
def pyright():
    """The command that starts the type checker, where all that is imported is there."""
    found = all(map(importlib.util.find_spec, ("basedpyright", "latex2mathml")))
    require(found, "pyright and what publishes are not installed (course.py test --oracles)")
    return [sys.executable, "-m", "basedpyright"]


@pytest.fixture(scope="session")
def chromium_path():
    """The path of a Chromium or Chrome on this machine."""
    return require(chromium(), "no Chromium or Chrome on the search path")
