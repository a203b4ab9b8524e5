"""A newer Python is found where there is one, and gets the checkout as it stands."""

import pytest

from tools import newer_python


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A search path and a pyenv folder with Pythons that claim a version, or do not start."""
    versions = {
        "path/python3": "3.11",
        "path/python3.12": None,
        "pyenv/versions/3.13.0/bin/python3.13": "3.13",
        "pyenv/versions/3.9.1/bin/python3": "3.9",
    }
    for name in [*versions, "path/python3-config", "path/python3.12-gdb.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(
        newer_python, "version_of", lambda p: versions[p.relative_to(tmp_path).as_posix()]
    )
    return tmp_path


def test_the_newest_python_that_starts_is_found_on_the_path_and_in_pyenv(machine):
    programs = newer_python.found_programs(str(machine / "path"), machine / "pyenv")
    assert {p.name for p in programs} == {"python3", "python3.12", "python3.13"}
    assert newer_python.newest(programs, (3, 11))[0] == (3, 13)
    assert newer_python.newest(programs, (3, 13)) is None


def test_without_a_newer_python_it_says_so_and_fails_nothing(monkeypatch, capsys):
    monkeypatch.setattr(newer_python, "found_programs", list)
    assert newer_python.found() is None
    assert "No newer Python here" in capsys.readouterr().out


def test_what_git_tracks_and_what_is_new_is_copied(tmp_path):
    newer_python.copy_checkout(tmp_path)
    assert (tmp_path / "course.py").read_bytes() == (
        newer_python.ROOT / "course.py"
    ).read_bytes()
    assert not (tmp_path / ".venv").exists() and not (tmp_path / ".git").exists()


def test_the_copy_is_tested_by_its_own_command_with_the_variables(monkeypatch, capsys):
    started = []

    class Run:
        returncode = 3

    def run(command, cwd=None, env=None, **options):
        if command[0] == "git":
            return real_run(command, cwd=cwd, env=env, **options)
        started.append((command, (newer_python.Path(cwd) / "course.py").exists(), env))
        return Run

    real_run = newer_python.subprocess.run
    monkeypatch.setattr(newer_python.subprocess, "run", run)
    assert newer_python.test(((3, 13), "python3.13"), ["a.py"], {"X": "1"}) == 3
    command = ["python3.13", "course.py", "test", "--", "a.py"]
    assert started == [(command, True, {"X": "1"})]
    assert "under Python 3.13" in capsys.readouterr().out
