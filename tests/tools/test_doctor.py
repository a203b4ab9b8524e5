"""What the doctor says: a line for each thing, and a step wherever something is amiss."""

import re
import sys

import pytest

from tools import doctor, environment, lab, packages
from tools.failures import CourseError

LINE = re.compile(r"(ok|!!)  (\S+) +\S")


def refuse(*_):
    raise CourseError("It is taken.", "choose another one.")


def test_each_check_is_one_line_and_the_last_sentence_names_the_command(capsys):
    checks = [lambda: doctor.Finding("disk", "9 GB are free")]
    assert doctor.main(checks=checks) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert LINE.match(first)[1] == "ok" and "course.py lab" in last


def test_what_is_amiss_is_marked_counted_and_ends_in_a_step(capsys):
    well, ill = doctor.Finding("a", "fine"), doctor.Finding("b", "none", "install it")
    assert doctor.main(checks=[lambda: well, lambda: ill]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert LINE.match(lines[1])[1] == "!!" and lines[1].endswith("none: install it")
    assert lines[2].startswith("1 of 2 ")


def test_a_slider_in_a_real_kernel_answers():
    found = doctor.widgets()
    assert not found.step and "a slider answers" in found.said


def test_without_the_packages_the_slider_is_not_tried_and_not_called_well(monkeypatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    assert str(doctor.widgets()).startswith("--  widgets")
    assert doctor.widgets() == doctor.Finding(
        "widgets", "not tried: the packages are not here yet"
    )


def test_a_kernel_that_does_not_answer_is_told(monkeypatch):
    def fail(seconds):
        raise RuntimeError("the kernel died")

    monkeypatch.setattr(doctor, "move_a_slider", fail)
    found = doctor.widgets()
    assert "the kernel died" in found.said and "127.0.0.1" in found.step


def test_ports_that_are_all_taken_a_full_disk_and_a_closed_folder_have_a_step(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(lab, "check_port", refuse)
    assert "--port" in doctor.ports().step
    monkeypatch.setattr(doctor, "NEEDED_BYTES", float("inf"))
    assert doctor.disk(tmp_path).step
    assert not doctor.folder(tmp_path).step and list(tmp_path.iterdir()) == []
    assert doctor.folder(tmp_path / "nowhere").step


def test_packages_are_those_of_the_lock_or_of_this_python_or_missing(monkeypatch):
    monkeypatch.setattr(environment, "is_ready", lambda root: True)
    assert "lock" in doctor.installed().said
    monkeypatch.setattr(environment, "is_ready", lambda root: False)
    monkeypatch.setattr(packages, "require_packages", lambda root: None)
    assert not doctor.installed().step
    monkeypatch.setattr(packages, "require_packages", refuse)
    assert "course.py lab" in doctor.installed().step


@pytest.mark.parametrize("system, asked", [("darwin", False), ("linux", True)])
def test_a_browser_and_a_chinese_font_are_looked_for_where_the_system_brings_none(
    monkeypatch, system, asked
):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert bool(doctor.browser().step) is asked
    assert ("not tried" in doctor.chinese().said) is asked
