#!/usr/bin/env python3
"""The course's one command: make its environment, then hand over to the code inside it.

    python3 course.py lab      open the lessons in JupyterLab
    python3 course.py test     run the tests
    python3 course.py --help   everything else

Only the standard library is used here, and only syntax that Python 2.7 can read: an old
Python has to get as far as the sentence that says what is needed instead.
"""

import os
import sys

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.realpath(__file__))
# last: a file beside this one never stands for a module of Python, whatever its name
sys.path = [path for path in sys.path if os.path.realpath(path) != ROOT] + [ROOT]

import subprocess  # noqa: E402


def starts(name):
    """Say whether the search path has a Python of this name that runs."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call([name, "-c", ""], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def newer_python():
    """Name a Python on the search path that is new enough, or None."""
    names = ["python3.%d" % minor for minor in range(NEEDED[1], NEEDED[1] + 9)]
    return next((name for name in reversed(names) if starts(name)), None)


def too_old():
    """Return the sentence for a Python that is too old."""
    command = " ".join(["course.py"] + sys.argv[1:])
    found = "Python %d.%d (%s)" % (sys.version_info[0], sys.version_info[1], sys.executable)
    newer = newer_python()
    if os.name == "nt":
        step = "install Python 3.12 from python.org, then run: py -3.12 " + command
    elif newer:
        step = "this machine has a newer one, run: %s %s" % (newer, command)
    else:
        step = "install a newer one (python.org), then run it: python3.12 " + command
    return "The course needs Python 3.11 or newer, and this is %s.\nNext: %s" % (found, step)


if sys.version_info < NEEDED:
    sys.exit(too_old())

import argparse  # noqa: E402
import importlib  # noqa: E402
from pathlib import Path  # noqa: E402

if not os.path.isdir(os.path.join(ROOT, "tools")):
    sys.exit(
        "course.py works in the course's folder, and %s is not it.\n"
        "Next: run the one in the folder that you downloaded (a link to it will do)." % ROOT
    )

from tools import bundle, environment, failures, lab, packages, variables  # noqa: E402

MODULES = {
    "lab": "tools.lab",
    "test": "tools.run_tests",
    "build": "tools.build_notebooks",
    "site": "tools.website",
    "bundle": "tools.bundle",
    "present": "tools.present",
    "progress": "tools.summary",
    "summary": "tools.summary",
    "reset": "tools.workspace",
    "doctor": "tools.doctor",
    "lock": "tools.lockfile",
    "bench": "benchmarks.results",
}
WITHOUT_INSTALLING = ("reset", "doctor")


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="course.py", description="Open, test and build the course on exploding gradients."
    )
    # what the command does once its environment is there: nobody types it
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name, text, epilog=None):
        title = text[0].upper() + text[1:] + "."
        return commands.add_parser(name, help=text, description=title, epilog=epilog)

    to_lab = "What follows -- goes to JupyterLab."
    show = add("lab", "open the lessons in JupyterLab", to_lab)
    present = add("present", "open lessons as slides whose sliders are alive", to_lab)
    present.add_argument("lessons", nargs="+", metavar="LESSON", help="for example 03")
    for command in (show, present):
        command.add_argument("--no-browser", action="store_true", help="only print the address")
        command.add_argument(
            "--port", type=port, metavar="N", help="default: the first free from 8888"
        )
    show.add_argument(
        "--offline", action="store_true", help="install from the packages of a bundle"
    )
    test = add("test", "run the tests", "What follows -- goes to pytest.")
    test.add_argument(
        "--oracles",
        action="store_true",
        help="also what only a change of the course could break, with PyTorch (large)",
    )
    test.add_argument(
        "--arithmetics", action="store_true", help="lessons also as other processors compute"
    )
    test.add_argument(
        "--newest-python",
        action="store_true",
        help="lessons also under the newest Python of this machine, in a copy of the folder",
    )
    test.add_argument(
        "--nudged",
        action="store_true",
        help="lessons also from parameters moved by a millionth",
    )
    test.add_argument(
        "--quick", action="store_true", help="in a minute or two: lessons, references, a widget"
    )
    build = add("build", "make the notebooks from notebooks/source")
    build.add_argument("lessons", nargs="*", metavar="LESSON", help="for example 01")
    for name, text in (
        ("--source-dir", "of the sources"),
        ("--output-dir", "of the notebooks"),
    ):
        build.add_argument(name, type=Path, metavar="DIR", help="the folder " + text)
    build.add_argument("--jobs", type=int, metavar="N", help="lessons at a time")
    build.add_argument(
        "--instructor",
        action="store_true",
        help="write lessons with teaching notes, plans and handouts into build/instructor",
    )
    site = add("site", "make the website, which needs no server, in build/site")
    site.add_argument("--output-dir", type=Path, metavar="DIR", help="the website's folder")
    site.add_argument(
        "--lite", action="store_true", help="with lessons that run in the reader's browser"
    )
    pack = add("bundle", "make a folder that installs without a network")
    pack.add_argument(
        "--platform", choices=sorted(bundle.TARGETS), help="default: that of this machine"
    )
    pack.add_argument(
        "--python", nargs="+", metavar="3.N", type=minor, help="default: the one that runs this"
    )
    pack.add_argument("--output-dir", type=Path, metavar="DIR", help="the folder to make")
    hand_in = add("progress", "write your progress into one file, without your name")
    hand_in.add_argument("file", nargs="?", type=Path, default=Path("progress.json"))
    summary = add("summary", "show what learners' progress files say together")
    summary.add_argument("files", nargs="+", type=Path, metavar="FILE")
    summary.add_argument(
        "--output-dir", type=Path, metavar="DIR", help="the folder of the table"
    )
    reset = add("reset", "get a fresh copy of a lesson and keep yours under another name")
    reset.add_argument("lessons", nargs=1, metavar="LESSON", help="for example 01")
    add("doctor", "say what is well on this machine, and what to do about the rest")
    add("lock", "make requirements.lock anew, with the newest versions")
    add(
        "bench",
        "measure speeds and write benchmarks/RESULTS.md (with PyTorch, a large download)",
    )
    for command in (show, test, build):
        command.add_argument(
            "--no-venv", action="store_true", help="use the current environment as it is"
        )
    return parser


def port(text):
    """Return the port number that the text says."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535, got %s" % text)
    return int(text)


