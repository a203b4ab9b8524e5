# ruff: noqa: E501
"""Answers to the exercises of lessons 00 to 06, many of them seen in public: rows of a table.

A row is ``(exercise, answer, status, words)``: the answer is a whole definition or the body of
the function, and the words stand in the first paragraph of its verdict.
"""

ROWS = (
    ("repeated_factor", "return factor ** max(n_layers - 1, 0)", "failed", "one layer is missing"),
    ("repeated_factor", "left = 1\nfor _ in range(n_layers):\n    left += factor\nreturn left",
     "failed", "the factors are added up"),
    ("repeated_factor", "left = 0\nfor _ in range(n_layers):\n    left += factor\nreturn left",
     "failed", "the factors are added up"),
    ("repeated_factor", "left = 0\nfor _ in range(n_layers):\n    left *= factor\nreturn left",
     "failed", "A product that starts at 0 stays 0"),
    ("repeated_factor", "left = 1\nfor _ in range(n_layers):\n    left *= factor\n    return left",
     "failed", "a `return` inside it"),
    ("repeated_factor", "left = factor\nfor _ in range(n_layers):\n    left *= left\nreturn left",
     "failed", "multiplied by itself in every round"),
    ("repeated_factor", "return np.exp(n_layers * np.log(factor))",
     "failed", "where `factor` has no negative entry"),
    ("repeated_factor", "return factor / n_layers", "failed", "is divided by the number of layers"),
)  # fmt: skip
