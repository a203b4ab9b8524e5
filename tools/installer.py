"""Install packages into a new environment: with uv, and with pip where uv cannot.

Standard library only.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import failures
from tools.index_settings import fetching, pip_settings
from tools.variables import cleaned, python_of

TEST_LOCK, LOCK = "requirements-test.lock", "requirements.lock"
PUBLISH_LOCK = "requirements-publish.lock"
LOCKS = (LOCK, TEST_LOCK, PUBLISH_LOCK)  # each holds all that the one before does
SCRATCH = "course-scratch"  # in the new environment: what only its installation needs
CACHE_BYTES = 500e6
BEAT = 1.8  # seconds: how long nothing is said at most
# runs a command, and ends it with all that it started when the other end of its standard input
# closes: however the process that started it ends
_WATCHED = """
import os, signal, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def end():
    sys.stdin.buffer.read()
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    child.kill()
threading.Thread(target=end, daemon=True).start()
os._exit(child.wait() and 1)
"""


def say_at_once(line: str) -> None:
    """Print a line that is seen even where the output goes to a pipe."""
    print(line, flush=True)


@contextlib.contextmanager
def heartbeat(say=say_at_once):
    """Say how long it has taken, again and again, while the block runs."""
    begin, done = time.monotonic(), threading.Event()

    def beat():
        while not done.wait(BEAT):
            say(f"      … {time.monotonic() - begin:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def run(command, variables, say, folder=None):
    """Run a command that ends when this process does; say that it goes on.

    Return its exit status and all that it printed.
    """
    watched = [sys.executable, "-I", "-c", _WATCHED, *map(str, command)]
    with (
        heartbeat(say),
        subprocess.Popen(
            watched,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=variables,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a signal to the terminal's group does not reach it first
        ) as process,
    ):
        printed = []
        for line in process.stdout or ():
            printed.append(line)
            if line.startswith("Downloading"):
                say("      " + line.strip())
    return process.returncode, "".join(printed)


@dataclass
class Installer:
    """Fills one new environment.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    venv : pathlib.Path
        The new environment; what is temporary stands in it too.
    say : callable
        Called with each line of progress.
    """

    root: Path
    venv: Path
    say: Callable[[str], None]

    def __post_init__(self):  # noqa: D105
        self.python, self.scratch = python_of(self.venv), self.venv / SCRATCH
        self.scratch.mkdir(parents=True)
        self.variables = fetching({}, self.scratch)

    def run(self, what, *command):
        """Run a command; raise a CourseError if it fails."""
        # uv would follow the settings of a project that surrounds the folder it runs in
        status, output = run(command, self.variables, self.say, self.root.anchor)
        if status:
            raise failures.explain(what, output, self.root)
        return output

    def make(self) -> None:
        """Make the environment, and beside it the pip that comes with this Python."""
        if os.name == "posix" and not has_symlinks(self.scratch):
            (self.venv / "lib64").mkdir()  # a link that venv cannot do without
        wheel = bundled_pip()
        options = ["--without-pip"] if wheel else []
        self.run("Making .venv", sys.executable, "-I", "-m", "venv", *options, self.venv)
        if wheel:  # much quicker than that pip installs itself; the lock brings another one
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.scratch / "pip")

    def install(self, lock: str) -> None:
        """Install what a lock holds, and nothing else."""
        pip = (self.python, "-m", "pip")
        theirs = cleaned() | {"PYTHONPATH": self.variables["PYTHONPATH"]}
        _, listing = run([*pip, "config", "list"], theirs, self.say)
        self.variables = fetching(pip_settings(listing), self.scratch)
        locked = ("install", "--no-deps", "--require-hashes", "-r", self.root / lock)
        uv = self.get_uv(pip)
        self.say("[3/3] Installing JupyterLab, NumPy and the other packages (about 100 MB)")
        if uv:
            quiet = (uv, "--color", "never", "--no-progress")
            try:
                return self.install_with_uv(*quiet, "pip", *locked, "--python", self.python)
            except failures.CourseError as error:
                # pip has just reached the index: where uv does not, it is tried no more
                if error.kind in (failures.FULL, failures.CLOSED, failures.UNREACHABLE):
                    raise
        self.say("      uv cannot do it here: going on with pip, which takes a few minutes")
        self.run("Installing the packages", *pip, *locked, "--no-input")

    def get_uv(self, pip):
        """Return the path of uv, put beside the packages; None where this system has none."""
        self.say("[2/3] Getting the installer, uv")
        wanted, folder = self.scratch / "uv.txt", self.scratch / "uv"
        lock = (self.root / TEST_LOCK).read_text(encoding="utf-8")
        (entry,) = (found[0] for found in re.finditer(r"^uv==(.*\\\n)*.*\n", lock, re.M))
        wanted.write_text(entry, encoding="utf-8")
        options = ("--no-input", "--no-compile", "--only-binary", ":all:", "--target", folder)
        uv = folder / "bin" / ("uv.exe" if os.name == "nt" else "uv")
        try:
            self.run("Getting uv", *pip, "install", *options, "--require-hashes", "-r", wanted)
        except failures.CourseError as error:
            if error.kind:
                raise
        status, _ = run([uv, "--version"], self.variables, self.say)
        return None if status else uv

    def install_with_uv(self, *command) -> None:
        """Install with uv; where its cache is full or closed, with one beside the packages."""
        own = {"UV_CACHE_DIR": str(self.scratch / "cache")}
        if "UV_CACHE_DIR" not in self.variables and not has_room(Path.home()):
            self.variables |= own
        try:
            self.run("Installing the packages", *command)
        except failures.CourseError as error:
            if error.kind not in (failures.FULL, failures.CLOSED):
                raise
            self.say("      The cache in your home is full or closed: using one beside .venv.")
            self.variables |= own
            self.run("Installing the packages", *command)

    def install_unlocked(self, requirements, held_by: str) -> None:
        """Install what no lock holds with pip, which follows the machine's own choice of wheel.

        Packages that the lock named last holds stay as they are.
        """
        self.say(f"[+] Installing {' '.join(requirements)}: a large download")
        held = self.scratch / "held.txt"  # with hashes, pip would ask for PyTorch's too
        lock = (self.root / held_by).read_text(encoding="utf-8")
        held.write_text("\n".join(re.findall(r"^\w.*?(?= \\$)", lock, re.M)), encoding="utf-8")
        pip = (self.python, "-m", "pip", "install", "--no-input", "-c", held)
        self.run(f"Installing {requirements[0]}", *pip, *requirements)


def bundled_pip():
    """Return the path of pip's wheel that comes with this Python; None where there is none."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR")]
    found = importlib.util.find_spec("ensurepip")
    if found and found.origin:
        folders.append(Path(found.origin).with_name("_bundled"))
    wheels = [wheel for folder in filter(None, folders) for wheel in Path(folder).glob("pip-*")]
    return wheels[0] if wheels else None


def has_room(folder: Path) -> bool:
    """Say whether a folder has room for the files of all packages."""
    try:
        return shutil.disk_usage(folder).free > CACHE_BYTES
    except OSError:
        return False


def has_symlinks(folder: Path) -> bool:
    """Say whether the file system of a folder has symbolic links."""
    link = folder / "link"
    try:
        link.symlink_to("nowhere")
    except OSError:
        return False
    link.unlink()
    return True
