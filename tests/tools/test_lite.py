"""The browser-only edition: which packages it needs, and what its own server may send."""

import io
import re

import pytest

from tools import lite, vendor
from tools.bundle import wanted
from tools.failures import CourseError

ENTRY = {"name": "numpy", "version": "2", "file_name": "numpy-2-wasm.whl", "sha256": "0" * 64}


def test_what_the_browser_needs_is_in_the_lock_or_comes_from_pyodide():
    packages = lite.needed(["matplotlib", "anywidget", "sympy", "ipython"])
    assert set(lite.FROM_PYODIDE) <= set(packages)
    assert {name for depends in packages.values() for name in depends} <= set(packages)
    assert not {"pexpect", "psutil", "jupyterlab", *lite.LEFT_OUT} & set(packages)
    texts = wanted(lite.TARGET, lite.PYTHON, set(packages) - set(lite.FROM_PYODIDE))
    locked = re.findall(r"^(\S+)==", "".join(texts.values()), re.MULTILINE)
    assert sorted([*locked, *lite.FROM_PYODIDE]) == sorted(packages)


@pytest.mark.parametrize(
    "sent, sentence", [(None, "cannot be reached"), (b"another file", "has the digest")]
)
def test_what_pyodides_server_does_not_send_or_sends_wrong_is_told_and_not_kept(
    tmp_path, monkeypatch, sent, sentence
):
    def answer(address, timeout):
        assert address == f"{lite.DISTRIBUTION}/numpy-2-wasm.whl"
        if sent is None:
            raise OSError("no network")
        return io.BytesIO(sent)

    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(lite.urllib.request, "urlopen", answer)
    with pytest.raises(CourseError, match=sentence):
        lite.from_pyodide(ENTRY, tmp_path)
    assert not list(tmp_path.rglob("*.whl"))
