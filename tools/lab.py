"""Open JupyterLab on the learner's workspace."""

import contextlib
import errno
import os
import secrets
import socket
import time
from pathlib import Path

from course_lib._files import try_to_lock
from tools import installer, workspace
from tools.failures import CourseError

FIRST_PORT, PORTS = 8888, 50
FIRST_LESSON = "00_start_here.ipynb"
PROMPT = "tools.websocket.PromptConnection"  # answers of a kernel 40 ms earlier
LOCK = ".course-server.lock"
PATIENCE = 30  # seconds: how long the address of a server that starts is waited for


def check_port(port: int) -> None:
    """Raise a CourseError if no server can listen on a port of the loopback address."""
    with socket.socket() as probe:
        # on Windows this option would let two servers share the port
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            is_closed = error.errno in (errno.EACCES, errno.EPERM)
            why = "is not allowed to you" if is_closed else "is in use by another program"
            raise CourseError(
                f"Port {port} {why}.",
                "leave out --port, or choose another one, such as --port 8890.",
            ) from None


def address_of_running(folder: Path):
    """Return the address of the server that runs on a folder, or None."""
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if Path(server.get("root_dir", "")) == folder.resolve():
            return f"{server['url']}lab?token={server['token']}"
    return None


def claim(folder: Path, patience: float = PATIENCE):
    """Return a file whose lock says that this process serves the folder, as long as it is open.

    Raises
    ------
    CourseError
        If another process does; its address is told.
    """
    file = open(folder / LOCK, "a+b")
    if try_to_lock(file):
        return file
    file.close()
    deadline = time.monotonic() + patience
    while not (address := address_of_running(folder)) and time.monotonic() < deadline:
        time.sleep(0.2)
    raise CourseError(
        "JupyterLab is already running on this workspace.",
        f"open {address or 'it'} or stop it first (Ctrl-C in its terminal).",
    )


def server_arguments(folder: Path, options, first: str = FIRST_LESSON) -> list:
    """Return the arguments with which JupyterLab shows a folder, and first a notebook in it.

    ``options`` have ``port``, ``no_browser``, and ``rest``: more arguments, which win.
    """
    page = f"/lab/tree/{first}" if (folder / first).exists() else "/lab"
    ours = [
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={options.port or FIRST_PORT}",
        f"--ServerApp.port_retries={0 if options.port else PORTS}",
        f"--IdentityProvider.token={secrets.token_hex(24)}",
        f"--LabApp.default_url={page}",
        # what is said below these levels is said to those who develop JupyterLab
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
        # or each kernel warns that it is not encrypted
        "--MappingKernelManager.transport_encryption=auto",
        f"--ServerApp.kernel_websocket_connection_class={PROMPT}",
        *(["--no-browser"] if options.no_browser else []),
    ]
    # Jupyter takes none of its options twice, in full or by a short name, such as --port
    from jupyterlab.labapp import LabApp

    full = {f"--{short}": f"--{name}" for short, name in LabApp.aliases.items()}
    words = [word.partition("=")[0] for word in options.rest]
    given = {full.get(word, word) for word in words}
    return [word for word in ours if word.partition("=")[0] not in given] + options.rest


def refuse_root(rest) -> None:
    """Raise a CourseError for the superuser, unless running as root was asked for."""
    is_root = os.name == "posix" and os.geteuid() == 0
    if is_root and "--allow-root" not in rest:
        raise CourseError(
            "JupyterLab does not run as root.",
            "run the command as an ordinary user, or, in a container, add: -- --allow-root",
        )


def allow_files_of_nobody(folder: Path) -> None:
    """Let Jupyter keep its files where a file system knows no owners and no permissions."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / "private"
    probe.touch(mode=0o600)
    if os.name == "posix" and probe.stat().st_mode & 0o077:
        os.environ["JUPYTER_ALLOW_INSECURE_WRITES"] = "1"
    probe.unlink()


def main(options) -> None:
    """Bring the workspace up to date and run JupyterLab until it is stopped."""
    folder = workspace.WORKSPACE
    serve(options, folder, prepare=lambda: workspace.sync(workspace.NOTEBOOKS, folder))


def serve(options, folder: Path, first: str = FIRST_LESSON, prepare=lambda: ()) -> None:
    """Run JupyterLab on a folder until it is stopped; ``options`` as for `server_arguments`.

    ``prepare`` is called before, and returns sentences to say.
    """
    if runtime := os.environ.get("JUPYTER_RUNTIME_DIR"):
        allow_files_of_nobody(Path(runtime))  # before Jupyter is imported
    print("Starting JupyterLab", flush=True)
    with contextlib.ExitStack() as stack, contextlib.ExitStack() as starting:
        starting.enter_context(installer.heartbeat())
        for sentence in prepare():
            print(sentence, flush=True)
        stack.enter_context(claim(folder))
        if options.port:
            check_port(options.port)

        from jupyterlab.labapp import LabApp

        server = LabApp.initialize_server(server_arguments(folder, options, first))

        def tell():
            starting.close()
            token = server.identity_provider.token
            print(
                f"The lessons are open at {server.connection_url}lab?token={token}\n"
                "Leave this window open while you work; Ctrl-C here ends JupyterLab.",
                flush=True,
            )

        server.io_loop.add_callback(tell)  # run when it answers
        server.start()
