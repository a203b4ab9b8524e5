"""The current environment's missing packages are named, with the command that adds them."""

import pytest

from tools import packages
from tools.failures import CourseError


def test_packages_that_the_current_environment_lacks_are_named_with_a_command(tmp_path):
    (tmp_path / "requirements.txt").write_text(
        "# what is needed\npytest>=1  # there\nno-such-package>=4.2\nnumpy>=999\n"
    )
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(CourseError) as raised:
        packages.require_packages(tmp_path)
    assert "lacks: no-such-package>=4.2, numpy>=999." in str(raised.value)
    assert '-m pip install "no-such-package>=4.2" "numpy>=999"' in str(raised.value)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "requirements.txt").write_text("pytest>=1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    return tmp_path


def test_nothing_is_named_where_nothing_is_lacking(root):
    packages.require_packages(root)


def test_a_missing_library_is_named_with_the_command_that_adds_it(root, monkeypatch):
    monkeypatch.setattr(packages, "FIND", packages.FIND.replace("course_lib", "no_such_thing"))
    with pytest.raises(CourseError) as raised:
        packages.require_packages(root)
    assert "lacks the course's library" in str(raised.value)
    assert f'-m pip install --no-deps -e "{root}"' in str(raised.value)
