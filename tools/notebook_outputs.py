"""What an executed notebook may hold: derived widget ids, no trace of the machine."""

import copy
import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
EXPECTED_STDERR = "stderr-expected"  # the tag of a cell that shows a warning on purpose

_ROOT = Path(__file__).resolve().parent.parent
_IMAGE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
_ADDRESS = re.compile(r"\b0x[0-9A-Fa-f]{7,}\b")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")
_REFERENCE = re.compile(r"IPY_MODEL_(\w+)")
_LINKS = ("LinkModel", "DirectionalLinkModel")


def outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode, NotebookNode]]:
    """Yield (number of the code cell from 1, cell, output) in order."""
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code_cells, start=1):
        for output in cell.outputs:
            yield number, cell, output


def texts(output: NotebookNode) -> list[str]:
    """Return every text that an output holds, image data cut out."""
    held = [output.get("text", ""), *output.get("data", {}).values()]
    return [_IMAGE.sub("", item) for item in held if isinstance(item, str)]


def widget_states(notebook: NotebookNode) -> dict:
    """Return the stored widget models by id."""
    return notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})


def problems(notebook: NotebookNode) -> list[str]:
    """Say, one sentence each, what keeps an executed notebook from being published.

    That is errors, warnings on stderr, memory addresses and paths of this machine.
    """
    found = []
    for number, cell, output in outputs(notebook):
        found += [f"code cell {number} {fault}" for fault in _faults(cell, output)]
    stored = _IMAGE.sub("", json.dumps(widget_states(notebook), ensure_ascii=False))
    return found + [f"a widget {fault}" for fault in _traces(stored.replace("\\\\", "\\"))]


def normalize(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of an executed notebook with nothing that another run would change.

    Widget models get ids derived from the lesson and their order of appearance; models that
    no output shows are dropped. The view of a closed widget (a progress bar that cleared
    itself away) becomes an empty text.
    """
    clean = copy.deepcopy(notebook)
    states = widget_states(clean)
    shown = _shown_models(_views(clean), states)
    for _, _, output in outputs(clean):
        _empty_closed_view(output, states)
    _keep_models(clean, shown)
    return _rename(clean, {old: _model_id(clean, i) for i, old in enumerate(shown)})


def _faults(cell: NotebookNode, output: NotebookNode) -> list[str]:
    if output.output_type == "error":
        return [f"raised {output.ename}: {output.evalue}"]
    faults = [fault for text in texts(output) for fault in _traces(text)]
    tagged = EXPECTED_STDERR in cell.metadata.get("tags", [])
    if output.get("name") == "stderr" and not tagged:
        faults.append(f"wrote to stderr: {output.text.strip().splitlines()[0]}")
    return faults


def _traces(text: str) -> list[str]:
    faults = [f"shows a memory address: {found}" for found in _ADDRESS.findall(text)]
    faults += [f"shows a temporary file: {found}" for found in _KERNEL_FILE.findall(text)]
    return faults + [
        f"shows a path of this machine: {p}" for p in _machine_paths() if p in text
    ]


@functools.cache
def _machine_paths() -> list[str]:
    folders = {_ROOT, Path.home(), Path(sys.prefix)}
    return sorted(str(folder) for folder in folders if len(folder.parts) > 1)


def _views(notebook: NotebookNode) -> list[str]:
    bundles = [output.get("data", {}) for _, _, output in outputs(notebook)]
    return [bundle[VIEW]["model_id"] for bundle in bundles if VIEW in bundle]


def _shown_models(views: list[str], states: dict) -> list[str]:
    shown = _reachable(views, states)
    links = [key for key, model in states.items() if model["model_name"] in _LINKS]
    return shown + [key for key in links if set(_references(states[key])) <= set(shown)]


def _reachable(views: list[str], states: dict) -> list[str]:
    found, waiting = [], list(views)
    while waiting:
        model_id = waiting.pop(0)
        if model_id in states and model_id not in found:
            found.append(model_id)
            waiting += _references(states[model_id])
    return found


def _references(model: dict) -> list[str]:
    return _REFERENCE.findall(json.dumps(model, sort_keys=True))


def _empty_closed_view(output: NotebookNode, states: dict) -> None:
    bundle = output.get("data", {})
    if VIEW in bundle and bundle[VIEW]["model_id"] not in states:
        output.data = nbformat.from_dict({"text/plain": ""})


def _keep_models(notebook: NotebookNode, shown: list[str]) -> None:
    states = widget_states(notebook)
    notebook.metadata.pop("widgets", None)
    if shown:
        kept = {key: _slim(states[key]) for key in shown}
        bundle = {"state": kept, "version_major": 2, "version_minor": 0}
        notebook.metadata["widgets"] = nbformat.from_dict({STATE: bundle})


def _slim(model: dict) -> dict:
    state = {key: value for key, value in model["state"].items() if value is not None}
    return {**model, "state": state}  # what is left out is the front end's default


def _model_id(notebook: NotebookNode, position: int) -> str:
    name = f"{notebook.metadata.course.lesson}-{position}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _rename(notebook: NotebookNode, names: dict[str, str]) -> NotebookNode:
    if not names:
        return notebook
    pattern = re.compile("|".join(map(re.escape, names)))
    text = pattern.sub(lambda found: names[found[0]], json.dumps(notebook))
    return NotebookNode(nbformat.from_dict(json.loads(text)))
