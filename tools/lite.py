"""The browser-only edition: JupyterLite with the course's notebooks, served as plain files.

Its Python is Pyodide. Packages come from PyPI in the versions of requirements.lock; those that
PyPI lacks for the browser come from Pyodide's own server, and their digests are compared.
"""

import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib._files import write_whole
from tools import bundle, vendor
from tools.failures import CourseError, explain
from tools.installer import heartbeat
from tools.packages import uncommented
from tools.workspace import NOTEBOOKS, ROOT, not_yet_run

VERSION, PYTHON, PLATFORM = "314.0.6", "3.14", "pyemscripten_2026_0_wasm32"
DISTRIBUTION = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full"
PLACE = "static/pyodide"  # where JupyterLite looks for it
LOCK = "pyodide-lock.json"
PYODIDE = vendor.Package(
    "pyodide",
    VERSION,
    "BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ==",
    {
        name: [f"{PLACE}/{name}"]
        for name in (
            *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
            LOCK,
        )
    },
)
TARGET = bundle.target("emscripten", "wasm32", PLATFORM)
# what PyPI does not have for the browser; look again when the version changes
FROM_PYODIDE = ("kiwisolver", "matplotlib", "numpy", "pillow")
# what a kernel in the browser has no use for, or its own of
LEFT_OUT = ("jupyterlab", "jupyterlab-widgets", "nbval", "widgetsnbextension")
# what a kernel there installs packages with; no other Python needs it
MICROPIP = """micropip==0.11.1 \\
    --hash=sha256:768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3
"""
# in share/jupyter; the second one is put out of an ordinary JupyterLab's sight
EXTENSIONS = (
    "labextensions/@jupyter-widgets/jupyterlab-manager",
    "jupyterlite/pyodide-kernel-extension",
    "labextensions/anywidget",
)
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Exploding gradients",
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "disablePyPIFallback": True,
                "loadPyodideOptions": {"packages": ["course-lib"]},
            }
        },
    },
}
COURSE_FILES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "LICENSE-TEXT")


def needed(roots) -> dict[str, list[str]]:
    """Return the packages that are needed in the browser, each with those that it needs itself.

    Parameters
    ----------
    roots : iterable of str
        Names of packages that this environment has.
    """
    found: dict[str, list[str]] = {}
    todo = list(roots)
    while todo:
        name = canonicalize_name(todo.pop())
        if name in found:
            continue
        asked = map(Requirement, importlib.metadata.requires(name) or ())
        here = TARGET.variables(PYTHON + ".2") | {"extra": ""}
        held = [line.name for line in asked if not line.marker or line.marker.evaluate(here)]
        found[name] = [n for n in map(canonicalize_name, held) if n not in LEFT_OUT]
        todo += found[name]
    return found


def wheels(folder: Path, packages: dict[str, list[str]]) -> dict[str, Path]:
    """Put the course's wheel and those from PyPI into a folder; return them by package."""
    texts = bundle.wanted(TARGET, PYTHON, set(packages) - set(FROM_PYODIDE))
    texts[min(texts)] += MICROPIP
    print(f"Fetching packages for the browser, Python {PYTHON}", flush=True)
    bundle.download(TARGET, PYTHON, folder, texts)
    with tempfile.TemporaryDirectory() as scratch:
        for name in COURSE_FILES:
            shutil.copy(ROOT / name, scratch)
        hidden = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "course_lib", Path(scratch, "course_lib"), ignore=hidden)
        pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
        run([*pip, "--quiet", "--wheel-dir", folder, scratch])
    return {
        canonicalize_name(path.name.partition("-")[0]): path for path in folder.glob("*.whl")
    }


