"""Install packages into an environment: with uv, and with pip where uv cannot.

Standard library only.
"""

import ast
import os
import re
import subprocess

from tools.failures import CourseError, explain, recognize

UV = "uv==0.13.9"
# the lines of uv and pip that are worth showing as progress
PROGRESS = re.compile(r"\s*(Resolved|Downloading|Building|Prepared|Installed|Installing col)")
# pip's own settings and what uv calls them: uv does not read pip's configuration
PIP_TO_UV = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_NO_INDEX", "UV_OFFLINE")


def stream(command, variables, say):
    """Run a command, saying its progress lines as they come.

    Returns
    -------
    (int, str)
        Exit status and all that it printed.
    """
    printed = []
    with subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=variables,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout:
                printed.append(line)
                if PROGRESS.match(line):
                    say("      " + line.strip())
        except BaseException:
            process.kill()
            raise
    return process.returncode, "".join(printed)


def pip_settings(listing: str) -> dict:
    """Return pip's settings for uv, from the text of ``pip config list``.

    A variable of the environment wins over ``[install]``, and that over ``[global]``.
    """
    found = {}
    for section in ("global", "install", ":env:"):
        for line in listing.splitlines():
            name, _, value = line.partition("=")
            option = name.removeprefix(section + ".")
            if option in PIP_TO_UV and option != name:
                found[PIP_TO_UV[option]] = str(ast.literal_eval(value))
    return found


def uv_variables(python, variables) -> dict:
    """Return the process environment for uv: pip's settings, unless it has its own."""
    if any(name in variables for name in INDEX_VARIABLES):
        return variables
    _, listing = stream([python, "-m", "pip", "config", "list"], variables, lambda line: None)
    return pip_settings(listing) | variables | {"UV_PYTHON_DOWNLOADS": "never"}


def get_uv(python, variables, say) -> bool:
    """Install uv with pip; return False where this system has no uv."""
    say(f"[2/4] Getting the installer ({UV})")
    arguments = ["--no-input", "--only-binary", "uv", UV]
    status, output = stream([python, "-m", "pip", "install", *arguments], variables, say)
    if status and recognize(output):
        raise explain("Getting uv", output)
    return status == 0 and uv_starts(python, variables)


def uv_starts(python, variables) -> bool:
    """Say whether uv runs on this system."""
    try:
        status, _ = stream([python, "-m", "uv", "--version"], variables, lambda line: None)
    except OSError:
        return False
    return status == 0


def install_with(tool, what, arguments, variables, say) -> None:
    """Run ``tool install arguments``; raise a CourseError if it fails."""
    status, output = stream([*tool, "install", *arguments], variables, say)
    if status:
        raise explain(what, output)


def install_packages(root, python, extra, variables, say) -> None:
    """Install the locked packages and then ``course_lib`` without dependencies.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    python : pathlib.Path
        The Python of the environment; it has pip.
    extra : list of str
        Requirements beside those of requirements.txt; the lock holds their versions too.
    variables : dict
        The process environment.
    say : callable
        Called with each line of progress.
    """
    pip = [python, "-m", "pip"]
    if get_uv(python, variables, say):
        uv = [python, "-m", "uv", "--color", "never", "pip"]
        try:
            return install_both(root, uv, python, extra, uv_variables(python, variables), say)
        except CourseError as error:
            if "disk is full" in str(error):
                raise
    say("      uv cannot do it here: going on with pip, which takes a few minutes")
    return install_both(root, pip, None, extra, variables, say)


def install_both(root, tool, python, extra, variables, say) -> None:
    """Install packages and course_lib with one tool (``python`` is named for uv only)."""
    lock = root / "requirements.lock"
    target = ["--python", python] if python else ["--no-input"]
    held = ["--build-constraints", lock] if python else []
    packages = ["-r", root / "requirements.txt", *extra, "-c", lock]
    say("[3/4] Installing JupyterLab, NumPy and the other packages (about 100 MB)")
    install_with(tool, "Installing the packages", [*target, *packages], variables, say)
    say("[4/4] Installing course_lib")
    editable = [*held, "--no-deps", "--editable", root]
    install_with(tool, "Installing course_lib", [*target, *editable], variables, say)


def install_oracles(root, python, oracles, variables, say) -> None:
    """Install PyTorch with pip, which follows the machine's own choice of wheel."""
    say(f"[+] Installing {' '.join(oracles)}, an oracle for the tests: a large download")
    held = ["--no-input", "-c", os.fspath(root / "requirements.lock")]
    pip = [python, "-m", "pip"]
    install_with(pip, "Installing the oracles", [*held, *oracles], variables, say)
