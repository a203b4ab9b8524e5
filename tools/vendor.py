"""The website's scripts: npm fetches each in one version, and its digest is compared."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from course_lib._files import write_whole
from tools.failures import CourseError

VENDOR = Path(__file__).resolve().parents[1] / "build" / "vendor"
ICONS = "1551f4f60c37af51121f.woff2"


@dataclass(frozen=True)
class Package:
    """A package of npm, and what the website takes from it.

    Attributes
    ----------
    name, version : str
        What npm calls it.
    sha512 : str
        The package's digest, as npm writes it.
    places : dict of str to list of str
        For each file of the package, where it goes on the website.
    """

    name: str
    version: str
    sha512: str
    places: dict = field(hash=False)

    @property
    def file(self) -> Path:
        """The package's file, once it was fetched."""
        return VENDOR / f"{self.name.replace('/', '-').lstrip('@')}-{self.version}.tgz"


PACKAGES = (
    Package(
        "mathjax",
        "3.2.2",
        "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        {"es5/tex-svg-full.js": ["_static/tex-svg-full.js"]},
    ),
    Package(
        "requirejs",
        "2.3.7",
        "DouTG8T1WanGok6Qjg2SXuCMzszOo0eHeH9hDZ5Y4x8Je+9JB38HdTLT4/VA8OaUhBa0JPVHJ0pyBkM1z+pDsw==",
        {"require.js": ["_static/require.js"]},
    ),
    Package(
        "@jupyter-widgets/html-manager",
        "1.0.14",
        "wglgQQ+VMj+MBKkTttdeoMtOah/H2A1w5GU1OAVXmDQqZYTK6C+oHZjQMxcNezIpiqUjC1YHKOo5XdP3ENvBng==",
        {
            "dist/embed-amd.js": ["_static/embed-amd.js"],
            # it looks for the icons of buttons beside the page
            f"dist/{ICONS}": [
                f"@jupyter-widgets/html-manager/dist/{ICONS}",
                f"@jupyter-widgets/{ICONS}",
            ],
        },
    ),
)


def copy_scripts(folder: Path, packages=PACKAGES) -> None:
    """Put all that the website takes from npm packages into a folder."""
    for package in packages:
        with tempfile.TemporaryDirectory() as scratch:
            with tarfile.open(fetch(package)) as archive:
                archive.extractall(scratch, filter="data")
            for member, places in package.places.items():
                for place in places:
                    (folder / place).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(Path(scratch, "package", member), folder / place)


def fetch(package: Package) -> Path:
    """Return the file of a package; npm fetches it where it is not there yet.

    Raises
    ------
    CourseError
        If npm is missing or fails, or sends another package than expected.
    """
    if not package.file.exists():
        with tempfile.TemporaryDirectory() as scratch:
            content = pack(package, Path(scratch)).read_bytes()
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        if digest != package.sha512:
            raise CourseError(
                f"What npm sent as {package.name} {package.version} has the digest {digest}.",
                "do not use it; compare the digest in tools/vendor.py with that on npm's site.",
            )
        VENDOR.mkdir(parents=True, exist_ok=True)
        write_whole(package.file, content)
    return package.file


def pack(package: Package, scratch: Path) -> Path:
    """Let npm put a package into a folder and return its file."""
    npm = shutil.which("npm")
    if npm is None:
        raise CourseError(
            "The website's scripts come from npm, which is not here.",
            "install Node.js, or make the website on a machine that has it.",
        )
    print(f"Fetching {package.name} {package.version}", flush=True)
    command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip() or "it printed nothing").splitlines()[0]
        raise CourseError(f"npm failed: {reason}", "check the connection, then run it again.")
    (file,) = scratch.glob("*.tgz")
    return file
