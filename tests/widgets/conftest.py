"""What the tests of single widgets share."""

import pytest


@pytest.fixture(scope="module")
def widget(request):
    """The widget that the module's `make` makes, one for all of its tests."""
    widget = request.module.make()
    yield widget
    widget.close()
