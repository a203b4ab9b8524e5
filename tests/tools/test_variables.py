"""Programs are found where each system puts them, and nothing leads a Python astray."""

import os
from pathlib import Path

import pytest

from tools import variables


@pytest.mark.parametrize(
    "system, path", [("nt", "Scripts/python.exe"), ("posix", "bin/python")]
)
def test_programs_are_found_where_each_system_puts_them(monkeypatch, system, path):
    venv = Path("course", ".venv")
    monkeypatch.setattr(variables.os, "name", system)
    found = variables.python_of(venv)
    monkeypatch.undo()
    assert found == venv / path


def test_the_programs_of_the_environment_come_first(monkeypatch):
    monkeypatch.setenv("PATH", "elsewhere")
    inside = variables.variables_inside(Path("course"))
    folders = inside["PATH"].split(os.pathsep)
    assert folders == [str(variables.scripts(Path("course", ".venv"))), "elsewhere"]
    assert inside["VIRTUAL_ENV"] == str(Path("course", ".venv"))


@pytest.mark.parametrize("name", variables.FOREIGN)
def test_a_variable_meant_for_another_python_is_left_behind(monkeypatch, name):
    monkeypatch.setenv(name, "elsewhere")
    assert name not in variables.variables_inside(Path("course"))
    assert name not in variables.outside_variables()


def test_in_an_environment_of_ones_own_the_course_is_found_first(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "mine")
    here = variables.variables_here(Path("course"))
    assert here["PYTHONPATH"].split(os.pathsep) == ["course", "mine"]
