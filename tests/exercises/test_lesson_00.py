"""The exercise of lesson 00: how learners write what goes wrong."""

from exercises_learner import check_body, mistakes_are_recognized

from course_lib.exercises import exercises

WRONG = {
    "product from 0": (
        "repeated_factor",
        "left = 0\nfor _ in range(n_layers):\n    left *= factor\nreturn left",
        "the product starts at 0",
    ),
    "sum from 0": (
        "repeated_factor",
        "left = 0\nfor _ in range(n_layers):\n    left += factor\nreturn left",
        "product instead of power",
    ),
    "the factor": ("repeated_factor", "return factor", "one layer only"),
    "return in the loop": (
        "repeated_factor",
        "left = 1\nfor _ in range(n_layers):\n    left *= factor\n    return left",
        "one layer only",
    ),
    "absolute value": ("repeated_factor", "return abs(factor) ** n_layers", "sign lost"),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(check_body, WRONG)


def test_the_numbers_in_the_remark_of_lesson_00_are_right():
    remark = exercises()["repeated_factor"].remark
    assert f"{0.25**10:.1e};" in remark
    assert f"fifty times, is {1.5**50:.1e}." in remark
