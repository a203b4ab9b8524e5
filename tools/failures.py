"""Failures told in one sentence with a next step, and how to recognize them.

Standard library only: this runs before anything is installed.
"""

import errno
import os
import platform
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AGAIN = "run the same command again; it goes on from there"


class CourseError(Exception):
    """A failure that has a clear sentence and a next step.

    Parameters
    ----------
    sentence : str
        What went wrong.
    step : str
        What to do about it.
    kind : str
        FULL, UNREACHABLE, ... where it is one of the known kinds, else "".
    """

    def __init__(self, sentence, step, kind=""):
        super().__init__(f"{sentence}\nNext: {step}")
        self.kind = kind


FULL, CLOSED, UNREACHABLE, UNTRUSTED, INCOMPLETE = "full", "closed", "network", "tls", "venv"


TOLD = {
    FULL: ("The disk that holds {folder} is full.", f"free about 1 GB there, then {AGAIN}."),
    UNREACHABLE: (
        "The package index cannot be reached: no network, or a proxy in between.",
        f"check the connection (and HTTPS_PROXY, if you need a proxy), then {AGAIN}.",
    ),
    UNTRUSTED: (
        "The package index was reached, but its certificate was not accepted.",
        "set SSL_CERT_FILE and PIP_CERT to your network's certificate file, then run the same "
        "command again.",
    ),
    CLOSED: (
        "This place cannot be written: {folder} (permission denied, or in use).",
        "make sure that it is yours to write (or put the course in a folder of your own) and "
        "that no JupyterLab of the course is running, then run the same command again.",
    ),
    INCOMPLETE: (
        "This Python cannot make virtual environments: venv or ensurepip is missing.",
        "on Debian or Ubuntu run: sudo apt install python3-venv python{version}-venv (the one "
        "that exists), elsewhere install Python from python.org; then run the same command "
        "again.",
    ),
}

# the first that matches what the installer printed, in this order
SYMPTOMS = (
    (r"no space left|os error 28\b|errno 28\b|not enough space|os error 112\b", FULL),
    (r"quota exceeded|os error 122\b|errno 122\b", FULL),
    (r"ensurepip is not\s+available|no module named '?(venv|ensurepip)\b", INCOMPLETE),
    (r"certificate.?verify.?failed|invalid peer certificate|unknownissuer", UNTRUSTED),
    (
        r"newconnectionerror|failed to establish a new connection|max retries exceeded|"
        r"name resolution|name or service not known|getaddrinfo failed|nodename nor servname|"
        r"dns error|error sending request|tcp connect error|connect timeout|connecttimeout|"
        r"connection (refused|reset|aborted|broken|error)|network is unreachable|"
        r"read timed out|operation timed out|proxyerror|tunnel connection failed",
        UNREACHABLE,
    ),
    (r"permission denied|os error 13\b|errno 13\b|access is denied", CLOSED),
    (r"read-only file system|os error 30\b|errno 30\b", CLOSED),
)


def told(kind, folder):
    """Return the CourseError of a known kind, told of a folder."""
    version = ".".join(platform.python_version_tuple()[:2])
    sentence, step = (text.format(folder=folder, version=version) for text in TOLD[kind])
    return CourseError(sentence, step, kind)


def explain(what, output, folder):
    """Return the CourseError for a step that failed in a folder after printing the output."""
    for pattern, kind in SYMPTOMS:
        if re.search(pattern, output, re.IGNORECASE):
            return told(kind, folder)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    reason = (errors or lines or ["it printed nothing"])[-1]
    return CourseError(f"{what} failed: {reason}", f"{AGAIN}; report it if it stays.")


def explain_os_error(error):
    """Return the CourseError for an operating-system error."""
    place = error.filename or ROOT  # a write that fails names no file
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return told(FULL, place)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return told(CLOSED, place)
    return CourseError(f"The system reports: {error}.", f"put that right, then {AGAIN}.")


def ask_for_standard_input():
    """Give the process an empty standard input if it was started with none."""
    if sys.stdin is None:
        descriptor = os.open(os.devnull, os.O_RDONLY)
        os.set_inheritable(descriptor, True)
        sys.stdin = open(descriptor, closefd=False)


def run_cli(main, *arguments):
    """Run ``main`` and return its exit status; a known failure becomes a sentence and 1."""
    ask_for_standard_input()
    try:
        return main(*arguments) or 0
    except CourseError as error:
        failure = error
    except KeyboardInterrupt:
        failure = CourseError("\nInterrupted.", f"{AGAIN}.")
    except OSError as error:
        failure = explain_os_error(error)
    print(failure, file=sys.stderr)
    return 1
