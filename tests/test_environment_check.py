import pytest
from packaging.requirements import Requirement

from course_lib import environment


def test_here_everything_is_in_order(capsys):
    environment.check_environment()
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} >= {"Python", "numpy", "sympy", "fonts"}
    assert all(line.endswith(" ok") for line in lines)


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("numpy>=1000", ["found, >=1000 needed", "course.py lab"]),
        ("no-such-thing", ["missing"]),
    ],
)
def test_what_is_not_in_order_is_named_with_a_remedy(requirement, words):
    complaint = environment._complaint_about(Requirement(requirement))
    assert all(word in complaint for word in words)


def test_an_old_python_is_named():
    assert environment._complaint_about_python((3, 9)) == "3.9 found, 3.11 or newer needed"


def test_a_sign_that_no_font_has_is_named():
    assert environment._complaint_about_font("σ\U0010fffd") == "figures cannot draw \U0010fffd"
