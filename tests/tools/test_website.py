"""What the website is made of: pages from notebooks, links, scripts of a known digest."""

import base64
import hashlib
import io
import tarfile

import nbformat
import pytest

from tools import vendor, website
from tools.failures import CourseError
from tools.workspace import NOTEBOOKS

PLACEHOLDER = "https://example.org/course"


def test_a_lesson_links_to_its_file_to_binder_and_on_github_to_colab():
    line = website.ways_in("01_chain_rule.ipynb", "https://github.com/me/my.course.git")
    assert 'href="notebooks/01_chain_rule.ipynb"' in line
    assert "mybinder.org/v2/gh/me/my.course/HEAD?urlpath=lab/tree/workspace/01_ch" in line
    assert "colab.research.google.com/github/me/my.course/blob/HEAD/notebooks/01_ch" in line
    elsewhere = website.ways_in("01_chain_rule.ipynb", PLACEHOLDER)
    assert "mybinder.org/v2/git/https%3A%2F%2Fexample.org%2Fcourse/HEAD" in elsewhere
    assert "colab" not in elsewhere and "lite/" not in elsewhere
    line = website.ways_in("01_chain_rule.ipynb", PLACEHOLDER, has_lite=True)
    assert 'href="lite/lab/index.html?path=01_chain_rule.ipynb"' in line


def test_a_page_is_its_notebook_with_the_links_below_the_title_and_code_that_stays_folded():
    path = NOTEBOOKS / "03_deep_sigmoid_nets.ipynb"
    notebook = nbformat.read(path, as_version=4)
    page = website.page_of(notebook, "Notebook file")
    title, _, links, *_ = page.cells[0].source.splitlines()
    assert title == notebook.cells[0].source.splitlines()[0] and "Notebook file" in links
    assert notebook.cells[0].source == "\n".join(
        [title, *page.cells[0].source.splitlines()[3:]]
    )
    hidden = [i for i, c in enumerate(notebook.cells) if "jupyter" in c.metadata]
    tagged = [i for i, c in enumerate(page.cells) if "hide-input" in c.metadata.get("tags", ())]
    assert hidden and tagged == hidden
    own = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", ())]
    assert "hide-input" not in own, "the notebook itself stays as it is"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose file a fake npm writes."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/dist/a.js")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"1+1"))
    content = held.getvalue()
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "vendor")
    calls = []

    def pack(package, scratch):
        calls.append(package.name)
        (scratch / "a.tgz").write_bytes(content)
        return scratch / "a.tgz"

    monkeypatch.setattr(vendor, "pack", pack)
    places = {"dist/a.js": ["_static/a.js", "@x/a.js"]}
    return vendor.Package("@x/a", "1.0", digest, places), calls


def test_scripts_are_fetched_once_and_put_in_their_places(package, tmp_path):
    script, calls = package
    for _ in range(2):
        vendor.copy_scripts(tmp_path / "site", [script])
    assert calls == ["@x/a"]
    for place in ("_static/a.js", "@x/a.js"):
        assert (tmp_path / "site" / place).read_bytes() == b"1+1"


def test_a_package_with_another_digest_is_refused_and_not_kept(package):
    script, _ = package
    other = vendor.Package(script.name, script.version, "0" * 88, script.places)
    with pytest.raises(CourseError, match=r"@x/a 1\.0 has the digest"):
        vendor.fetch(other)
    assert not other.file.exists()


def test_without_npm_a_sentence_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match=r"install Node\.js"):
        vendor.pack(vendor.PACKAGES[0], tmp_path)
