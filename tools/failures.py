"""Failures told in one sentence with a next step, and how to recognize them.

Standard library only: this runs before anything is installed.
"""

import errno
import os
import platform
import re
import sys

AGAIN = "run the same command again; it goes on from there"


class CourseError(Exception):
    """A failure that has a clear sentence and a next step.

    Parameters
    ----------
    sentence : str
        What went wrong.
    step : str
        What to do about it.
    """

    def __init__(self, sentence, step):
        super().__init__(f"{sentence}\nNext: {step}")


FULL_DISK = ("The disk is full.", f"free about 1 GB, then {AGAIN}.")
NO_NETWORK = (
    "The package index cannot be reached: no network, or a proxy in between.",
    f"check the connection (and HTTPS_PROXY, if you need a proxy), then {AGAIN}.",
)
CERTIFICATE = (
    "The package index was reached, but its certificate was not accepted.",
    "set SSL_CERT_FILE and PIP_CERT to your network's certificate file, then run the same "
    "command again.",
)
NOT_WRITABLE = (
    "A file of the environment cannot be written: permission denied.",
    "make sure that the course's folder is yours to write and that no JupyterLab of the course "
    "is running, then run the same command again.",
)
NO_ENSUREPIP = (
    "This Python cannot make virtual environments: its venv or ensurepip module is missing.",
    "on Debian or Ubuntu run: sudo apt install python3-venv python{version}-venv (the one that "
    "exists), elsewhere install Python from python.org; then run the same command again.",
)

# the first that matches what the installer printed, in this order
SYMPTOMS = (
    (r"no space left|os error 28\b|errno 28\b|not enough space|os error 112\b", FULL_DISK),
    (r"quota exceeded|os error 122\b|errno 122\b", FULL_DISK),
    (r"ensurepip is not\s+available|no module named '?(venv|ensurepip)\b", NO_ENSUREPIP),
    (r"certificate.?verify.?failed|invalid peer certificate|unknownissuer", CERTIFICATE),
    (
        r"newconnectionerror|failed to establish a new connection|max retries exceeded|"
        r"name resolution|name or service not known|getaddrinfo failed|nodename nor servname|"
        r"dns error|error sending request|tcp connect error|connect timeout|connecttimeout|"
        r"connection (refused|reset|aborted|broken|error)|network is unreachable|"
        r"read timed out|operation timed out|proxyerror|tunnel connection failed",
        NO_NETWORK,
    ),
    (r"permission denied|os error 13\b|errno 13\b|access is denied", NOT_WRITABLE),
)


def recognize(output):
    """Return the (sentence, step) for what an installer printed, or None."""
    for pattern, told_as in SYMPTOMS:
        if re.search(pattern, output, re.IGNORECASE):
            sentence, step = told_as
            return sentence, step.format(version=".".join(platform.python_version_tuple()[:2]))
    return None


def explain(what, output):
    """Return the CourseError for a step that failed after printing the output."""
    known = recognize(output)
    if known:
        return CourseError(*known)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    reason = (errors or lines or ["it printed nothing"])[-1]
    return CourseError(f"{what} failed: {reason}", f"{AGAIN}; report it if it stays.")


def explain_os_error(error):
    """Return the CourseError for an operating-system error."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return CourseError(*FULL_DISK)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CourseError(
            f"This place cannot be written{where}: {error.strerror}.",
            "put the course in a folder of your own, or change the folder's permissions, then "
            "run the same command again.",
        )
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
