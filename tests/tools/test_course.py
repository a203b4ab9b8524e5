"""The command line: what an old Python sees, and what each command hands over."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import course
from tools import environment, lab, packages
from tools.variables import scripts

ROOT = Path(course.__file__).parent
PRETEND = """
import sys, runpy, os
sys.version_info = (3, 8, 18, "final", 0)
sys.argv = ["course.py", "lab", "--port", "9000"]
runpy.run_path("course.py", run_name="__main__")
"""
PUBLISH = ("test", "publish")
TOO_NEW = (
    *(ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Await),
    *(ast.Nonlocal, ast.MatMult, ast.Match, ast.YieldFrom),
)


def run_python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, **options
    )


@pytest.fixture
def handed(monkeypatch):
    """Return a function that runs a command line and gives what it hands over."""
    calls = []
    monkeypatch.setattr(course, "hand_over", lambda *call: calls.append(call) or 0)
    monkeypatch.setattr(environment, "ensure", lambda root, extras: f"venv with {extras}")
    monkeypatch.setattr(environment, "is_ready", lambda root, extras=(): True)
    monkeypatch.setattr(lab, "refuse_root", lambda rest: None)

    def run(*arguments):
        assert course.main(list(arguments)) == 0
        command, variables = calls.pop()
        return command, variables

    return run


def test_course_py_has_only_syntax_that_python_2_7_reads():
    source = Path(course.__file__).read_bytes()
    assert source.isascii()
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, TOO_NEW), f"line {node.lineno}: {type(node).__name__}"
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs and not node.posonlyargs
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert all(a.annotation is None for a in node.args.args)
        if isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
            assert not any(isinstance(item, ast.Starred) for item in ast.iter_child_nodes(node))


def test_nothing_but_the_standard_library_is_imported_to_make_the_environment():
    before = "import sys; import course; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = set(run_python(before, env=dict(os.environ, PYTHONNOUSERSITE="1")).stdout.split())
    heavy = {"packaging", "nbformat", "jupyterlab", "numpy", "pytest", "jupyter_core"}
    assert not loaded & heavy


def test_an_old_python_gets_the_version_found_and_the_version_needed():
    told = run_python(PRETEND)
    assert told.returncode == 1
    assert "needs Python 3.11 or newer, and this is Python 3.8" in told.stderr
    assert "Next:" in told.stderr and "course.py lab --port 9000" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_old_python_names_a_newer_one_only_if_that_starts(monkeypatch):
    monkeypatch.setattr(course.os, "name", "posix")
    monkeypatch.setattr(course, "starts", lambda name: name == "python3.12")
    assert "this machine has a newer one, run: python3.12 course.py" in course.too_old()
    monkeypatch.setattr(course, "starts", lambda name: False)
    assert "install a newer one" in course.too_old()


def test_a_python_that_is_not_there_does_not_start():
    assert course.starts(sys.executable)
    assert not course.starts("python3.0-that-nobody-has")


def test_on_windows_the_old_python_is_told_about_py():
    code = PRETEND.replace("import sys, runpy, os", "import sys, runpy, os, subprocess, shutil")
    told = run_python(code.replace("sys.argv", 'os.name = "nt"; sys.argv'))
    assert "py -3.12 course.py lab --port 9000" in told.stderr


class Module:
    """Stands for the module that does a command's work, and keeps the options it got."""

    def main(self, options):
        self.options = vars(options)


@pytest.mark.parametrize(
    "line, extras, module, given",
    [
        ("lab", (), "tools.lab", {"port": None, "no_browser": False, "rest": []}),
        ("lab --no-browser --port 9000", (), "tools.lab", {"port": 9000, "no_browser": True}),
        ("lab -- --allow-root -y", (), "tools.lab", {"rest": ["--allow-root", "-y"]}),
        ("test", ("test",), "tools.run_tests", {"oracles": False, "quick": False}),
        ("test --oracles", (*PUBLISH, "oracles"), "tools.run_tests", {"oracles": True}),
        ("test -- -k clip", ("test",), "tools.run_tests", {"rest": ["-k", "clip"]}),
        ("build 1 02", ("test",), "tools.build_notebooks", {"lessons": ["1", "02"]}),
        ("build --instructor", PUBLISH, "tools.build_notebooks", {"instructor": True}),
        ("site", PUBLISH, "tools.website", {"output_dir": None, "lite": False}),
        ("bundle --python 3.12", (), "tools.bundle", {"python": ["3.12"], "platform": None}),
        (
            "present 3 4 -- -y",
            PUBLISH,
            "tools.present",
            {"lessons": ["3", "4"], "rest": ["-y"]},
        ),
        ("progress", (), "tools.summary", {"command": "progress"}),
        ("summary a b", (), "tools.summary", {"files": [Path("a"), Path("b")]}),
        ("reset 1", (), "tools.workspace", {"lessons": ["1"]}),
        ("doctor", (), "tools.doctor", {}),
        ("lock", ("test",), "tools.lockfile", {}),
        ("bench", ("test", "oracles"), "benchmarks.results", {}),
    ],
)
def test_each_command_is_run_in_the_environment_with_the_options_it_was_given(
    handed, monkeypatch, line, extras, module, given
):
    command, _ = handed(*line.split())
    assert command[:3] == [f"venv with {extras}", str(ROOT / "course.py"), "--here"]
    asked = Module()
    monkeypatch.setattr(course.importlib, "import_module", {module: asked}.__getitem__)
    course.main(command[2:])
    assert asked.options | given == asked.options


