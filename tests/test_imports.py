"""Which module may import which, and what importing a module loads."""

import shutil
import subprocess
import sys
from pathlib import Path

from importlinter.cli import lint_imports

import course_lib

ROOT = Path(course_lib.__file__).parents[1]
LIBRARY = sorted(path.stem for path in (ROOT / "course_lib").glob("[!_]*.py"))
HEAVY = ("sympy", "matplotlib", "ipywidgets")
NEEDED = {"environment": "matplotlib"}
# what the modules of the library load, one after the other
CHECK = """
import importlib, sys
for name in sys.argv[1:]:
    before = set(sys.modules)
    importlib.import_module(name)
    print(name, *({heavy} & set(sys.modules) - before))
"""
FORBIDDEN = {
    "mlp": "figures.style",
    "exercises.engine.guard": "exercises.lesson_01.chain",
    "exercises.lesson_02.dense": "exercises.lesson_01.chain",
    "experiments.wall": "figures.axes",
    "predictions.lesson_01": "figures.style",
    "figures.axes": "widgets.live",
    "figures.png": "figures.display",  # which imports png
}


def run(code, *arguments, folder=ROOT):
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_imports_keep_to_the_contracts_of_pyproject(capsys):
    status = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_imports_against_the_contracts_are_found(tmp_path):
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, other in FORBIDDEN.items():
        path = tmp_path / "course_lib" / f"{module.replace('.', '/')}.py"
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\nimport course_lib.{other}\n")
    code = "import importlinter.cli as c, sys; sys.exit(c.lint_imports(no_cache=True))"
    checked = run(code, folder=tmp_path)
    told = " ".join(checked.stdout.split())
    assert checked.returncode == 1 and "Contracts: 0 kept" in told, told + checked.stderr
    for module, other in FORBIDDEN.items():
        link = f"course_lib.{module} -> course_lib.{other} "
        assert link in told or (".png -> .display " in told and module == "figures.png"), link


def test_a_module_of_the_library_loads_no_heavy_package_that_it_does_not_need():
    light = ["course_lib", *(f"course_lib.{name}" for name in LIBRARY if name not in NEEDED)]
    check = CHECK.format(heavy=set(HEAVY))
    assert run(check, *light).stdout.splitlines() == light
    for name, package in NEEDED.items():
        assert run(check, f"course_lib.{name}").stdout.split()[1:] == [package]
