import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import _files
from course_lib.experiments.characters import (
    ALPHABET,
    cut_into_windows,
    decode,
    encode,
    lesson_text,
    random_windows,
)

TEXT = np.arange(26) % 7


def test_the_text_is_long_and_keeps_to_its_alphabet():
    text = lesson_text()
    assert len(text.train) + len(text.test) >= 60_000
    assert text.alphabet == ALPHABET and len(set(ALPHABET)) == len(ALPHABET) == 30
    assert set(text.train) == set(range(30)), "every character is to be learned"


def test_a_tenth_is_held_out_and_no_paragraph_of_it_is_learned():
    text = lesson_text()
    assert 0.07 < len(text.test) / (len(text.train) + len(text.test)) < 0.13
    path = _files.DATA / "text" / "lessons.txt"
    lines = path.read_text(encoding="ascii").splitlines()
    assert decode(text.test) == "".join(f"{line} " for line in lines[9::10])
    kept = [line for i, line in enumerate(lines) if i % 10 != 9]
    assert decode(text.train) == "".join(f"{line} " for line in kept)


@given(st.text(ALPHABET))
def test_decode_undoes_encode(words):
    assert decode(encode(words)) == words


def test_characters_and_positions_outside_the_alphabet_are_refused():
    with pytest.raises(ValueError, match=r"words must keep to the alphabet .*, got 'Q'"):
        encode("aQ")
    with pytest.raises(ValueError, match=r"indices must lie in 0\.\.1, got 0\.\.2"):
        decode([0, 2], "ab")


def test_random_windows_are_pieces_and_what_follows():
    text = np.arange(100)
    x, y = random_windows(np.random.default_rng(0), text, (3, 50), 7)
    assert x.shape == y.shape == (3, 50, 7)
    assert np.array_equal(y, x + 1) and np.all(np.diff(x, axis=-1) == 1)
    x, y = random_windows(np.random.default_rng(0), text, (2000,), 97)
    assert set(x[:, 0]) == {0, 1, 2} and y.max() == 99, "every place may begin a piece"


def test_equal_generators_give_equal_windows():
    pair = [random_windows(np.random.default_rng(4), TEXT, (5,), 3) for _ in range(2)]
    assert all(np.array_equal(a, b) for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize(("length", "n_pieces"), [(5, 5), (25, 1), (13, 1), (12, 2)])
def test_cut_windows_hold_the_text_once_in_its_order(length, n_pieces):
    x, y = cut_into_windows(TEXT, length)
    assert x.shape == y.shape == (n_pieces, length)
    assert np.array_equal(x.ravel(), TEXT[: x.size])
    assert np.array_equal(y.ravel(), TEXT[1 : 1 + x.size])


@pytest.mark.parametrize("cut", [cut_into_windows, lambda t, n: random_windows(None, t, (), n)])
@pytest.mark.parametrize(
    ("n_steps", "words"), [(26, "n_steps must be < 26"), (0, "n_steps must be")]
)
def test_a_length_that_does_not_fit_is_refused(cut, n_steps, words):
    with pytest.raises(ValueError, match=words):
        cut(TEXT, n_steps)
