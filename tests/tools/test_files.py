"""Files are whole or not there; a lock holds off others and is free when its holder is dead."""

import subprocess
import sys

import pytest

from course_lib._files import locked, set_aside, write_whole

HOLD = """
import sys, pathlib
from course_lib._files import locked
with locked(pathlib.Path(sys.argv[1])):
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


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("failing", ["os.replace", "os.link", "os.chmod"])
def test_an_interrupted_write_leaves_what_was_there_and_no_rest(
    tmp_path, monkeypatch, failing, replace
):
    path = tmp_path / "a.ipynb"
    if replace:
        path.write_bytes(b"old")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace" if replace else failing, fail)
    if failing == "os.replace" and not replace:
        monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new", replace)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "tool"
    path.write_bytes(b"old")
    path.chmod(0o755)
    mode = path.stat().st_mode
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode == mode


def test_each_thing_set_aside_gets_a_name_of_its_own(tmp_path):
    for number in (1, 2):
        path = tmp_path / "x"
        path.write_text(str(number))
        assert set_aside(path, "x-yours-{}").read_text() == str(number)
        assert not path.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x-yours-1", "x-yours-2"]