def from_pyodide(entry: dict, folder: Path) -> Path:
    """Put a wheel of Pyodide's distribution into a folder, and keep it for the next time.

    Parameters
    ----------
    entry : dict
        What Pyodide's lock says of the package.
    folder : pathlib.Path

    Raises
    ------
    CourseError
        If the server is not reached, or sends another file than the lock says.
    """
    kept = vendor.VENDOR / f"pyodide-{VERSION}" / entry["file_name"]
    if not kept.exists():
        print(f"Fetching {entry['name']} {entry['version']} from Pyodide's server", flush=True)
        try:
            address = f"{DISTRIBUTION}/{entry['file_name']}"
            with urllib.request.urlopen(address, timeout=60) as answer:
                content = answer.read()
        except OSError as error:
            raise CourseError(
                f"{entry['name']} for the browser comes from {DISTRIBUTION}, which cannot be "
                f"reached ({getattr(error, 'reason', error)}).",
                "leave out --lite, or run it on a machine that reaches that server.",
            ) from None
        if (digest := hashlib.sha256(content).hexdigest()) != entry["sha256"]:
            raise CourseError(
                f"What was sent as {entry['file_name']} has the digest {digest}.",
                f"do not use it; {LOCK} in the npm package pyodide says what it has to be.",
            )
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, content)
    return Path(shutil.copy(kept, folder))


def entry(name: str, wheel: Path, depends: list[str]) -> dict:
    """Return what Pyodide's lock has to say of a wheel."""
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "imports": [],  # of names that load a package: all are loaded with the course
        "depends": depends,
        "unvendored_tests": False,
    }


def prepare(folder: Path, lacking=()) -> None:
    """Put all that JupyterLite reads into an empty folder.

    Parameters
    ----------
    folder : pathlib.Path
    lacking : container of str, optional
        Packages of `FROM_PYODIDE` to do without.
    """
    vendor.copy_scripts(folder, [PYODIDE])
    place = folder / PLACE
    lock = json.loads((place / LOCK).read_text(encoding="utf-8"))
    theirs = {str(canonicalize_name(name)): v for name, v in lock["packages"].items()}
    roots = [Requirement(line).name for line in uncommented(ROOT / "requirements.txt")]
    roots = [name for name in roots if name not in LEFT_OUT]
    packages = needed([*roots, "ipython"])
    packages |= {"course-lib": [canonicalize_name(name) for name in roots], "micropip": []}
    found = {
        name: from_pyodide(theirs[name], place) for name in FROM_PYODIDE if name not in lacking
    }
    found |= wheels(place, packages)
    lock["packages"] = {
        name: entry(name, wheel, [other for other in packages[name] if other in found])
        for name, wheel in found.items()
    }
    write_whole(place / LOCK, json.dumps(lock).encode())
    write_whole(folder / "jupyter-lite.json", json.dumps(SETTINGS).encode())
    extensions = [f"{sys.prefix}/share/jupyter/{name}" for name in EXTENSIONS]
    config = {
        "LiteBuildConfig": {"federated_extensions": extensions, "ignore_sys_prefix": True}
    }
    write_whole(folder / "jupyter_lite_config.json", json.dumps(config).encode())
    lessons = folder / "lessons"
    lessons.mkdir()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        write_whole(lessons / path.name, not_yet_run(path.read_bytes()))


def build(output: Path, lacking=()) -> None:
    """Make the browser-only edition.

    Parameters
    ----------
    output : pathlib.Path
        The folder to make; it is served under any address.
    lacking : container of str, optional
        As for `prepare`.
    """
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch), lacking)
        print("Building the browser-only edition with JupyterLite", flush=True)
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", scratch]
        command += ["--contents", "lessons", "--output-dir", str(output), "--apps", "lab"]
        command += ["--no-sourcemaps", "--no-unused-shared-packages"]
        run(command, scratch)


def run(command: list, folder=None) -> None:
    """Run a command; raise a CourseError with the last line that it prints if it fails."""
    with heartbeat():
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise explain(" ".join(map(str, command[1:4])), done.stdout + done.stderr, ROOT)
