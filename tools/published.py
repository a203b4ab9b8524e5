"""Where the course is published: lessons install themselves from there, pages link to it."""

import os
import re
import subprocess
import tomllib

from nbformat import NotebookNode

from tools.workspace import ROOT

PLACEHOLDER = "https://example.org/exploding-gradients"  # until pyproject.toml names another
GITHUB = re.compile(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$")
_INSTALLED_FROM = re.compile(r'(?<=^    address = "git\+)[^"]+', re.MULTILINE)


def repository() -> str:
    """Return the address where the course is published.

    It stands in pyproject.toml. As long as that is a placeholder, it is the repository on
    GitHub that this runs in, or that this folder was cloned from.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project["urls"]["Repository"]
    if address != PLACEHOLDER:
        return address
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return f"https://github.com/{name}"
    over_ssh = re.sub(r"^(?:ssh://)?git@github\.com[:/]", "https://github.com/", origin())
    github = GITHUB.match(over_ssh)
    return f"https://github.com/{github[1]}" if github else address


def origin() -> str:
    """Return the address that git fetches this folder from; empty where there is none."""
    if not (ROOT / ".git").exists():  # or git would tell of a folder that surrounds this one
        return ""
    command = ["git", "-C", str(ROOT), "remote", "get-url", "origin"]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git
        return ""


def with_address(notebook: NotebookNode, address: str) -> NotebookNode:
    """Return a lesson whose first cell installs the course from an address."""
    cells = [type(cell)(cell) for cell in notebook.cells]
    for cell in [cell for cell in cells if cell.cell_type == "code"][:1]:
        cell.source = _INSTALLED_FROM.sub(address, cell.source)
    return type(notebook)(notebook | {"cells": cells})
