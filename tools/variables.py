"""Where an environment keeps its programs, and the variables that programs are started with.

Standard library only.
"""

import os
import shutil
from pathlib import Path

# what is set for Python, Jupyter or matplotlib elsewhere is left out, but for these
KEPT = ("PYTHONUNBUFFERED", "PYTHONPYCACHEPREFIX", "PYTHONUTF8", "PYTHONIOENCODING")
OF_OTHERS = ("PYTHON", "JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
# what makes NumPy compute on one thread, whatever library it comes with
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    "1",
)
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def is_root() -> bool:
    """Say whether the superuser runs this: JupyterLab and Chromium want to be told so."""
    return os.name == "posix" and os.geteuid() == 0


def chromium():
    """Return the path of a Chromium or Chrome on the search path, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def scripts(venv: Path) -> Path:
    """Return the folder of an environment's programs."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def python_of(venv: Path) -> Path:
    """Return the path of an environment's Python."""
    return scripts(venv) / ("python.exe" if os.name == "nt" else "python")


def cleaned(also=()) -> dict:
    """Return the process environment without what would mislead a Python of ours.

    ``also`` are names to keep beside those that do no harm.
    """
    kept = {*KEPT, *also}
    return {k: v for k, v in os.environ.items() if k in kept or not k.startswith(OF_OTHERS)}


def course_variables(root: Path, venv: Path | None = None) -> dict:
    """Return the process environment that the course's programs run in.

    What Jupyter, IPython and matplotlib keep stands in a folder of the course: personal
    settings do not reach lessons, and a home that is full or closed stops nothing. Without
    ``venv`` the current environment is used, with its ``PYTHONPATH``.
    """
    state = root / ".jupyter"
    own = {
        f"JUPYTER_{kind}_DIR": state / kind.lower() for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    own |= {"IPYTHONDIR": state / "ipython", "MPLCONFIGDIR": state / "matplotlib"}
    own |= {"JUPYTER_CONFIG_PATH": SETTINGS, "JUPYTER_PREFER_ENV_PATH": 1}
    kept = cleaned() if venv else cleaned(("PYTHONPATH", "PYTHONHOME"))
    if venv:
        kept["PATH"] = os.pathsep.join([str(scripts(venv)), kept.get("PATH", os.defpath)])
        kept["VIRTUAL_ENV"] = str(venv)
    return kept | {name: str(value) for name, value in own.items()}
