"""Open lessons as slides whose sliders are alive; a learner's settings and copies stay."""

import argparse
import json
import os
import shutil
from collections.abc import Iterable

import nbformat

from course_lib._files import write_whole
from tools import lab
from tools.instructor import instructor_notebook
from tools.notebook_format import notebook_bytes
from tools.slides import slides
from tools.workspace import NOTEBOOKS, ROOT, find_lesson, trust

FOLDER = ROOT / "build" / "present"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
    # every cell is in the page, also those of slides that are not shown yet
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


def prepare(names: Iterable[str]) -> str:
    """Write the slides of lessons and fresh settings; return the first notebook's file name."""
    known = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    lessons = [find_lesson(name, known) for name in names]
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, setting in SETTINGS.items():
        file = FOLDER / ".settings" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting), encoding="utf-8")
    for lesson in lessons:
        edition, _ = instructor_notebook(nbformat.read(lesson, as_version=4))
        content = notebook_bytes(slides(edition))
        trust(content)
        write_whole(FOLDER / lesson.name, content)
    return lessons[0].name


def main(options: argparse.Namespace) -> None:
    """Show the lessons that the command line names until JupyterLab is stopped."""
    first = prepare(options.lessons)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(FOLDER / ".settings")
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(FOLDER / ".workspaces")
    print(
        "First choose Run, Run All Cells (sliders live in the kernel), then click the title "
        "and press the cards at the right end of the notebook's toolbar.",
        flush=True,
    )
    lab.serve(options, FOLDER, first)
