"""What pyproject.toml and requirements.txt ask for, and what the current environment has.

Standard library only, but for a more exact answer where ``packaging`` is there.
"""

import contextlib
import importlib.metadata
import subprocess
import sys
import tomllib
from pathlib import Path

from tools.failures import CourseError

FIND = "import sys, importlib.util as u; sys.exit(u.find_spec('course_lib') is None)"


def uncommented(path: Path) -> list:
    """Return the lines of a file of requirements, without comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in (line.partition("#")[0].strip() for line in lines) if line]


def extra_requirements(root: Path, extras) -> list:
    """Return the requirements of the extras, as pyproject.toml states them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [line for extra in extras for line in project["optional-dependencies"][extra]]


def require_packages(root: Path, extras=()) -> None:
    """Raise a CourseError that names what the current environment lacks."""
    wanted = uncommented(root / "requirements.txt") + extra_requirements(root, extras)
    lacking = [line for line in wanted if not is_satisfied(line)]
    install = f"run {Path(sys.executable).name} -m pip install"
    if lacking:
        quoted = " ".join(f'"{line}"' for line in lacking)
        raise CourseError(
            f"The current environment ({sys.prefix}) lacks: {', '.join(lacking)}.",
            f"{install} {quoted}, or leave out --no-venv.",
        )
    if subprocess.run([sys.executable, "-P", "-c", FIND]).returncode:
        raise CourseError(
            f"The current environment ({sys.prefix}) lacks the course's library.",
            f'{install} --no-deps -e "{root}", or leave out --no-venv.',
        )


def is_satisfied(requirement: str) -> bool:
    """Say whether the current environment has the package, in a version that will do."""
    name = requirement.partition("=")[0].partition(">")[0].strip()
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    with contextlib.suppress(ImportError):  # it comes with JupyterLab
        from packaging.requirements import Requirement

        return Requirement(requirement).specifier.contains(version, prereleases=True)
    return True
