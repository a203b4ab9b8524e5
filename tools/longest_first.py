"""A pytest plugin: the tests that take longest come first, so that all workers end together.

Workers take file after file in this order (``--no-loadscope-reorder``); at the end there are
many short ones left to share.
"""

FIRST = (
    "tests/browser/",
    "tests/test_distribution.py",
    "notebooks/",
    "tests/lessons/",
    "tests/exercises/",
    "tests/widgets/",
    "tests/figures/",
    "tests/tools/",
)


def place(node: str) -> int:
    """Return when a test has its turn: the place of its file's beginning in `FIRST`."""
    starts = [i for i, start in enumerate(FIRST) if node.startswith(start)]
    return starts[0] if starts else len(FIRST)


def pytest_collection_modifyitems(items):
    """Sort the tests; those of one file stay together, in their order."""
    items.sort(key=lambda item: place(item.nodeid))
