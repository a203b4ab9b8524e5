"""The environment is made once, recognized when it is ready, and replaced when it is not.

The machine is a fake one: a Python "starts" if its file says so, and installers are recorded.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import environment, installer
from tools.failures import CourseError
from tools.variables import python_of, scripts

ROOT = Path(environment.__file__).resolve().parents[1]
INPUTS = ("pyproject.toml", "requirements.txt", *installer.LOCKS)
OFFLINE = "WARNING: Retrying after connection broken by 'NewConnectionError'"
FULL = "error: Failed to write\n  Caused by: No space left on device (os error 28)"
CLOSED = "error: Failed to initialize cache at `/home/x`: Read-only file system (os error 30)"
CUT_OFF = "error: Failed to fetch: `x`\n  Caused by: dns error: failed to lookup address"


class Killed(BaseException):
    """Stands for a process that dies on the spot."""


class Machine:
    """A fake machine that records each command and can fail or die at any of them."""

    def __init__(self, root):
        self.root, self.commands, self.failing, self.dies_at = root, [], {}, None
        self.variables, self.folders, self.python = [], [], "3.11"

    def run(self, command, variables, say, folder=None):
        line = " ".join(str(word) for word in command)
        if self.dies_at == len(self.commands):
            raise Killed
        self.commands.append(line)
        self.variables.append(dict(variables))
        self.folders.append(folder)
        for words, output in self.failing.items():
            if words in line:
                return 1, output
        if "-m venv" in line:
            self.make_python(Path(command[-1]))
        return 0, ""

    def make_python(self, venv):
        python_of(venv).parent.mkdir(parents=True, exist_ok=True)
        python_of(venv).write_text(self.python)
        (scripts(venv) / "tool").write_text(f"#!{python_of(venv)}\nVENV='{venv}'\n")
        packages = environment.packages_of(venv)
        packages.mkdir(parents=True, exist_ok=True)

    def version_of(self, python):
        return (python.read_text() or None) if python.exists() else None

    def ran(self, words):
        return [line for line in self.commands if words in line]

    def change_lock(self, text):
        for name in installer.LOCKS:
            with open(self.root / name, "a") as file:
                file.write(text)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    root = tmp_path / "a course"
    root.mkdir()
    for name in INPUTS:
        shutil.copy(ROOT / name, root)
    machine = Machine(root)
    monkeypatch.setattr(installer, "run", machine.run)
    monkeypatch.setattr(environment, "version_of", machine.version_of)
    with zipfile.ZipFile(tmp_path / "pip-1.whl", "w") as wheel:
        wheel.writestr("pip/__main__.py", "")
    monkeypatch.setattr(installer, "bundled_pip", lambda: tmp_path / "pip-1.whl")
    return machine


def ensure(machine, *extras):
    said = []
    python = environment.ensure(machine.root, extras, said.append)
    assert python == python_of(machine.root / ".venv")
    return " ".join(said)


def is_ready(machine, *extras):
    return environment.is_ready(machine.root, extras)


def folders(machine):
    return sorted(path.name for path in machine.root.glob(".venv*") if path.is_dir())


def test_a_fresh_folder_gets_its_environment_in_three_steps(machine):
    said = ensure(machine)
    assert [f"[{n}/3]" in said for n in (1, 2, 3)] == [True] * 3
    assert is_ready(machine) and folders(machine) == [".venv"]
    assert "-m venv" in machine.commands[0]
    assert machine.commands[-1].endswith(f"/{python_of(Path(machine_new(machine)))}")
    assert not (machine.root / ".venv" / installer.SCRATCH).exists()


def machine_new(machine):
    """Return the name of the folder that the last environment was made in."""
    return Path(machine.ran("-m venv")[-1].rpartition("/")[2]).name


def test_exactly_the_locked_files_are_installed(machine):
    ensure(machine)
    install = [line for line in machine.ran(" install ") if f"/{installer.LOCK}" in line]
    assert len(install) == 1 and "--no-deps --require-hashes" in install[0]
    assert all("--require-hashes" in line for line in machine.ran(" install "))


def test_a_second_start_runs_nothing(machine):
    ensure(machine)
    machine.commands.clear()
    assert ensure(machine) == "" and machine.commands == []


def test_the_test_environment_serves_a_learner_too_but_not_the_other_way_round(machine):
    ensure(machine)
    assert not machine.ran(f"/{installer.TEST_LOCK}")
    for extras, lock in (
        (["test"], installer.TEST_LOCK),
        (["test", "publish"], installer.PUBLISH_LOCK),
    ):
        ensure(machine, *extras)
        assert machine.ran(f"/{lock}")
        machine.commands.clear()
        ensure(machine)
        assert machine.commands == []


def test_what_was_asked_for_once_stays_when_the_lock_changes(machine):
    ensure(machine, "test", "oracles")
    machine.change_lock("numpy==99\n")
    ensure(machine)
    assert is_ready(machine, "test", "oracles") and len(machine.ran("torch==")) == 2


def test_oracles_are_installed_by_pip_held_to_the_lock(machine, monkeypatch):
    held = []
    run = machine.run

    def read(command, *rest):
        held.extend(
            Path(word).read_text() for word in command if str(word).endswith("held.txt")
        )
        return run(command, *rest)

    monkeypatch.setattr(installer, "run", read)
    ensure(machine, "test", "oracles")
    (line,) = machine.ran("torch==")
    assert "-m pip install" in line
    assert "numpy==" in held[0] and "hash" not in held[0] and "\\" not in held[0]


@pytest.mark.parametrize("text, times", [("\n# a comment\n\n", 1), ("numpy==99\n", 2)])
def test_only_what_a_lock_holds_counts_as_a_change(machine, text, times):
    ensure(machine)
    machine.change_lock(text)
    ensure(machine)
    assert is_ready(machine) and len(machine.ran("-m venv")) == times


@pytest.mark.parametrize("after", range(5))
def test_killed_at_any_command_the_next_run_makes_the_environment(machine, monkeypatch, after):
    machine.dies_at = after
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # nobody cleans up
        with pytest.raises(Killed):
            ensure(machine, "test")
    assert not is_ready(machine) and any(".venv-new-" in name for name in folders(machine))
    machine.dies_at = None
    ensure(machine, "test")
    assert is_ready(machine, "test") and folders(machine) == [".venv"]


def test_the_kills_above_reach_every_command_of_an_installation(machine):
    ensure(machine, "test")
    assert len(machine.commands) == 5


@pytest.mark.parametrize("step", range(4))
def test_killed_while_the_new_environment_takes_its_place_one_of_the_two_is_there(
    machine, monkeypatch, step
):
    ensure(machine)
    before = environment.key(machine.root)
    machine.change_lock("numpy==99\n")
    steps, rename = [], os.rename

    def die(source, target):
        steps.append(source)
        if len(steps) == step // 2 + 1 and step % 2 == 0:
            raise Killed
        rename(source, target)
        if len(steps) == step // 2 + 1:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", die)
        patch.setattr(environment, "tidy", lambda root: None)
        with pytest.raises(Killed):
            ensure(machine)
    machine.failing["pip"] = OFFLINE
    ensure(machine)
    stamp = environment.read_stamp(machine.root / ".venv")
    assert stamp["key"] in (before, environment.key(machine.root))
    machine.failing.clear()
    machine.change_lock("numpy==100\n")
    ensure(machine)
    assert is_ready(machine) and folders(machine) == [".venv"]


def moved(machine, *, to="moved"):
    machine.root = machine.root.rename(machine.root.parent / to)


@pytest.mark.parametrize("to", ["moved", "a course of mine", "x", "汉字 #1"])
def test_an_environment_follows_its_folder_without_any_command(machine, to):
    ensure(machine)
    machine.commands.clear()
    moved(machine, to=to)
    assert "was moved" in ensure(machine)
    venv = machine.root / ".venv"
    assert machine.commands == [] and is_ready(machine)
    tool = (scripts(venv) / "tool").read_text(encoding="utf-8")
    assert f"VENV='{venv}'" in tool and "a course/" not in tool.replace(str(venv), "")
    link = environment.packages_of(venv) / "course_lib.pth"
    assert (link.parent / link.read_text().strip()).resolve() == machine.root.resolve()
    assert ensure(machine) == ""


def test_a_folder_moved_into_its_own_path_and_back_is_followed_too(machine):
    ensure(machine)
    for to in (f"{machine.root.name}/x", "y"):
        content = (scripts(machine.root / ".venv") / "tool").read_text()
        target = machine.root.parent / to if to == "y" else None
        if target is None:  # /a becomes /a/x: the old path is the beginning of the new one
            middle = machine.root.rename(machine.root.parent / "middle")
            (machine.root.parent / to).parent.mkdir()
            target = machine.root.parent / to
            machine.root = middle
        machine.root = machine.root.rename(target)
        ensure(machine)
        after = (scripts(machine.root / ".venv") / "tool").read_text()
        assert f"VENV='{machine.root / '.venv'}'" in after != content


def test_a_settled_program_is_settled_only_once(tmp_path):
    venv, old, new = tmp_path, Path("/a/.venv"), Path("/x/a/.venv")
    scripts(venv).mkdir()
    (scripts(venv) / "tool").write_text("VENV='/a/.venv' /a/.venv-new /b/a/.venv\n")
    for _ in range(2):
        environment.settle(venv, old, new)
        told = (scripts(venv) / "tool").read_text()
        assert told == "VENV='/x/a/.venv' /a/.venv-new /b/a/.venv\n"


@pytest.mark.skipif(os.name != "posix", reason="a first line that names a program")
def test_a_program_starts_from_a_folder_whose_name_has_spaces(tmp_path):
    new = tmp_path / "a b"
    scripts(new).mkdir(parents=True)
    tool = scripts(new) / "tool"
    tool.write_text("#!/old/.venv/bin/python\nimport sys\nprint(sys.argv[1:])\n")
    tool.chmod(0o755)
    python_of(new).symlink_to(sys.executable)
    environment.settle(new, Path("/old/.venv"), new)
    assert subprocess.check_output([tool, "x y"], text=True) == "['x y']\n"


@pytest.mark.parametrize("reason", [OFFLINE, FULL, CLOSED])
@pytest.mark.parametrize("why", ["lock", "moved and lock"])
def test_where_nothing_can_be_installed_an_environment_that_works_is_used(machine, why, reason):
    ensure(machine, "test")
    kept = machine.root / ".venv" / "a file"
    kept.touch()
    machine.change_lock("numpy==99\n")
    if "moved" in why:
        moved(machine)
    machine.failing["pip"] = reason
    for _ in range(2):
        said = ensure(machine)
        assert "Going on with packages that are not the lock's" in said
        assert (machine.root / ".venv" / "a file").exists() and folders(machine) == [".venv"]
    machine.failing.clear()
    ensure(machine)
    assert is_ready(machine, "test") and not (machine.root / ".venv" / "a file").exists()


def test_what_lacks_the_tests_tools_does_not_serve_the_tests(machine):
    ensure(machine)
    machine.failing["pip"] = OFFLINE
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine, "test")
    assert is_ready(machine)


@pytest.mark.parametrize("python", ["", "3.13"])
def test_an_environment_whose_python_is_gone_is_replaced(machine, python):
    ensure(machine)
    python_of(machine.root / ".venv").write_text(python)
    machine.failing["pip"] = OFFLINE
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine)
    assert folders(machine) == [".venv"]
    machine.failing.clear()
    ensure(machine)
    assert is_ready(machine) and len(machine.ran("-m venv")) == 3


@pytest.mark.parametrize("stamp", [None, "{half", "[]"])
def test_an_environment_that_is_not_the_courses_is_kept_under_another_name(machine, stamp):
    venv = machine.root / ".venv"
    machine.make_python(venv)
    (venv / "mine").touch()
    if stamp:
        (venv / environment.STAMP).write_text(stamp)
    assert ".venv-yours-1" in ensure(machine)
    assert is_ready(machine) and (machine.root / ".venv-yours-1" / "mine").exists()


def test_a_python_without_ensurepip_is_told_what_to_install(machine):
    machine.failing["-m venv"] = "because ensurepip is not available. On Debian/Ubuntu"
    with pytest.raises(CourseError, match=r"sudo apt install python3-venv python3\.\d+-venv"):
        ensure(machine)


def test_without_a_network_one_sentence_is_told_and_the_next_run_recovers(machine):
    machine.failing["uv.txt"] = OFFLINE
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine)
    assert folders(machine) == [] and len(machine.ran(" install ")) == 1
    machine.failing.clear()
    ensure(machine)
    assert is_ready(machine)


@pytest.mark.parametrize("output", [FULL, CLOSED])
def test_where_the_home_is_full_or_closed_the_cache_stands_beside_the_environment(
    machine, output, monkeypatch
):
    run = machine.run

    def closed_home(command, variables, *rest):
        status, printed = run(command, variables, *rest)
        is_uv = "--color" in machine.commands[-1]
        return (1, output) if is_uv and "UV_CACHE_DIR" not in variables else (status, printed)

    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.setattr(installer, "run", closed_home)
    assert "cache in your home is full or closed" in ensure(machine)
    assert machine.variables[-1]["UV_CACHE_DIR"].startswith(str(machine.root))


@pytest.mark.parametrize("free, is_beside", [(1e6, True), (1e12, False)])
def test_a_small_home_is_not_filled(machine, monkeypatch, free, is_beside):
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    ensure(machine)
    assert ("UV_CACHE_DIR" in machine.variables[-1]) == is_beside


def test_a_home_that_is_not_there_has_no_room(tmp_path):
    assert not installer.has_room(tmp_path / "home")


@pytest.mark.parametrize("output, kind", [(FULL, "full"), (CLOSED, "cannot be written")])
def test_where_the_courses_own_place_is_full_or_closed_it_is_named(machine, output, kind):
    machine.failing["uv --color"] = output
    with pytest.raises(CourseError, match=kind) as raised:
        ensure(machine)
    assert str(machine.root) in str(raised.value)
    assert not machine.ran(
        f"pip install --no-deps --require-hashes -r {installer.LOCK} --no-in"
    )


@pytest.mark.parametrize(
    "words, output",
    [
        ("uv.txt", "ERROR: No matching distribution found for uv"),
        ("uv --version", "Illegal instruction"),
        ("uv --color", "error: the index gave nothing"),
    ],
    ids=["no wheel", "does not start", "fails"],
)
def test_where_uv_cannot_do_it_pip_installs_the_same_lock(machine, words, output):
    machine.failing |= {words: output} | ({"uv --version": ""} if words == "uv.txt" else {})
    assert "going on with pip" in ensure(machine)
    assert machine.commands[-1].endswith(f"/{installer.LOCK} --no-input")
    assert is_ready(machine)


def test_a_network_lost_halfway_is_told_without_trying_pip(machine):
    machine.failing["uv --color"] = CUT_OFF
    with pytest.raises(CourseError, match="cannot be reached"):
        ensure(machine)
    assert "uv --color" in machine.commands[-1]


def test_no_command_runs_where_a_surrounding_project_has_a_say(machine):
    ensure(machine, "test", "oracles")
    assert set(machine.folders) <= {None, machine.root.anchor}
    assert machine.root.anchor in machine.folders


@pytest.mark.skipif(os.name != "posix", reason="a venv has this folder on Linux only")
def test_an_environment_is_made_where_there_are_no_symbolic_links(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    venv = installer.Installer(ROOT, tmp_path / "venv", print)
    code = f"import os, sys, venv\nos.symlink = None\nsys.argv[1:] = {['--without-pip']!r} + "
    monkeypatch.setattr(installer, "bundled_pip", lambda: None)

    def run(command, variables, say, folder=None):
        made = [sys.executable, "-c", f"{code}{[str(command[-1])]!r}\nvenv.main()"]
        return subprocess.run(made, check=True).returncode, ""

    monkeypatch.setattr(installer, "run", run)
    venv.make()
    assert not python_of(venv.venv).is_symlink() and not (venv.venv / "lib64").is_symlink()
    subprocess.run([python_of(venv.venv), "-c", "import json"], check=True)


def test_the_stamp_says_ready_only_for_this_lock_these_extras_and_this_place(machine):
    ensure(machine, "test")
    stamp = json.loads((machine.root / ".venv" / environment.STAMP).read_text())
    assert is_ready(machine) and is_ready(machine, "test") and not is_ready(machine, "oracles")
    for change in ({"key": "x"}, {"root": "x"}, {"python": "3.0"}):
        environment.write_stamp(machine.root / ".venv", stamp | change)
        assert not is_ready(machine), change


def test_a_real_python_is_probed_and_a_missing_one_is_none(tmp_path):
    version = environment.version_of(Path(sys.executable))
    assert version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert environment.version_of(tmp_path / "python") is None
    assert environment.version_of(tmp_path) is None


def test_the_library_is_installed_as_pip_does_it(tmp_path):
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    environment.link(ROOT, venv)
    ask = (
        "import course_lib, importlib.metadata as m; print(course_lib.__file__, "
        "m.version('course_lib'), len(m.requires('course_lib')), len(m.files('course_lib')))"
    )
    told = subprocess.check_output(
        [python_of(venv), "-c", ask], text=True, cwd=tmp_path
    ).split()
    assert told == [str(ROOT / "course_lib" / "__init__.py"), "0.1.0", "8", "4"]


@pytest.fixture
def real(tmp_path):
    """A copy of what installs, and variables that reach no index."""
    shutil.copy(ROOT / "course.py", tmp_path)
    for name in INPUTS:
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "course_lib").mkdir()
    for name in ("__init__.py", "_files.py"):
        shutil.copy(ROOT / "course_lib" / name, tmp_path / "course_lib")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    kept = {
        n: value for n, value in os.environ.items() if n[:4] not in ("PIP_", "UV_C", "UV_I")
    }
    return tmp_path, kept | nowhere | {"NO_PROXY": "*", "no_proxy": "*"}


def test_a_real_first_installation_without_a_network_ends_in_one_sentence(real):
    folder, variables = real
    for name in ("random.py", "token.py", "signal.py", "selectors.py"):  # they shadow nothing
        (folder / name).write_text("raise SystemExit('shadowed')")
    command = [sys.executable, "course.py", "test"]
    told = subprocess.run(command, cwd=folder, env=variables, text=True, capture_output=True)
    assert told.returncode == 1
    assert told.stderr.startswith("The package index cannot be reached"), told.stderr
    assert len(told.stderr.splitlines()) == 2
