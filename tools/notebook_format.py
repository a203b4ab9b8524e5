"""Turn a lesson's MyST source into a notebook, and a notebook into stable bytes."""

import hashlib
import json
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from course_lib.predictions.markup import unmarked

KERNELSPEC = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE_INFO = {
    "name": "python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def source_hash(notebook: NotebookNode) -> str:
    """Return the SHA-256 of what a contributor wrote: types, sources and cell metadata.

    Outputs, cell ids and execution counts do not enter.
    """
    cells = [[cell.cell_type, cell.source, cell.metadata] for cell in notebook.cells]
    canonical = json.dumps(cells, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def notebook_from_source(path: Path) -> NotebookNode:
    """Read one lesson's MyST source as a notebook without outputs.

    Cells have ids from lesson and position; the metadata names the lesson and the hash of its
    source, and no paired file. The comments that tie numbers are left out.
    """
    lesson = path.stem
    written = jupytext.reads(unmarked(path.read_text(encoding="utf-8")), fmt="md:myst")
    notebook = nbformat.v4.new_notebook(
        cells=[_cell(cell, f"{lesson}-{i:03d}") for i, cell in enumerate(written.cells)]
    )
    notebook.metadata = nbformat.from_dict(_metadata(lesson, source_hash(notebook)))
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return the notebook as canonical JSON: sorted keys, indent 1, LF, UTF-8."""
    nbformat.validate(notebook)
    split = split_lines(nbformat.from_dict(notebook))
    text = json.dumps(split, sort_keys=True, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def _cell(cell: NotebookNode, cell_id: str) -> NotebookNode:
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }[cell.cell_type]
    return make(source=cell.source, metadata=cell.metadata, id=cell_id)


def _metadata(lesson: str, digest: str) -> dict:
    return {
        "kernelspec": KERNELSPEC,
        "language_info": LANGUAGE_INFO,
        "course": {"lesson": lesson, "source": digest},
    }
