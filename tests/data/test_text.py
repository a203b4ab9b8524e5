"""The script that freezes the lessons' prose, on small sources."""

import numpy as np
import pytest

from course_lib.data.text import make
from course_lib.experiments.characters import ALPHABET


@pytest.fixture(scope="module")
def script():
    return make


def test_script_and_loader_have_one_alphabet(script):
    assert script.ALPHABET == ALPHABET


LESSON = """\
# 03 · A heading that goes

- **Question:** When does it *vanish*?
- see [lesson 02](02_backpropagation.ipynb), **now**

At $x = 1$ the slope is $-c$, negative; with `a @ w.T` it isn't (1.5 times).

$$r = 2$$

> **Predict.** Is it
> naïve?

<details><summary>An answer</summary>

```{code-cell}
print("code that goes")
```

| a | table |
| --- | --- |

## Recap

All of it stays.

## In PyTorch

Nothing of this.
"""


def test_prose_stays_and_everything_else_goes(script):
    assert script.paragraphs(LESSON) == [
        "question, when does it vanish.",
        "see lesson #, now.",
        "at # the slope is #, negative, with # it isnt, # times.",
        "predict. is it naive.",
        "all of it stays.",
    ]


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("At 0.2, 0.3 and 45 it goes.", "at #, # and # it goes."),
        ("Is it so? Yes!", "is it so. yes."),
        ("from $10^2$ to $10^6$", "from # to #."),
        ("the χ₁ of σ(z), say", "the # of #, say."),
        ("momentum (动量), a sum", "momentum, a sum."),
        ("a well-known one – here", "a well known one, here."),
        ("$a$ $b$ and 3", "# and #."),
    ],
)
def test_blocks_are_reduced_to_the_alphabet(script, block, line):
    assert script.reduce_to_alphabet(block) == line


def test_the_grammar_tops_a_short_text_up_and_leaves_a_long_one(script):
    lines = script.grammar_lines(np.random.default_rng(0), 3000)
    assert 3000 <= script.total(lines) < 3600
    assert set("".join(lines)) <= set(ALPHABET)
    assert all(line.count(".") == 4 for line in lines)
    assert lines == script.grammar_lines(np.random.default_rng(0), 3000)
    assert script.grammar_lines(np.random.default_rng(0), -5) == []


def test_the_frozen_text_is_made_of_such_paragraphs(script):
    text = script.TARGET.read_text(encoding="ascii")
    lines = text.splitlines()
    assert text == "\n".join(lines) + "\n" and len(text) >= script.LEAST
    for line in lines:
        assert script.reduce_to_alphabet(line) == line
        assert len(line.split()) >= 3


def test_main_writes_the_same_bytes_from_the_same_lessons(script, tmp_path, monkeypatch):
    folder = tmp_path / "notebooks" / "source"
    folder.mkdir(parents=True)
    (folder / "03_lesson.md").write_text(LESSON, encoding="utf-8")
    (folder / "10_other.md").write_text("Not one of the ten.", encoding="utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    written = []
    for name in ("one", "two"):
        monkeypatch.setattr(script, "TARGET", tmp_path / name)
        script.main()
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(b"question, when does it vanish.\n")
    assert b"not one of the ten" not in written[0]
    assert len(written[0]) >= script.LEAST
