"""Say in one line each what is well here and what to do about the rest.

Nothing is installed. Without the course's environment the standard library is enough: what
needs its packages is then told as not tried.
"""

import importlib.util
import os
import platform
import queue
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from course_lib._files import UNFINISHED
from tools import environment, lab, packages
from tools.failures import CourseError
from tools.variables import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
NEEDED_BYTES = 1e9  # beside the environment: what an update needs while both are there
KERNEL_SECONDS = 60
BROWSERS = (*CHROMIUM, "firefox", "msedge")
# a slider that says where it is moved to, as a kernel behind a front end has it
SLIDER = """
import ipywidgets
slider = ipywidgets.IntSlider()
slider.observe(lambda change: print("moved to", change["new"], flush=True), "value")
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What it is.
    said : str
        What was found.
    step : str
        What to do; "" where all is well.
    is_needed : bool
        Whether a lesson does not work without it.
    """

    name: str
    said: str
    step: str = ""
    is_needed: bool = True

    def __str__(self):
        """Return the line that is printed."""
        is_open = self.step or self.said.startswith("not tried")
        mark = "!!" if self.step and self.is_needed else "--" if is_open else "ok"
        line = f"{mark}  {self.name:<12} {self.said}"
        return f"{line}: {self.step}" if self.step else line


def python() -> Finding:
    """Look at the Python that runs this; `course.py` refuses one that is too old."""
    return Finding("Python", f"{platform.python_version()} ({sys.executable})")


def folder(root: Path = ROOT) -> Finding:
    """Try to write into the course's folder."""
    probe = root / f".doctor{UNFINISHED}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Finding("folder", f"{root} cannot be written ({why})", "move the course home")
    return Finding("folder", f"{root} can be written")


def disk(root: Path = ROOT) -> Finding:
    """Ask how much room there is."""
    free = shutil.disk_usage(root).free
    said = f"{free / 1e9:.1f} GB are free"
    return Finding("disk", said, "" if free > NEEDED_BYTES else "free 1 GB there")


def ports() -> Finding:
    """Look for a port that JupyterLab can have."""
    for port in range(lab.FIRST_PORT, lab.FIRST_PORT + lab.PORTS):
        try:
            lab.check_port(port)
        except CourseError:
            continue
        return Finding("ports", f"{port} is free")
    said = f"{lab.FIRST_PORT} to {lab.FIRST_PORT + lab.PORTS - 1} are taken or closed"
    return Finding("ports", said, "run: python3 course.py lab --port 9000")


def browser() -> Finding:
    """Look for a browser: macOS and Windows bring one."""
    if sys.platform in ("darwin", "win32"):
        return Finding("browser", "comes with the system")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return Finding("browser", found)
    step = "install Firefox or Chromium, or open the printed address on another machine"
    return Finding("browser", "none is on the search path", step)


def chinese() -> Finding:
    """Look for a font with the Chinese terms of the glossary."""
    if sys.platform in ("darwin", "win32"):
        return Finding("Chinese", "fonts come with the system")
    if not (program := shutil.which("fc-list")):
        return Finding("Chinese", "not tried: fc-list is not here")
    fonts = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True)
    if families := fonts.stdout.split("\n")[0]:
        return Finding("Chinese", families)
    step = "if you want to read them, install one such as fonts-noto-cjk"
    said = "no font for the Chinese terms of glossary and lesson 11, which show as boxes"
    return Finding("Chinese", said, step, is_needed=False)


def installed(root: Path = ROOT) -> Finding:
    """Ask whether the environment that `lab` uses is the lock's."""
    if environment.is_ready(root):
        return Finding("packages", ".venv has those of the lock")
    try:
        packages.require_packages(root)
    except CourseError:
        return Finding("packages", "some are not here yet", "run: python3 course.py lab")
    return Finding("packages", "this Python has what the course needs")


def widgets(seconds: float = KERNEL_SECONDS) -> Finding:
    """Start a kernel, move a slider from outside, and wait for its answer."""
    if importlib.util.find_spec("jupyter_client") is None:
        return Finding("widgets", "not tried: the packages are not here yet")
    begin = time.monotonic()
    try:
        said = move_a_slider(seconds)
    except (queue.Empty, RuntimeError, OSError) as error:
        why = str(error) or f"no answer within {seconds:g} s"
        step = "let Python connect to 127.0.0.1 (a firewall or a proxy may stop it)"
        return Finding("widgets", f"a kernel does not answer ({why})", step)
    if "moved to 7" not in said:
        return Finding("widgets", f"a slider answers {said!r}", "delete .venv, then run lab")
    return Finding("widgets", f"a slider answers ({time.monotonic() - begin:.1f} s)")


def move_a_slider(seconds: float) -> str:
    """Return what a slider in a new kernel prints when it is moved to 7."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager()
    if spec := manager.kernel_spec:
        spec.argv[0] = sys.executable
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=seconds)
        ids = []

        def keep(message):
            if message["msg_type"] == "comm_open":
                ids.append(message["content"]["comm_id"])

        client.execute_interactive(SLIDER, output_hook=keep, timeout=seconds)
        if not ids:
            return ""
        # the last one opened is the slider itself, after its layout and its style
        data = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
        content = {"comm_id": ids[-1], "data": data}
        client.shell_channel.send(client.session.msg("comm_msg", content))
        while (message := client.get_iopub_msg(timeout=seconds))["msg_type"] != "stream":
            pass
        return message["content"]["text"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


CHECKS = (python, folder, disk, ports, browser, chinese, installed, widgets)


def main(_options=None, checks=CHECKS) -> int:
    """Print a line for each check and a last sentence; return 1 if there is something to do."""
    if runtime := os.environ.get("JUPYTER_RUNTIME_DIR"):
        lab.allow_files_of_nobody(Path(runtime))  # as `lab` does
    todo = 0
    for check in checks:
        finding = check()
        todo += bool(finding.step and finding.is_needed)
        print(finding, flush=True)
    if todo:
        print(f"{todo} of {len(checks)} things need you: see the lines that begin with !!.")
    else:
        command = f"{'py' if os.name == 'nt' else 'python3'} course.py lab"
        print(f"Nothing stands in the way: `{command}` opens the lessons.")
    return int(todo > 0)
