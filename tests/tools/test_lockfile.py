"""The lock holds every requirement on every system, and names no index."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tools import lockfile, packages

ROOT = lockfile.ROOT
TEXT = lockfile.LOCK.read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINES = [line for line in TEXT.splitlines() if line and not line.lstrip().startswith("#")]


def direct():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    lines = [line.partition("#")[0].strip() for line in lines]
    return [line for line in lines if line] + packages.extra_requirements(ROOT, ["test"])


@pytest.mark.parametrize("line", direct())
def test_each_direct_requirement_is_locked_at_or_above_its_lower_bound(line):
    wanted = Requirement(line)
    locked = [pin for pin in lockfile.pins(TEXT) if pin.name == wanted.name]
    assert len(locked) == 1
    assert wanted.specifier.contains(str(locked[0].specifier).removeprefix("=="))


def test_every_line_is_an_exact_version_with_a_marker_at_most():
    pattern = re.compile(r"[A-Za-z0-9._-]+==[^ ;,*]+( ; .+)?")
    assert [line for line in LINES if not pattern.fullmatch(line)] == []


def test_the_lock_names_no_index_and_no_machine():
    assert not re.search(
        r"https?:|--index|--find-links|--hash|file:|(?<!requirements)/\w", TEXT
    )


def test_the_header_names_the_command_that_makes_it_anew():
    assert "python3 course.py lock" in TEXT.splitlines()[1]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_the_lock_knows_other_systems(system):
    assert any(f"sys_platform == '{system}'" in line for line in LINES)


def test_what_builds_the_package_is_locked_too():
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]
    names = {Requirement(line).name for line in PROJECT["build-system"]["requires"]}
    assert names == lockfile.BUILD_ONLY
    assert names <= {pin.name for pin in lockfile.pins(TEXT)}


LOCK = "numpy==2.1.0\nscipy==1.2 ; sys_platform == 'nowhere'\nsetuptools==84.0\n# via x\n"


@pytest.mark.parametrize(
    "installed, found",
    [
        ({"numpy": "2.1.0", "scipy": "9", "setuptools": "65"}, []),
        ({"numpy": "2.1"}, []),
        ({}, []),
        ({"numpy": "2.2.0"}, ["numpy is 2.2.0, the lock says 2.1.0"]),
    ],
)
def test_only_another_version_of_an_installed_package_is_a_difference(installed, found):
    assert lockfile.differences(LOCK, installed.get) == found
