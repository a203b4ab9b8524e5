"""Which module may import which, and what importing a module loads."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import course_lib

ROOT = Path(course_lib.__file__).parents[1]
LIBRARY = sorted(path.stem for path in (ROOT / "course_lib").glob("*.py"))
HEAVY = ("sympy", "matplotlib", "ipywidgets")
NEEDED = {"derivations": "sympy", "environment": "matplotlib"}


def test_imports_keep_to_the_contracts_of_pyproject(capsys):
    status = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("mlp", "import course_lib.figures.style"),
        ("exercises/engine/guard", "import course_lib.exercises.lesson_01.chain"),
        ("exercises/lesson_02/dense", "import course_lib.exercises.lesson_01.chain"),
        ("experiments/wall", "import course_lib.figures.axes"),
        ("figures/axes", "import course_lib.widgets.live"),
        ("figures/png", "import course_lib.figures.display"),  # which imports png
    ],
)
def test_an_import_against_the_contracts_is_found(module, line, tmp_path):
    copied = tmp_path / "course_lib"
    for path in (ROOT / "course_lib").rglob("*.py"):
        target = copied / path.relative_to(ROOT / "course_lib")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with (copied / f"{module}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    check = "import importlinter.cli as c, sys; sys.exit(c.lint_imports(no_cache=True))"
    run = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "BROKEN" in run.stdout, run.stdout + run.stderr


@pytest.mark.parametrize("module", LIBRARY)
def test_a_module_of_the_library_loads_no_heavy_package_that_it_does_not_need(module):
    name = "course_lib" if module == "__init__" else f"course_lib.{module}"
    check = f"import sys, {name}; print(*(p for p in {HEAVY} if p in sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == NEEDED.get(module, "").split()
