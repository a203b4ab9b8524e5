"""What is checked before a commit, and what a type checker says of the interfaces."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_hook_formats_as_the_tests_do():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    (rev,) = re.findall(r"rev: v(\S+)", hooks)
    assert f"\nruff=={rev} " in lock


def test_pyright_finds_nothing_in_the_interfaces(pyright):
    command = [*pyright, "--pythonpath", sys.executable]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout + run.stderr
