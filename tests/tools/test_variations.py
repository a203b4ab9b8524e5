"""Other arithmetics are found out, nudges move all nets, and both catch a bare claim."""

import os

import nbformat
import numpy as np
import pytest
from lesson_runs import differing_cells, execute

from course_lib.experiments import wall
from course_lib.initializers import normal
from course_lib.mlp import MLP
from tools import nudge, run_tests, variations
from tools.variations import FEATURES, KERNELS, Variation, candidates

HASWELL = {"digest": "a", "features": ["X86_V3"], "blas": "openblas", "kernel": "Haswell"}
SKYLAKE = HASWELL | {"features": ["X86_V3", "X86_V4", "AVX512_ICL"], "kernel": "SkylakeX"}
OLD_NAMES = SKYLAKE | {"features": ["AVX2", "FMA3", "AVX512F", "AVX512_SKX"]}


@pytest.mark.parametrize(
    ("found", "wide", "everything"),
    [
        (SKYLAKE, "X86_V4 AVX512_ICL", "X86_V3 X86_V4 AVX512_ICL"),
        (OLD_NAMES, "AVX512F AVX512_SKX", "AVX2 FMA3 AVX512F AVX512_SKX"),
    ],
)
def test_instructions_are_left_out_by_the_names_that_this_numpy_gives(found, wide, everything):
    first, second, *_ = candidates(found, "x86_64")
    assert first.variables == {KERNELS: "Haswell", FEATURES: wide}
    assert second.variables == {KERNELS: "Sandybridge", FEATURES: everything}


def test_without_x86_other_kernels_are_tried_and_without_openblas_none():
    arm = HASWELL | {"features": ["ASIMDDP", "SVE"], "kernel": "neoversen1"}
    assert candidates(arm, "arm64")[0].variables == {KERNELS: "ARMV8", FEATURES: "SVE"}
    mac = arm | {"kernel": None, "blas": "accelerate"}
    assert all(KERNELS not in c.variables for c in candidates(mac, "arm64"))
    assert "accelerate" in variations.describe(mac, [Variation("as it is")])


def fake_probe(answers):
    """Return a probe that computes another digest for each kernel named in the answers."""

    def probe(variables=None):
        digest = answers.get((variables or {}).get(KERNELS), "a")
        return digest and SKYLAKE | {"digest": digest}

    return probe


def test_an_arithmetic_counts_only_if_the_processor_has_it_and_it_differs():
    probe = fake_probe({"Haswell": "a", "Sandybridge": None, "Prescott": "b"})
    chosen, sentence = variations.arithmetics(probe=probe)
    assert [c.variables.get(KERNELS) for c in chosen] == [None, "Prescott"]
    assert "OpenBLAS SkylakeX" in sentence and "Prescott" in sentence


def test_no_more_are_chosen_than_asked_for():
    probe = fake_probe({"Haswell": "b", "Sandybridge": "c", "Prescott": "d"})
    assert len(variations.arithmetics(probe=probe)[0]) == 3


def test_nothing_to_vary_is_said():
    chosen, sentence = variations.arithmetics(probe=fake_probe({}))
    assert len(chosen) == 1 and sentence.endswith("Varied: nothing.")


def test_the_probe_knows_what_it_cannot_do():
    assert variations.probe()["digest"] == variations.probe()["digest"]
    assert variations.probe({"PYTHONHOME": os.devnull}) is None


def test_a_nudge_is_a_millionth_and_the_same_every_time():
    theta = np.linspace(-2, 2, 1001).astype(np.float32)
    moved = nudge.nudged(theta, 1)
    relative = (moved - theta)[theta != 0] / theta[theta != 0]
    assert moved.dtype == np.float32 and np.array_equal(moved, nudge.nudged(theta, 1))
    assert 0.5e-6 < relative.std() < 2e-6
    assert not np.array_equal(moved, nudge.nudged(theta, 2))


def test_every_net_and_the_wall_are_moved(monkeypatch):
    for owner, name in nudge.moved_places():
        monkeypatch.setattr(owner, name, getattr(owner, name))
    net, point = MLP([3, 4, 2], np.tanh), np.array([6.0, -3.0])
    before = net.init(np.random.default_rng(0), normal(1.0))
    _, slope = wall.error_and_gradient(point)
    nudge.install(1)
    after = net.init(np.random.default_rng(0), normal(1.0))
    assert after == pytest.approx(before, rel=1e-5) and not np.array_equal(after, before)
    moved = wall.error_and_gradient(point)[1]
    assert moved == pytest.approx(slope, rel=1e-12) and not np.array_equal(moved, slope)


CHAOS = """\
import numpy as np
from course_lib.initializers import normal
from course_lib.mlp import MLP

def tanh_and_logistic(z):  # whichever function an arithmetic changes is in it
    return (np.tanh(z) + 1 - 2 / (1 + np.exp(2 * z))) / 2

net = MLP([48] * 80, tanh_and_logistic)
rng = np.random.default_rng(0)
theta, x = net.init(rng, normal(6.0)), rng.standard_normal((24, 48))
last = net.forward(theta, x).sum()
"""
STEADY = "print(f'{np.tanh(x[0, 0]):.3f}')"
BARE = "print(f'{last:.3f}')"
CELLS = (CHAOS, STEADY, BARE)
TEST = """\
import nbformat
import pytest
from lesson_runs import differing_cells, execute


@pytest.mark.parametrize("cell", [1, 2, 3])
def test_shows_what_is_stored(cell):
    stored = nbformat.read({path!r}, as_version=4)
    _, shown = execute(cell.source for cell in stored.cells)
    assert cell not in [number for number, *_ in differing_cells(stored, shown)]
"""


@pytest.fixture
def lessons(tmp_path):
    """The test of a lesson with two numbers: the first has a margin, the second has none."""
    _, shown = execute(CELLS)
    path, notebook = tmp_path / "planted.ipynb", nbformat.v4.new_notebook()
    for number, (code, (printed, *_)) in enumerate(zip(CELLS, shown, strict=True)):
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)]
        cell = nbformat.v4.new_code_cell(code, id=f"c{number}", outputs=outputs)
        notebook.cells.append(cell)
    assert not differing_cells(notebook, execute(CELLS)[1]), "as it is, nothing differs"
    nbformat.write(notebook, path)
    (tmp_path / "test_claims_planted.py").write_text(TEST.format(path=str(path)))
    return tmp_path / "test_claims_planted.py"


def failed_cells(lessons, variation, capfd):
    """Return which cells fail under a variation, and whether the tool says so."""
    settings = f"--config-file={run_tests.ROOT / 'pyproject.toml'}"
    rest = [settings, "-n0", "-q", "-rf", "--color=no", "-p", "no:cacheprovider"]
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COURSE_"))}
    failed = run_tests.run_varied([variation], "--nbval", plain, [str(lessons)], rest)
    printed = capfd.readouterr().out
    return [n for n in (1, 2, 3) if f"test_shows_what_is_stored[{n}]" in printed], failed


@pytest.mark.thorough("runs a notebook of its own twice")
def test_a_printed_value_without_margin_is_caught_by_a_nudge(lessons, capfd):
    (moved,) = variations.nudges(1)
    assert failed_cells(lessons, moved, capfd) == ([3], [moved.name])


@pytest.mark.thorough("runs a notebook of its own once more for each")
def test_and_by_another_arithmetic_where_this_processor_has_one(lessons, capfd):
    chosen, sentence = variations.arithmetics()
    if len(chosen) == 1:
        pytest.skip(sentence)
    for variation in chosen[1:]:
        assert failed_cells(lessons, variation, capfd) == ([3], [variation.name])
