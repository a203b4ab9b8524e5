"""What somebody has who installs the package elsewhere, without the course's folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("setuptools", minversion="77")

ROOT = Path(__file__).resolve().parents[1]
FILES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "LICENSE-TEXT")
LESSON = "01_chain_rule"  # with figures, a widget, predictions and checks
LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
# run by the fresh Python in a folder that holds nothing but a lesson
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(f"{sys.argv[1]}.ipynb", as_version=4)
last = nbformat.v4.new_code_cell("import course_lib; print(course_lib.__file__)")
notebook.cells.append(last)
nbclient.NotebookClient(notebook, kernel_name="python3", timeout=600).execute()
print(last.outputs[0].text, end="")
"""


def run(command, folder):
    """Run a command as if the course's folder were not there; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=kept | {"JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(folder / ".ipython")},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def built(kind, source, folder):
    """Build an sdist or a wheel of a source folder and return its path."""
    folder.mkdir()
    run([sys.executable, "-c", BUILD.format(kind=kind), folder], source)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_lib", source / "course_lib", ignore=hidden)
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    return built("sdist", source, source.parent / f"{source.name}-sdist")


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """The wheel that is built from the sdist, so that both have to be complete."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    return built("wheel", source, source.parent / "wheel")


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """A fresh environment with the wheel, and the packages of this one beneath it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False, symlinks=os.name != "nt")
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = folder / "env" / scripts / Path(sys.executable).name
    show = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run([python, "-c", show], folder).strip())
    # an editable course_lib in these folders is not found: its .pth file is not read from there
    below = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    below |= {path for path in sys.path if path.endswith("-packages")}
    below |= {path for path in outside_paths() if Path(path).resolve() != ROOT}
    (packages / "below.pth").write_text("\n".join(sorted(below)), encoding="utf-8")
    no_network = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    pip = [sys.executable, "-m", "pip", "install", *no_network, "--target", packages]
    run([*pip, wheel], folder)
    run([python, "-m", "ipykernel", "install", "--sys-prefix"], folder)
    return folder, python, packages


def outside_paths():
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def test_the_wheel_holds_every_file_of_the_package(wheel):
    files = [path for path in (ROOT / "course_lib").rglob("*") if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
    held = set(zipfile.ZipFile(wheel).namelist())
    assert not expected - held
    assert {name for name in held if name.startswith("course_lib/")} == expected
    assert any(name.endswith("licenses/LICENSE-TEXT") for name in held)


def test_the_package_is_not_found_in_its_own_folder(elsewhere):
    folder, python, packages = elsewhere
    found = run([python, "-c", "import course_lib; print(course_lib.__file__)"], folder)
    assert Path(found.strip()) == packages / "course_lib" / "__init__.py"


def test_a_lesson_runs_where_only_the_package_is_installed(elsewhere):
    folder, python, packages = elsewhere
    shutil.copy(ROOT / "notebooks" / f"{LESSON}.ipynb", folder)
    printed = run([python, "-c", EXECUTE, LESSON], folder)
    assert printed.strip() == str(packages / "course_lib" / "__init__.py")