def minor(text):
    """Return the version of Python, such as 3.12, that the text says."""
    number = text[2:]
    if text[:2] != "3." or not number.isdigit() or int(number) < NEEDED[1]:
        raise argparse.ArgumentTypeError(
            "a version is 3.%d or newer, such as 3.12, got %s" % (NEEDED[1], text)
        )
    return text


def split(arguments):
    """Split the arguments at the first ``--``: ours, and what is handed on."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


def choose_python(options):
    """Return the Python to hand over to, and the process environment for it."""
    root, extras = Path(ROOT), environment.extras_for(options)
    if getattr(options, "offline", False):
        bundle.use_wheels(root)
    if getattr(options, "no_venv", False):
        packages.require_packages(root, extras)
    elif options.command not in WITHOUT_INSTALLING or environment.is_ready(root):
        python = environment.ensure(root, extras)
        return str(python), variables.course_variables(root, root / ".venv")
    return sys.executable, variables.course_variables(root)


def hand_over(command, process_variables):
    """Become the command (on Windows: wait for it) and pass on its exit status."""
    sys.stdout.flush()
    os.chdir(ROOT)
    if os.name == "posix":
        os.execve(command[0], command, process_variables)
    process = subprocess.Popen(command, env=process_variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the command got it too, and answers it
            continue


def main(arguments):
    """Run one command; return the exit status."""
    own, rest = split(arguments)
    parser = make_parser()
    options = parser.parse_args(own)
    options.rest = rest
    if options.command is None:
        parser.print_help()
        return 2
    if rest and options.command not in ("lab", "present", "test"):
        parser.error("nothing can follow -- in this command, got: %s" % " ".join(rest))
    if options.here:
        return importlib.import_module(MODULES[options.command]).main(options)
    if options.command in ("lab", "present"):
        lab.refuse_root(rest)
    python, process_variables = choose_python(options)
    command = [python, os.path.join(ROOT, "course.py"), "--here"] + arguments
    return hand_over(command, process_variables)


if __name__ == "__main__":
    sys.exit(failures.run_cli(main, sys.argv[1:]))
