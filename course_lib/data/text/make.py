"""Make lessons.txt, the prose that the recurrent net of lesson 10 learns to spell.

Run once, by hand: ``python -m course_lib.data.text.make``. It takes the text cells of
lessons 00 to 09, as far as they are there, without code, tables, headings and references,
and reduces them to an alphabet of 30 characters: a to z, the space, the comma, the full
stop, and one sign, #, for every formula and every number. Each line of the file is one
paragraph. A text shorter than LEAST is topped up by sentences of a small grammar. Equal
lessons give equal bytes.
"""

import re
import unicodedata
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(__file__).with_name("lessons.txt")
SOURCES = "0*.md"
LEAST = 60_000  # characters

ALPHABET = " abcdefghijklmnopqrstuvwxyz,.#"
LAST_SECTIONS = re.compile(r"^## (In PyTorch|References)\b.*", flags=re.M | re.S)
REMOVED = (
    (r"^(```+).*?^\1\s*$", re.M | re.S),  # code cells
    (r"<!--.*?-->|<[^>]+>", re.S),  # comments and tags; what stands between tags stays
    (r"^(#|\|).*$", re.M),  # headings and tables
    (r"^\+\+\+.*$", re.M),  # what parts two text cells
    (r"!?\[(?=[^\]]*\]\()|\]\([^)]*\)", 0),  # of a link only its words stay
)
SIGNS = (
    (r"\$\$.+?\$\$|\$[^$]+\$|`[^`]+`", "#"),
    (r"[^\s(]*\d\S*?(?=[,.;:?!)\]]*(\s|$))", "#"),
    (r"[?!]", "."),
    (r"[:;()]|\s[–—]\s", ","),
    (r"[^\W a-z]*[α-ωΑ-Ωχσηγθλ∂]\S*?(?=[,.]*(\s|$))", "#"),
)
GRAMMAR = {
    "sentence": ("subject verb object.", "subject verb object, and subject verb object.",
                 "if subject verb object, subject verb object."),
    "subject": ("the noun", "a adjective noun", "every noun", "the adjective noun"),
    "object": ("the noun", "a noun of the noun", "the adjective noun", "no noun"),
    "noun": ("gradient", "layer", "step", "weight", "net", "loss", "rate", "norm", "sequence"),
    "adjective": ("small", "large", "deep", "clipped", "random", "stable", "vanishing"),
    "verb": ("changes", "bounds", "follows", "multiplies", "shortens", "turns", "needs"),
}  # fmt: skip


def main():
    """Write the text, a paragraph per line."""
    sources = sorted((ROOT / "notebooks" / "source").glob(SOURCES))
    lines = [line for path in sources for line in paragraphs(path.read_text(encoding="utf-8"))]
    lines += grammar_lines(np.random.default_rng(0), LEAST - total(lines))
    TARGET.write_bytes(("\n".join(lines) + "\n").encode("ascii"))
    print(f"{total(lines)} characters from {len(sources)} lessons")


def total(lines):
    """Return how many characters the lines have, with the end of each."""
    return sum(len(line) + 1 for line in lines)


def paragraphs(markdown):
    """Return the paragraphs of a lesson's prose in the alphabet of 30 characters.

    Parameters
    ----------
    markdown : str
        A lesson's source.

    Returns
    -------
    list of str
        Each with at least three words, and with a full stop at its end.
    """
    text = LAST_SECTIONS.sub("", markdown)
    for pattern, flags in REMOVED:
        text = re.sub(pattern, "", text, flags=flags)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)", text)
    reduced = (reduce_to_alphabet(block) for block in blocks)
    return [line for line in reduced if len(line.split()) >= 3]


def reduce_to_alphabet(block):
    """Return one paragraph on one line, in lower case, formulas and numbers as #."""
    line = re.sub(r"^\s*([-*>]|\d+\.)\s+", "", block, flags=re.M)
    for pattern, sign in SIGNS:
        line = re.sub(pattern, sign, line, flags=re.S)
    line = unicodedata.normalize("NFKD", line.lower()).replace("-", " ")
    line = "".join(c if c in ALPHABET else " " if c.isspace() else "" for c in line)
    line = re.sub(r"[#\s]*#[#\s]*(?=[,.])", " #", re.sub(r"#(\s*#)+", "#", line))
    line = re.sub(r"\s*([,.])[\s,.]*", r"\1 ", " ".join(line.split()))
    return line.strip(" ,.") + "."


def grammar_lines(rng, n_characters):
    """Return lines of four sentences each, at least so many characters in all."""
    lines = []
    while total(lines) < n_characters:
        lines.append(" ".join(expanded(rng, "sentence") for _ in range(4)))
    return lines


def expanded(rng, word):
    """Return a word of the grammar expanded at random, or as it is."""
    name, end = re.fullmatch(r"(\w+)(\W*)", word).groups()
    if name not in GRAMMAR:
        return word
    chosen = GRAMMAR[name][rng.integers(len(GRAMMAR[name]))]
    return " ".join(expanded(rng, part) for part in chosen.split()) + end


if __name__ == "__main__":
    main()
