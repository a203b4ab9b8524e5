"""The markup of a prediction's texts: code, emphasis, indices, and numbers that are tied.

A number is tied to what a lesson computes by a comment before it, as in the lessons' sources::

    <!-- = chain_slope(0.5, weights) ± 0.01 -->0.21

Readers never see the comment; a test evaluates the expression in the lesson's run.
"""

import html
import re

MARK = re.compile(r"<!-- = (?P<expression>.+?)(?: ± (?P<tolerance>.+?))? -->", re.DOTALL)


def unmarked(text):
    """Return a text without the comments that tie its numbers.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return MARK.sub("", text)


def text_html(text):
    """Return a text as HTML: code, emphasis and indices such as σ_w set as such.

    Parameters
    ----------
    text : str
        Plain text, with `code`, **strong** and tied numbers.

    Returns
    -------
    str
    """
    parts = re.split(r"`([^`]+)`", html.escape(unmarked(text), quote=False))
    return "".join(f"<code>{p}</code>" if i % 2 else _prose(p) for i, p in enumerate(parts))


def _prose(text):
    strong = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"(?<=\w)_([^\W²³]+)", r"<sub>\1</sub>", strong)
