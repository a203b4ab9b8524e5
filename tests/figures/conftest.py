"""What the tests of figures share."""

import pytest

from course_lib.figures.display import figure


@pytest.fixture
def ax():
    return figure()[1]
