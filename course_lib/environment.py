"""Whether everything that the lessons need works here."""

import sys
from importlib import metadata

from matplotlib.font_manager import FontProperties, findfont, get_font
from packaging.requirements import Requirement

SIGNS = "σφθδηγχℓ∂∇ΠλΣ₀₁₂⁰¹²⁻′·×≤≥→←"  # what figures write beside letters and digits


def check_environment():
    """Print, a line each, whether the packages and the fonts are what the course needs.

    Versions are named only where one is too old: what is in order looks the same everywhere.
    """
    print(_line("Python", _complaint_about_python()))
    for requirement in _requirements():
        print(_line(requirement.name, _complaint_about(requirement)))
    print(_line("fonts", _complaint_about_font()))


def _line(name, complaint):
    return f"{name:<11} {'ok' if complaint is None else complaint}"


def _requirements():
    """Read requirements.txt as it was when the course was installed."""
    stated = map(Requirement, metadata.requires("course_lib") or [])
    return [r for r in stated if r.marker is None or r.marker.evaluate({"extra": ""})]


def _complaint_about(requirement):
    remedy = "close JupyterLab and start it with `python3 course.py lab`"
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"missing: {remedy}"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"version {version} found, {requirement.specifier} needed: {remedy}"


def _complaint_about_python(version=sys.version_info):
    if version >= (3, 11):
        return None
    return f"{version[0]}.{version[1]} found, 3.11 or newer needed"


def _complaint_about_font(signs=SIGNS):
    known = get_font(findfont(FontProperties())).get_charmap()
    missing = [sign for sign in signs if ord(sign) not in known]
    return f"figures cannot draw {' '.join(missing)}" if missing else None
