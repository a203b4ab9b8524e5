"""Open JupyterLab on the learner's workspace."""

import argparse
import os
import socket
import sys
from pathlib import Path

from tools import workspace
from tools.failures import CourseError, run_cli

FIRST_PORT, PORTS = 8888, 50
FIRST_LESSON = "00_start_here.ipynb"
SETTINGS = Path(__file__).resolve().parent / "jupyter"


def is_free(port: int) -> bool:
    """Say whether a server can listen on a port of the loopback address."""
    with socket.socket() as probe:
        # on Windows this option would let two servers share the port
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def running_server(folder: Path, port: int):
    """Return the address of a Jupyter server of the folder on a port, or None."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if server.get("port") == port and Path(server.get("root_dir", "")) == folder.resolve():
            return f"{server['url']}lab?token={server['token']}"
    return None


def choose_port(asked, folder: Path, server_of=running_server) -> int:
    """Return the port to use: the one asked for, or the first free one.

    Raises
    ------
    CourseError
        If it is taken, or if JupyterLab is running on this workspace already.
    """
    first = asked or FIRST_PORT
    if is_free(first):
        return first
    address = server_of(folder, first)
    if address:
        raise CourseError(
            "JupyterLab is already running on this workspace.",
            f"open {address} or stop it first (Ctrl-C in its terminal).",
        )
    free = next((p for p in range(first + 1, min(first + PORTS, 65536)) if is_free(p)), None)
    if asked or free is None:
        other = f"--port {free}" if free else "another --port"
        raise CourseError(
            f"Port {first} is in use by another program, or not allowed.",
            f"choose another port: python3 course.py lab {other}",
        )
    return free


def server_arguments(folder: Path, port: int, browser: bool = True, rest=()) -> list:
    """Return the arguments that JupyterLab is started with.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace: the only folder that the server shows.
    port : int
        The port on the loopback address.
    browser : bool
        Whether to open a browser.
    rest : sequence of str
        More arguments; they come last and win.
    """
    first = f"/lab/tree/{FIRST_LESSON}" if (folder / FIRST_LESSON).exists() else "/lab"
    return [
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url={first}",
        *([] if browser else ["--no-browser"]),
        *rest,
    ]


def server_variables(variables) -> dict:
    """Return the process environment that JupyterLab is started with.

    The kernel is the one of this environment, and the settings in ``tools/jupyter`` hold:
    no news, and no jupytext, which would write over files beside a notebook.
    """
    paths = [str(SETTINGS), *filter(None, [variables.get("JUPYTER_CONFIG_PATH")])]
    return dict(variables) | {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(paths),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def refuse_root(rest) -> None:
    """Raise a CourseError for the superuser, unless running as root was asked for."""
    is_root = os.name == "posix" and os.geteuid() == 0
    if is_root and "--allow-root" not in rest:
        raise CourseError(
            "JupyterLab does not run as root.",
            "run the command as an ordinary user, or, in a container, add: -- --allow-root",
        )


def main(arguments) -> None:
    """Bring the workspace up to date and run JupyterLab until it is stopped."""
    parser = argparse.ArgumentParser(prog="course.py lab")
    parser.add_argument("--port", type=int)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("rest", nargs="*")
    options = parser.parse_args(arguments)
    os.environ.update(server_variables(os.environ))
    for sentence in workspace.sync():
        print(sentence, flush=True)
    port = choose_port(options.port, workspace.WORKSPACE)

    # builds a grammar for 2 s at every start, to validate addresses that nothing here uses;
    # jsonschema does without it where it is absent
    sys.modules["rfc3987_syntax"] = None
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(
        server_arguments(workspace.WORKSPACE, port, not options.no_browser, options.rest)
    )


if __name__ == "__main__":
    sys.exit(run_cli(main, sys.argv[1:]))
