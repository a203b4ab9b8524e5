"""A lock holds off other processes and is free when its holder is dead."""

import subprocess
import sys

import pytest

from tools.locking import locked

HOLD = """
import sys, pathlib
from tools.locking import locked
with locked(pathlib.Path(sys.argv[1]), "waiting"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path, request):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=request.config.rootpath,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()


def test_a_held_lock_is_waited_for_and_the_wait_is_told(holder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("time.sleep", lambda seconds: holder.stdin.close() or holder.wait())
    with locked(tmp_path / "lock", "waiting for the other"):
        assert holder.returncode == 0
    assert capsys.readouterr().out == "waiting for the other\n"


def test_the_lock_of_a_killed_process_is_free(holder, tmp_path, capsys):
    holder.kill()
    holder.wait()
    with locked(tmp_path / "lock", "waiting"):
        pass
    assert capsys.readouterr().out == ""


def test_a_lock_is_free_after_its_block(tmp_path, capsys):
    for _ in range(2):
        with locked(tmp_path / "lock", "waiting"):
            pass
    assert capsys.readouterr().out == ""
