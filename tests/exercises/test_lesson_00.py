"""The exercise of lesson 00: the numbers that its text names."""

from course_lib.exercises import exercises


def test_the_numbers_in_the_remark_of_lesson_00_are_right():
    remark = exercises()["repeated_factor"].remark
    assert f"{0.25**10:.1e};" in remark
    assert f"fifty times, is {1.5**50:.1e}." in remark
