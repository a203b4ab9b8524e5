"""Where an environment keeps its programs, and the variables that programs are started with.

Standard library only.
"""

import os
from pathlib import Path

# variables that would lead this Python to the packages of another, or keep it slow
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE")


def scripts(venv: Path) -> Path:
    """Return the folder of an environment's programs."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def python_of(venv: Path) -> Path:
    """Return the path of an environment's Python."""
    return scripts(venv) / ("python.exe" if os.name == "nt" else "python")


def outside_variables() -> dict:
    """Return the process environment without what would mislead a Python of ours."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"}


def variables_inside(root: Path) -> dict:
    """Return the process environment of a program that runs in ``.venv``."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    folders = [str(scripts(root / ".venv")), kept.get("PATH", os.defpath)]
    return kept | {"VIRTUAL_ENV": str(root / ".venv"), "PATH": os.pathsep.join(folders)}


def variables_here(root: Path) -> dict:
    """Return the process environment of a program that runs in the current environment."""
    folders = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(folders)}
