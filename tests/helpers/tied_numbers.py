"""Numbers in prose that are tied to what a lesson computes, and those that are not.

``<!-- = growth(10.15) ± 0.02 -->1.21`` ties 1.21 to an expression over the names of the
lesson's run. Without a tolerance it has to be what rounding gives, to the digits shown. A
tolerance is a number in the same unit, or "1 decade" for a power of ten.
"""

import ast
import re
from dataclasses import dataclass

import numpy as np

from course_lib.predictions.markup import MARK, unmarked

SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
TENS = "thirty forty fifty sixty seventy eighty ninety hundred".split()
WORDS = {word: number for number, word in enumerate(UP_TO_TWENTY)}
WORDS |= {word: number for number, word in zip(range(30, 101, 10), TENS, strict=True)}
WORDS |= {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "half": 0.5}
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_POWER = r"10(?:(?P<up>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\{?(?P<hat>[-−]?\d+)\}?)"
NUMBER = re.compile(
    rf"[$*`(]*(?P<sign>[-−+]?)(?:(?:(?P<times>{_DIGITS})\s*(?:·|\\cdot|×)\s*)?{_POWER}"
    rf"|(?P<plain>{_DIGITS})(?:e(?P<e>[-−+]?\d+))?"
    rf"|(?P<word>{'|'.join(sorted(WORDS, key=len, reverse=True))})\b)"
)


@dataclass(frozen=True)
class Tied:
    """A number in prose, with what it is tied to."""

    shown: str
    value: float
    unit: float  # of the last digit shown
    expression: str
    tolerance: str | None

    def fault(self, names):
        """Return a sentence where the number is not what the expression gives, else ""."""
        true = float(eval(self.expression, names))
        if "decade" in (self.tolerance or ""):
            off, allowed = abs(np.log10(self.value / true)), float(self.tolerance.split()[0])
        else:
            off = abs(self.value - true)
            allowed = float(self.tolerance) if self.tolerance else 0.5001 * self.unit
        if off <= allowed:
            return ""
        return f"the text says {self.shown.strip()!r}, and {self.expression} is {true:.6g}"


def tied_numbers(text):
    """Return every tied number of a text.

    Raises
    ------
    ValueError
        If no number follows a comment.
    """
    return [_tied(mark, text) for mark in MARK.finditer(text)]


def untied(text):
    """Return the numbers of a lesson's source which are not tied and of no allowed kind."""
    tied = re.sub(r"[?]P<\w+>", "", rf"{MARK.pattern}(?:{NUMBER.pattern})")
    # a number that opens a formula leaves its dollar, so that the next one closes it
    text = re.sub(f"(?s){tied}", lambda m: "$" * ("-->$" in m[0]) + "x", text)
    for pattern in ALLOWED:
        text = re.sub(f"(?ms){pattern}", " ", text)
    return re.findall(rf"(?<![\w.^_])[-−]?(?:10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|{_DIGITS})", text)


# what in prose need not be tied, in the order in which it is taken away
ALLOWED = (
    r"\A---\n.*?^---\n",  # the header
    r"```.*?```",  # cells
    r"`[^`\n]*`",  # code
    r"^\| \[?\d(?:\.\d)*\]?(?:\([^)]*\))?(?:, \d)* \|(?= [A-Zγ])",  # sections of the article
    r"\$\$.*?\$\$",  # formulas
    r"\$[^$]*?\$",
    r"\[\d\d\]\([^)]*\)",  # a lesson's number, where it is the link
    r"\]\([^)]*\)",  # where links lead
    r"</?[a-z][^<>]*>",  # tags
    r"^- \*\*Time:\*\*[^\n]*$",
    r"^## References.*",
    r"^## In PyTorch.*?(?=^## |\Z)",
    r"^#+ [^\n]*$",  # headings
    r"\b[Ll]essons? \d\d(?:(?:,|,? and|,? to) \d\d)*",
    r"《[^》]*》",  # a title
    r"\b(?:[Ss]ections?|[Rr]uns?|layers?|equations?|Algorithms?|steps?) "
    r"\d+(?:(?:,|,? and|,? to) \d+)*",
    r"§+ ?\d+(?:\.\d+)*(?:(?:,| and| to) \d+)*",
    r"\[\d\d [^\]]*\]",  # titles of lessons
    r"\b(?:19|20)\d\d\b",  # years
    r"^(?:> )?\d+\. ",  # items of a list
    r"^\| \[?(?:\*\*)?\d\d [^\n]*$",  # the list of lessons
    r"\w = [-−]?\d[\d.]*",  # a setting
    r"(?<![\d.,])[012](?![\d.,]*\d)(?! ?%)",  # as in "1 per layer"
)


def _tied(mark, text):
    found = NUMBER.match(text, mark.end())
    if not found:
        raise ValueError(f"no number follows {mark[0]}: {text[mark.end() :][:40]!r}")
    value, unit = _value(found)
    expression = " ".join(mark["expression"].split())
    ast.parse(expression, mode="eval")
    return Tied(unmarked(found[0]), value, unit, expression, mark["tolerance"])


def value_of(text):
    """Return the number that a text writes as figures do: ``"−0.25"``, ``"1.6·10⁻¹⁰"``."""
    return _value(NUMBER.fullmatch(text))[0]


def _value(found):
    sign = -1 if found["sign"] in ("-", "−") and found["sign"] else 1
    if found["word"]:
        return sign * WORDS[found["word"]], 1
    if found["plain"]:
        exponent = int((found["e"] or "0").replace("−", "-"))
        digits = found["plain"].replace(",", "")
    else:
        exponent = int((found["up"] or found["hat"]).translate(SUPERSCRIPT).replace("−", "-"))
        digits = (found["times"] or "1").replace(",", "")
    unit = 10.0 ** (exponent - len(digits.partition(".")[2]))
    return sign * float(digits) * 10.0**exponent, unit


def number_in(text, pattern):
    """Return the first number in what the group of a pattern matches in a text."""
    found = re.search(pattern, text)
    number = found and NUMBER.search(found[1])
    if not number:
        raise ValueError(f"no number in the text where {pattern!r} is")
    return _value(number)[0]
