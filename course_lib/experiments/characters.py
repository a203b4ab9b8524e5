"""The text that lesson 10 learns: the course's own prose, character by character.

A text is an array of whole numbers, the positions of its characters in the alphabet.
"""

from typing import NamedTuple

import numpy as np

from course_lib._files import shipped
from course_lib._validation import require_count

ALPHABET = " abcdefghijklmnopqrstuvwxyz,.#"  # '#' stands for a formula or a number
_HELD_OUT = 10  # one paragraph in so many


class Text(NamedTuple):
    """A text in two parts.

    Attributes
    ----------
    train, test : ndarray of int, shape (n_characters,)
        Positions in the alphabet.
    alphabet : str
        All characters that occur.
    """

    train: np.ndarray
    test: np.ndarray
    alphabet: str


def lesson_text():
    """Return the prose of the lessons: every tenth paragraph for testing, the rest to learn.

    Returns
    -------
    Text

    Raises
    ------
    FileNotFoundError
        If the data did not come with the package.

    Notes
    -----
    Source: lessons 00 to 09, reduced to 30 characters by ``course_lib/data/text/make.py``.
    """
    path = shipped("text", "lessons.txt")
    lines = path.read_text(encoding="ascii").splitlines()
    last = _HELD_OUT - 1
    kept = [line for i, line in enumerate(lines) if i % _HELD_OUT != last]
    parts = (
        encode("".join(f"{line} " for line in part)) for part in (kept, lines[last::_HELD_OUT])
    )
    return Text(*parts, ALPHABET)


def encode(words, alphabet=ALPHABET):
    """Return the characters of a string as their positions in the alphabet.

    Parameters
    ----------
    words : str
        Any text in this alphabet.
    alphabet : str, optional
        Each character once; that of `lesson_text` unless given.

    Returns
    -------
    ndarray of int, shape (n_characters,)

    Raises
    ------
    ValueError
        If a character is not in the alphabet.
    """
    place = {character: i for i, character in enumerate(alphabet)}
    unknown = sorted(set(words) - set(place))
    if unknown:
        raise ValueError(f"words must keep to the alphabet {alphabet!r}, got {unknown[0]!r}")
    return np.array([place[character] for character in words], dtype=np.int64)


def decode(indices, alphabet=ALPHABET):
    """Return a string from positions in the alphabet.

    Parameters
    ----------
    indices : array_like of int, shape (n_characters,)
        Positions, from 0 to the alphabet's length - 1.
    alphabet : str, optional
        That of `lesson_text` unless given.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a position is out of range.
    """
    indices = np.asarray(indices)
    if indices.size and not (0 <= indices.min() and indices.max() < len(alphabet)):
        raise ValueError(
            f"indices must lie in 0..{len(alphabet) - 1}, got {indices.min()}..{indices.max()}"
        )
    return "".join(alphabet[i] for i in indices)


def random_windows(rng, text, shape, n_steps):
    """Return pieces of a text from random places: inputs, and the character that follows each.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the places.
    text : ndarray of int, shape (n_characters,)
        Such as `lesson_text().train`.
    shape : tuple of int
        How many pieces: (n_batch,), or with leading axes (..., n_batch).
    n_steps : int
        Length of a piece, from 1 to n_characters - 1.

    Returns
    -------
    x : ndarray of int, shape (*shape, n_steps)
        The characters.
    y : ndarray of int, shape (*shape, n_steps)
        At each place the next one.

    Raises
    ------
    ValueError
        If ``n_steps`` is out of range.
    """
    _check_length(text, n_steps)
    starts = rng.integers(len(text) - n_steps, size=shape)
    pieces = text[starts[..., None] + np.arange(n_steps + 1)]
    return pieces[..., :-1], pieces[..., 1:]


def cut_into_windows(text, n_steps):
    """Return a text cut into pieces one after the other; a rest at its end is left out.

    Parameters
    ----------
    text : ndarray of int, shape (n_characters,)
        Such as `lesson_text().test`.
    n_steps : int
        Length of a piece, from 1 to n_characters - 1.

    Returns
    -------
    x : ndarray of int, shape (n_pieces, n_steps)
        The characters.
    y : ndarray of int, shape (n_pieces, n_steps)
        At each place the next one, which may be the first of the next piece.

    Raises
    ------
    ValueError
        If ``n_steps`` is out of range.
    """
    _check_length(text, n_steps)
    end = (len(text) - 1) // n_steps * n_steps
    return text[:end].reshape(-1, n_steps), text[1 : end + 1].reshape(-1, n_steps)


def _check_length(text, n_steps):
    require_count("n_steps", n_steps)
    if n_steps >= len(text):
        raise ValueError(f"n_steps must be < {len(text)}, the text's length, got {n_steps}")