def test_the_environment_of_the_course_comes_first_and_no_other_python_leads_it_astray(
    handed, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    _, variables = handed("lab")
    assert variables["PATH"].startswith(str(scripts(ROOT / ".venv")))
    assert "PYTHONPATH" not in variables and "PYTHONHOME" not in variables


def test_no_venv_uses_the_current_python_and_installs_nothing(handed, monkeypatch):
    monkeypatch.setattr(packages, "require_packages", lambda root, extras: None)
    monkeypatch.setenv("PYTHONPATH", "mine")
    command, variables = handed("lab", "--no-venv")
    assert command[0] == sys.executable and command[2:] == ["--here", "lab", "--no-venv"]
    assert variables["PYTHONPATH"] == "mine"


@pytest.mark.parametrize("words", [("reset", "01"), ("doctor",)])
def test_reset_and_doctor_need_no_installation(handed, monkeypatch, words):
    monkeypatch.setattr(environment, "is_ready", lambda root, extras=(): False)
    command, _ = handed(*words)
    assert command[0] == sys.executable and command[2:] == ["--here", *words]


@pytest.mark.parametrize("version", ["3", "3.x", "2.7", "3.10", "312"])
def test_an_impossible_version_of_python_is_refused_with_both_values(version, capsys):
    with pytest.raises(SystemExit):
        course.main(["bundle", "--python", version])
    assert f"a version is 3.11 or newer, such as 3.12, got {version}" in capsys.readouterr().err


def test_lab_offline_looks_for_the_packages_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(lab, "refuse_root", lambda rest: None)
    monkeypatch.setattr(environment, "ensure", lambda *_: pytest.fail("installed"))
    with pytest.raises(course.failures.CourseError, match="no packages beside"):
        course.main(["lab", "--offline"])


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "88.8"])
def test_an_impossible_port_is_refused_with_both_values(port, capsys):
    with pytest.raises(SystemExit):
        course.main(["lab", f"--port={port}"])
    assert f"a port is a number from 1 to 65535, got {port}" in capsys.readouterr().err


def test_what_follows_two_dashes_is_refused_where_nothing_takes_it(capsys):
    with pytest.raises(SystemExit):
        course.main(["reset", "01", "--", "--force"])
    assert "got: --force" in capsys.readouterr().err


def test_no_command_shows_the_help_and_fails(capsys):
    assert course.main([]) == 2
    assert "open the lessons in JupyterLab" in capsys.readouterr().out


@pytest.mark.parametrize("system", ["os.name", "'nt'"])
def test_the_exit_status_of_the_command_is_passed_on(system):
    code = (
        "import sys, os, course\n"
        f"course.os.name = {system}\n"
        "sys.exit(course.hand_over([sys.executable, '-c', 'raise SystemExit(7)'], os.environ))"
    )
    assert run_python(code).returncode == 7


def test_root_is_refused_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(environment, "ensure", lambda *_: pytest.fail("installed"))
    monkeypatch.setattr(lab.os, "name", "posix")
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(course.failures.CourseError, match="-- --allow-root"):
        course.main(["lab"])


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the standard input")
def test_a_closed_standard_input_is_no_failure():
    command = f'exec "{sys.executable}" course.py reset no_such_lesson <&-'
    told = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert 'There is no lesson "no_such_lesson"' in told.stderr
    assert "Traceback" not in told.stderr


@pytest.fixture
def alone(tmp_path):
    """A link to course.py, and a copy, each in a folder of its own."""
    for name in ("link", "copy"):
        (tmp_path / name).mkdir()
    (tmp_path / "copy" / "course.py").write_bytes(Path(course.__file__).read_bytes())
    try:
        (tmp_path / "link" / "course.py").symlink_to(course.__file__)
    except OSError:
        pytest.skip("no symbolic links here")
    return tmp_path


@pytest.mark.parametrize("kind, told", [("link", "There is no lesson"), ("copy", "is not it.")])
def test_a_link_to_course_py_works_and_a_copy_says_where_it_belongs(alone, kind, told):
    command = [sys.executable, "course.py", "reset", "no_such_lesson"]
    run = subprocess.run(command, cwd=alone / kind, capture_output=True, text=True)
    assert run.returncode == 1 and told in run.stderr and "Next: " in run.stderr
    assert "Traceback" not in run.stderr


def test_a_file_beside_course_py_stands_for_no_module_of_python():
    code = "import course, sys; print(sys.path.index(course.ROOT) == len(sys.path) - 1)"
    assert run_python(code).stdout == "True\n"
