"""Each failure that learners meet is recognized and told in one sentence with a next step."""

import errno
import os

import pytest

from tools.failures import ROOT, CourseError, explain, run_cli

# what pip, uv and venv print on the systems of the course
PRINTED = {
    "The disk that holds the course is full": [
        "ERROR: Could not install packages: [Errno 28] No space left on device",
        "error: Failed to write `x`\n  Caused by: No space left on device (os error 28)",
        "error: There is not enough space on the disk. (os error 112)",
        "OSError: [Errno 122] Disk quota exceeded",
    ],
    "cannot be reached": [
        "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n"
        "ERROR: No matching distribution found for uv==0.1",
        "error: Failed to fetch: `x`\n  Caused by: dns error: failed to lookup address",
        "error: Request failed\n  Caused by: tcp connect error: Connection refused",
        "socket.gaierror: [Errno 11001] getaddrinfo failed",
        "ERROR: ProxyError('Cannot connect to proxy.')",
    ],
    "certificate was not accepted": [
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...'))",
        "error sending request\n  Caused by: invalid peer certificate: UnknownIssuer",
    ],
    "cannot make virtual environments": [
        "The virtual environment was not created successfully because ensurepip is not\n"
        "available.  On Debian/Ubuntu systems, you need to install the python3-venv",
        "/usr/bin/python3: No module named venv",
        "/usr/bin/python3: No module named ensurepip",
    ],
    "cannot be written: the course": [
        "error: failed to create directory `x`: Permission denied (os error 13)",
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied",
        "error: Failed to initialize cache at `x`: Read-only file system (os error 30)",
    ],
}


@pytest.mark.parametrize(
    "sentence, printed", [(s, text) for s, texts in PRINTED.items() for text in texts]
)
def test_what_an_installer_prints_becomes_a_sentence_and_a_next_step(sentence, printed):
    first, step = str(explain("Installing", printed, "the course")).split("\n")
    assert sentence in first
    assert step.startswith("Next: ") and "same command again" in step


def test_an_unknown_failure_shows_the_last_error_line():
    printed = "reading\nerror: the moon is full\nhint: wait\n"
    error = explain("Installing x", printed, "the course")
    assert str(error).startswith("Installing x failed: error: the moon is full\nNext: ")


def test_a_silent_failure_is_told_as_such():
    assert "it printed nothing" in str(explain("Installing x", "\n", "the course"))


@pytest.mark.parametrize(
    "number, sentence",
    [
        (errno.ENOSPC, "The disk that holds course/.venv is full"),
        (errno.EACCES, "cannot be written: course/.venv"),
        (errno.EROFS, "cannot be written: course/.venv"),
        (errno.EIO, "The system reports"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence(number, sentence, capsys):
    def main():
        raise OSError(number, os.strerror(number), "course/.venv")

    assert run_cli(main) == 1
    printed = capsys.readouterr().err
    assert sentence in printed and "Next: " in printed and "Traceback" not in printed


def test_a_write_that_names_no_file_is_told_of_the_course_s_folder(capsys):
    def main():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert run_cli(main) == 1
    assert f"The disk that holds {ROOT} is full" in capsys.readouterr().err


def test_an_interrupted_command_says_that_it_goes_on_when_run_again(capsys):
    def main():
        raise KeyboardInterrupt

    assert run_cli(main) == 1
    assert "Interrupted.\nNext: run the same command again" in capsys.readouterr().err


def test_a_known_failure_is_printed_without_a_traceback(capsys):
    def main():
        raise CourseError("It broke.", "mend it.")

    assert run_cli(main) == 1
    assert capsys.readouterr().err == "It broke.\nNext: mend it.\n"


def test_an_exit_status_is_passed_on():
    assert run_cli(lambda: 5) == 5
    assert run_cli(lambda: None) == 0
