"""The states that a page without a kernel can show."""

import base64
import gzip
import json
from itertools import combinations, product
from math import prod

LIMIT = 200_000  # bytes in a notebook
STORED = ("still", "marks", "sentence")  # parts of a frame
LARGEST = 400  # states of a pair of controls, so that a lesson is built in seconds


def key(values, controls):
    """Return the name of a state: the place of each value among its control's options."""
    places = [controls[name].options.index(value) for name, value in values.items()]
    return ",".join(map(str, places))


def states(frame_of, controls):
    """Compute frames to be stored: each control moved alone, and pairs as far as they fit.

    Parameters
    ----------
    frame_of : callable
        Takes the controls' values by name and returns a frame.
    controls : dict of str to Control or Choice

    Returns
    -------
    dict of str to list
        Which still picture, the marks and the sentence, by `key`.
    """
    table, start = {}, {name: control.start for name, control in controls.items()}
    pairs = {pair: _size(pair, controls) for pair in combinations(controls, 2)}
    small = sorted((pair for pair in pairs if pairs[pair] <= LARGEST), key=pairs.get)
    for group in [*((name,) for name in controls), *small]:
        more = dict(table)
        options = [controls[name].options for name in group]
        for chosen in product(*options):
            values = start | dict(zip(group, chosen, strict=True))
            name = key(values, controls)
            if name not in more:
                frame = frame_of(values)
                more[name] = [frame[part] for part in STORED]
        if len(group) > 1 and len(pack(more)) > LIMIT:
            break
        table = more
    return table


def pack(table):
    """Return a table as a browser unpacks it: JSON, gzip, base64."""
    data = gzip.compress(json.dumps(table, ensure_ascii=False).encode(), 9, mtime=0)
    return base64.b64encode(data).decode()


def _size(names, controls):
    return prod(len(controls[name].options) for name in names)
