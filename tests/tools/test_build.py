"""Building is reproducible, refuses what must not be published, and never half-writes."""

import json
import shutil
from pathlib import Path

import jupytext
import nbformat
import pytest

import course
from tools import failures
from tools.build_notebooks import (
    SOURCES,
    BuildError,
    build,
    build_lesson,
    find_sources,
)
from tools.notebook_execution import Kernels
from tools.notebook_format import notebook_bytes, notebook_from_source, source_hash
from tools.notebook_outputs import VIEW, normalize, problems, widget_states

ROOT = Path(__file__).resolve().parents[2]

GOOD = """\
# A small lesson

```{code-cell} ipython3
import ipywidgets as widgets
from tqdm.auto import tqdm

for _ in tqdm(range(3), desc="training", leave=False):
    print("a step")
```

+++ {"jp-MarkdownHeadingCollapsed": true}

A widget, and one that nobody sees.

```{code-cell} ipython3
:tags: [shows-a-widget]

hidden = widgets.IntSlider()
widgets.VBox([widgets.IntSlider(3, description="L"), widgets.HTML("three")])
```
"""
FAILING = """\
# A lesson that fails

```{code-cell} ipython3
def invert(x):
    return 1 / x
```

```{code-cell} ipython3
x = 0

invert(x)
```
"""
UNFIT = """\
```{code-cell} ipython3
import os
import sys

print(object())
print(os.getcwd())
print("careful", file=sys.stderr)
```
"""
SLOW = """\
```{code-cell} ipython3
import time

time.sleep(60)
```
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree") / "notebooks" / "source"
    folder.mkdir(parents=True)
    lessons = {"96_unfit": UNFIT, "97_failing": FAILING, "98_good": GOOD}
    for name, text in lessons.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def first_build(sources):
    """Build all the small lessons over old notebooks; return folder and messages."""
    output_dir = sources.parent
    for path in sources.glob("*.md"):
        (output_dir / f"{path.stem}.ipynb").write_bytes(b"the old notebook")
    return output_dir, build(find_sources([], sources), output_dir, jobs=2)


@pytest.fixture(scope="module")
def good_notebook(first_build):
    return nbformat.read(first_build[0] / "98_good.ipynb", as_version=4)


def test_two_builds_of_a_lesson_give_the_same_bytes(first_build, sources, tmp_path):
    assert build(find_sources(["98"], sources), tmp_path, jobs=1) == []
    again = (tmp_path / "98_good.ipynb").read_bytes()
    assert again == (first_build[0] / "98_good.ipynb").read_bytes()


@pytest.mark.thorough("builds a lesson twice")
def test_two_builds_of_a_real_lesson_give_the_same_bytes(tmp_path):
    lessons = [path for path in find_sources([]) if "{code-cell}" in path.read_text("utf-8")]
    if not lessons:
        pytest.skip(f"no lesson with code in {SOURCES.name}/")
    for name in ("one", "two"):
        assert build(lessons[:1], tmp_path / name, jobs=1) == []
    one, two = (path.read_bytes() for path in sorted(tmp_path.glob("*/*.ipynb")))
    assert one == two


def test_a_failing_cell_is_reported_by_lesson_cell_line_and_error(first_build):
    message = next(text for text in first_build[1] if "97_failing" in text)
    assert message.splitlines() == [
        "97_failing, cell 002, line 3 (source/97_failing.md:11):",
        "    invert(x)",
        "ZeroDivisionError: division by zero",
    ]


def test_a_lesson_that_fails_leaves_its_old_notebook(first_build):
    for name in ("96_unfit", "97_failing"):
        assert (first_build[0] / f"{name}.ipynb").read_bytes() == b"the old notebook"


def test_a_build_leaves_nothing_beside_the_notebooks(first_build):
    names = {path.name for path in first_build[0].iterdir()}
    assert names == {"source", "96_unfit.ipynb", "97_failing.ipynb", "98_good.ipynb"}


def test_addresses_machine_paths_and_stderr_are_refused(first_build):
    message = next(text for text in first_build[1] if "96_unfit" in text)
    assert "96_unfit: code cell 1 shows a memory address: 0x" in message
    assert f"shows a path of this machine: {ROOT}" in message
    assert "wrote to stderr: careful" in message


def test_a_cell_out_of_time_is_tried_once_more_and_then_reported(tmp_path, capsys):
    (tmp_path / "95_slow.md").write_text(SLOW, encoding="utf-8")
    failures = build([tmp_path / "95_slow.md"], tmp_path, jobs=1, cell_timeout=1)
    assert "95_slow, cell 000" in failures[0]
    assert "took longer than 1 s" in failures[0]
    assert "trying 95_slow once more" in capsys.readouterr().out


def test_an_interrupted_build_ends_its_kernel_and_runs_no_other_cell(sources):
    kernels = Kernels()
    with pytest.raises(BuildError, match=r"98_good, cell 00\d, line 1"):
        build_lesson(sources / "98_good.md", kernels, on_cell=kernels.kill)
    with pytest.raises(BuildError, match="the build was interrupted"):
        build_lesson(sources / "98_good.md", kernels)


def test_cell_ids_come_from_lesson_and_position(good_notebook):
    assert [cell.id for cell in good_notebook.cells] == [f"98_good-{i:03d}" for i in range(4)]


def test_the_metadata_names_lesson_and_source_and_no_version(good_notebook, sources):
    expected = source_hash(notebook_from_source(sources / "98_good.md"))
    assert good_notebook.metadata.course == {"lesson": "98_good", "source": expected}
    assert set(good_notebook.metadata) == {"course", "kernelspec", "language_info", "widgets"}
    assert "version" not in good_notebook.metadata.language_info


def test_cell_metadata_holds_what_the_source_says_and_no_timing(good_notebook):
    assert [cell.metadata for cell in good_notebook.cells] == [
        {},
        {},
        {"jp-MarkdownHeadingCollapsed": True},
        {"tags": ["shows-a-widget"]},
    ]


def test_the_hash_follows_text_type_and_metadata_but_not_outputs(sources, good_notebook):
    written = notebook_from_source(sources / "98_good.md")
    assert source_hash(good_notebook) == source_hash(written)
    for key, value in (("source", "other"), ("cell_type", "raw"), ("metadata", {"a": 1})):
        changed = nbformat.from_dict(json.loads(json.dumps(written)))
        changed.cells[0][key] = value
        assert source_hash(changed) != source_hash(written), key


def test_only_models_that_an_output_shows_are_stored_under_derived_ids(good_notebook):
    states = widget_states(good_notebook)
    kinds = sorted(model["model_name"] for model in states.values())
    layouts = 3
    assert kinds == sorted(
        ["VBoxModel", "IntSliderModel", "HTMLModel", "SliderStyleModel", "HTMLStyleModel"]
        + ["LayoutModel"] * layouts
    )
    assert good_notebook.cells[3].outputs[0].data[VIEW]["model_id"] in states


def test_a_progress_bar_that_closed_itself_leaves_an_empty_text(good_notebook):
    bar, printed = good_notebook.cells[1].outputs
    assert printed.text == "a step\n" * 3
    assert bar.data == {"text/plain": ""}


def test_normalizing_twice_changes_nothing(good_notebook):
    assert notebook_bytes(normalize(good_notebook)) == notebook_bytes(good_notebook)


def test_a_published_notebook_has_no_problems(good_notebook):
    assert problems(good_notebook) == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (f"saved in {ROOT}", False),
        (f"{Path.home() / 'x'}", False),
        ("<f at 0x7f12ab34cd50>", False),
        ("in /var/ipykernel_12/3.py", False),
        ("σ'(0) = 0.25, colors 0xFF00", True),
    ],
)
def test_outputs_are_searched_for_traces_of_the_machine(good_notebook, text, allowed):
    notebook = nbformat.from_dict(json.loads(json.dumps(good_notebook)))
    notebook.cells[1].outputs[0].text = text
    assert (problems(notebook) == []) is allowed


def test_widget_texts_are_searched_too(good_notebook):
    notebook = nbformat.from_dict(json.loads(json.dumps(good_notebook)))
    model = next(m for m in widget_states(notebook).values() if m["model_name"] == "HTMLModel")
    model["state"]["value"] = "<f at 0x7f12ab34cd50>"
    assert problems(notebook) == ["a widget shows a memory address: 0x7f12ab34cd50"]


def test_stderr_of_a_tagged_cell_is_allowed():
    output = nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow")
    cell = nbformat.v4.new_code_cell("1", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    assert problems(notebook) == ["code cell 1 wrote to stderr: RuntimeWarning: overflow"]
    cell.metadata["tags"] = ["stderr-expected"]
    assert problems(notebook) == []


def test_files_end_in_one_line_feed_and_hold_no_carriage_return(first_build):
    content = (first_build[0] / "98_good.ipynb").read_bytes()
    assert content.endswith(b"}\n")
    assert b"\r" not in content


def build_command(*arguments):
    return failures.run_cli(course.main, ["--here", "build", *map(str, arguments)])


@pytest.mark.parametrize("name", ["98", "98_good", "98_good.md", "98_good.ipynb"])
def test_a_lesson_is_found_by_number_name_and_file_name(sources, name):
    assert find_sources([name], sources) == [sources / "98_good.md"]


def test_a_lesson_is_found_by_its_number_without_the_nought():
    assert find_sources(["1"]) == find_sources(["01"]) == [SOURCES / "01_chain_rule.md"]


def test_an_unknown_lesson_is_named_beside_the_known_ones(sources, capsys):
    assert build_command("42", "--source-dir", sources) == 1
    assert capsys.readouterr().err == (
        'There is no lesson "42".\nNext: choose one of these: 96_unfit, 97_failing, 98_good.\n'
    )


def test_a_failed_build_exits_with_one(sources, tmp_path, capsys):
    assert build_command("97", "--source-dir", sources, "--output-dir", tmp_path) == 1
    told = capsys.readouterr()
    assert "ZeroDivisionError: division by zero\nIts notebook was left as it was." in told.err
    assert "Traceback" not in told.err
    assert told.out.endswith("Built 0 of 1 notebooks.\n")


def save_through_jupytext(tree: Path, metadata: dict) -> tuple[bytes, bytes, set[str]]:
    """Open 98_good in Jupyter with jupytext's extension, edit it, save it."""
    source = tree / "notebooks" / "source" / "98_good.md"
    before = source.read_bytes()
    manager = jupytext.TextFileContentsManager(root_dir=str(tree))
    model = manager.get("notebooks/98_good.ipynb", content=True)
    model["content"].metadata.update(metadata)
    model["content"].cells[0].source = "# Edited by a learner"
    manager.save({"type": "notebook", "content": model["content"]}, model["path"])
    saved = nbformat.read(tree / "notebooks" / "98_good.ipynb", as_version=4)
    assert saved.cells[0].source == "# Edited by a learner"
    files = {str(p.relative_to(tree)) for p in tree.rglob("*") if p.is_file()}
    return before, source.read_bytes(), {name for name in files if "checkpoint" not in name}


@pytest.fixture
def tree(first_build, tmp_path):
    shutil.copytree(first_build[0], tmp_path / "tree" / "notebooks")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "tree")
    return tmp_path / "tree"


def test_saving_a_lesson_never_writes_over_its_source(tree):
    files = {str(p.relative_to(tree)) for p in tree.rglob("*") if p.is_file()}
    before, after, files_after = save_through_jupytext(tree, {})
    assert after == before
    assert files_after == files


def test_the_same_save_would_write_over_a_paired_source(tree):
    paired = {"jupytext": {"formats": "notebooks//ipynb,notebooks/source//md:myst"}}
    before, after, _ = save_through_jupytext(tree, paired)
    assert after != before
