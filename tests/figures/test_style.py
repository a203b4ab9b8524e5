"""Colors by name are those of the curves, in order."""

from course_lib.figures import style


def test_the_named_colors_are_the_first_of_the_cycle():
    first = ["#" + look["color"].removeprefix("#") for look in style.line_looks()[:4]]
    assert first == [style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE]
