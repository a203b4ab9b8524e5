"""Execute a notebook with the Python that runs this module, in an environment of its own."""

import atexit
import importlib.util
import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode

from tools.variables import ONE_THREAD

CELL_TIMEOUT = 60  # seconds

_LEFT_OUT = {"MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS", "COLUMNS", "LINES"}
_FRAME = re.compile(r"Cell In\[\d+\], line (\d+)")
_COLOR = re.compile(r"\x1b\[[0-9;]*m")


class CellFailure(Exception):
    """A cell raised, ran out of time, or lost its kernel.

    Attributes
    ----------
    cell_index : int
        Position in the notebook, counted over cells of every type from 0.
    line : int
        Line of the cell's source, from 1.
    error : str
        One line that names the error.
    timed_out : bool
        Whether the cell only ran out of time.
    """

    def __init__(self, cell_index: int, line: int, error: str, timed_out: bool = False):
        super().__init__(error)
        self.cell_index, self.line, self.error = cell_index, line, error
        self.timed_out = timed_out


class Kernels:
    """The kernels that run now, so that an interrupted build leaves none behind."""

    def __init__(self):
        self._managers: set[AsyncKernelManager] = set()
        self._closed = False
        self._lock = threading.Lock()

    def add(self, manager: AsyncKernelManager) -> None:
        """Remember a manager whose kernel is about to start."""
        with self._lock:
            self._managers.add(manager)

    def check_open(self) -> None:
        """Raise InterruptedError once `kill` was called: a late kernel runs no cell."""
        if self._closed:
            raise InterruptedError("the build was interrupted")

    def remove(self, manager: AsyncKernelManager) -> None:
        """Forget a manager whose kernel has ended."""
        with self._lock:
            self._managers.discard(manager)

    def kill(self) -> None:
        """End every running kernel at once; one that is starting runs no cell."""
        with self._lock:
            self._closed = True
            processes = [getattr(m.provisioner, "process", None) for m in self._managers]
        for process in filter(None, processes):
            process.kill()


def execute(
    notebook: NotebookNode,
    folder: Path,
    kernels: Kernels,
    on_cell: Callable[[], object] = lambda: None,
    cell_timeout: int = CELL_TIMEOUT,
) -> None:
    """Run every code cell from top to bottom and store outputs and widget state in place.

    The kernel runs in ``folder`` and is registered in ``kernels`` meanwhile; ``on_cell`` is
    called after each cell, which may take ``cell_timeout`` seconds.

    Raises
    ------
    CellFailure
        Where a cell raises, takes longer, or its kernel dies.
    """
    manager = AsyncKernelManager(kernel_spec_manager=_ThisPython())
    client = _Client(notebook, km=manager, **_options(folder, cell_timeout))
    client.on_cell_start = lambda cell_index, **_: client.begin(cell_index, kernels)
    client.on_cell_executed = lambda **_: on_cell()
    kernels.add(manager)
    try:
        _run(client)
    finally:
        kernels.remove(manager)
        # nbclient leaves this behind where a kernel never came up
        atexit.unregister(client._cleanup_kernel)


class _ThisPython(KernelSpecManager):
    """Knows one kernel: this interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


class _Client(NotebookClient):
    cell_index = 0

    def begin(self, cell_index, kernels):
        kernels.check_open()
        self.cell_index = cell_index

    def handle_comm_msg(self, outs, msg, cell_index):
        super().handle_comm_msg(outs, msg, cell_index)
        if msg["msg_type"] == "comm_close":
            self.widget_state.pop(msg["content"]["comm_id"], None)


def _options(folder: Path, cell_timeout: int) -> dict:
    return {
        "timeout": cell_timeout,
        "record_timing": False,
        "coalesce_streams": True,
        "shutdown_kernel": "immediate",
        "resources": {"metadata": {"path": str(folder)}},
    }


def _run(client: _Client) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder, "kernel.log")
        try:
            with log.open("wb") as stderr:
                client.execute(env=_environment(folder), stderr=stderr, cleanup_kc=True)
        except CellExecutionError as error:
            raise _failure(client, error) from None
        except CellTimeoutError:
            what = f"the cell took longer than {client.timeout} s"
            raise CellFailure(client.cell_index, 1, what, timed_out=True) from None
        except (RuntimeError, InterruptedError) as error:  # also a kernel that never started
            what = f"{error} {_last_error(log)}".strip()
            raise CellFailure(client.cell_index, 1, what) from None


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in reversed(lines) if "WARNING" not in line), "")


def _environment(ipython_folder: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _LEFT_OUT}
    own = {
        "COURSE_PROGRESS": "memory",
        "COURSE_WIDGET_TABLES": "1",  # what is stored answers without a kernel
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": ipython_folder,
        **_matplotlib_defaults(),
    }
    return kept | ONE_THREAD | own


def _matplotlib_defaults() -> dict[str, str]:
    spec = importlib.util.find_spec("matplotlib")  # a user's own matplotlibrc draws otherwise
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(spec.submodule_search_locations[0], "mpl-data")
    return {"MATPLOTLIBRC": str(folder / "matplotlibrc")}


def _failure(client: _Client, error: CellExecutionError) -> CellFailure:
    lines = _FRAME.findall(_COLOR.sub("", error.traceback))
    message = f"{error.ename}: {error.evalue}".splitlines()[0]
    return CellFailure(client.cell_index, int(lines[0]) if lines else 1, message)
