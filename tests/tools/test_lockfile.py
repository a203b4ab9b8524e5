"""The locks hold every requirement on every system, with hashes, and name no index."""

import re

import pytest
from packaging.requirements import Requirement

from tools import installer, lockfile, packages

ROOT = lockfile.ROOT
LOCKS = [ROOT / name for name in installer.LOCKS]
TEXTS = [path.read_text(encoding="utf-8") for path in LOCKS]
LEARNERS = packages.uncommented(ROOT / "requirements.txt")
EXTRAS = ["test", "publish"]
# what each lock has to hold: one more kind of requirement than the one before
WANTED = [LEARNERS + packages.extra_requirements(ROOT, EXTRAS[:n]) for n in range(3)]
PIN = r"[A-Za-z0-9._-]+==[^ ;,*]+( ; .+)?"


@pytest.mark.parametrize(
    "lock, line", [(n, line) for n, lines in enumerate(WANTED) for line in lines]
)
def test_each_direct_requirement_is_locked_at_or_above_its_lower_bound(lock, line):
    wanted = Requirement(line)
    locked = [pin for pin in lockfile.pins(LOCKS[lock]) if pin.name == wanted.name]
    assert len(locked) == 1
    assert wanted.specifier.contains(str(locked[0].specifier).removeprefix("=="))


@pytest.mark.parametrize("text", TEXTS)
def test_every_line_is_an_exact_version_and_the_hashes_of_its_files(text):
    blocks = re.sub(r"^#.*\n", "", text, flags=re.M)
    a_hash = r"    --hash=sha256:[0-9a-f]{64}"
    assert re.fullmatch(rf"({PIN} \\\n({a_hash} \\\n)*{a_hash}\n)+", blocks)


def test_a_learner_gets_the_versions_that_are_tested_and_no_test_tools():
    # without conditions: what needs a package on one system only can differ
    pins = [set(re.findall(r"^\S+==\S+", text, re.MULTILINE)) for text in TEXTS]
    assert pins[0] < pins[1] < pins[2]
    assert not any(pin.startswith("uv==") for pin in pins[0])
    assert any(pin.startswith("pip==") for pin in pins[0])


@pytest.mark.parametrize("text", TEXTS)
def test_a_lock_names_no_index_and_no_machine(text):
    assert not re.search(r"https?:|--index|--find-links|file:|(?<!requirements)/\w", text)


@pytest.mark.parametrize("text", TEXTS)
def test_the_header_names_the_command_that_makes_it_anew(text):
    assert "python3 course.py lock" in text.splitlines()[1]


@pytest.mark.parametrize("system", ["win32", "darwin"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_lock_knows_other_systems(system, text):
    assert f"sys_platform == '{system}'" in text


LOCK = (
    "numpy==2.1.0 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n"
    "scipy==1.2 ; sys_platform == 'nowhere' \\\n    --hash=sha256:2\n# a comment\n"
)


@pytest.mark.parametrize(
    "installed, found",
    [
        ({"numpy": "2.1.0", "scipy": "9"}, []),
        ({"numpy": "2.1"}, []),
        ({}, []),
        ({"numpy": "2.2.0"}, ["numpy is 2.2.0, the lock says 2.1.0"]),
    ],
)
def test_only_another_version_of_an_installed_package_is_a_difference(
    installed, found, tmp_path
):
    (tmp_path / "lock").write_text(LOCK)
    assert lockfile.differences(tmp_path / "lock", installed.get) == found


def test_all_locks_are_made_anew_or_none(tmp_path, monkeypatch):
    for name in installer.LOCKS:
        (tmp_path / name).write_text("old")
    commands = []

    def compile_one(command, cwd, check):
        commands.append(command)
        (cwd / command[-1]).write_text("new")
        if len(commands) == fails_at:
            raise lockfile.subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(lockfile.subprocess, "run", compile_one)
    for fails_at, text in ((3, "old"), (0, "new")):
        commands.clear()
        monkeypatch.setattr(lockfile, "ROOT", tmp_path)
        assert lockfile.main() == int(bool(fails_at))
        written = {path.name: path.read_text() for path in tmp_path.iterdir()}
        assert written == dict.fromkeys(installer.LOCKS, text)
    assert all("--generate-hashes" in command for command in commands)
