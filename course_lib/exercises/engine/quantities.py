"""Numbers that belong to a case, in the learner's words: sizes and values of its arguments."""

import numpy as np

_POWERS = (
    (1, "{} times the right value"),
    (-1, "the right value divided by {}"),
    (0.5, "√({}) times the right value"),
    (-0.5, "the right value divided by √({})"),
    (2, "({})² times the right value"),
    (-2, "the right value divided by ({})²"),
)


def quantities(parameters, cases):
    """Return what can be read in the arguments, as {words: one number for each case}."""
    found = {}
    for i, name in enumerate(parameters):
        values = [case[i] for case in cases]
        if all(map(_is_scalar, values)):
            numbers = np.array(values, float)
            found |= {f"`{name}`": numbers, f"1 - {name}": 1 - numbers}
        elif all(isinstance(value, np.ndarray) for value in values):
            found |= _sizes(name, values)
        elif all(isinstance(value, list | tuple) for value in values):
            found[f"len({name})"] = np.array([len(value) for value in values], float)
    return found


def factor_in_words(factors, known):
    """Return which power of a known quantity the factors are, in every case; None if none.

    Parameters
    ----------
    factors : list of float
        One for each case, nan where it is not known.
    known : dict of str to ndarray
        What `quantities` returned.
    """
    seen = ~np.isnan(factors)
    factors = np.asarray(factors)[seen]
    if np.ptp(factors) < 1e-6 * np.max(np.abs(factors), initial=0.0):
        return None
    for sign in (1, -1):
        for power, words in _POWERS:
            for name, numbers in known.items():
                with np.errstate(all="ignore"):
                    if np.allclose(sign * factors, numbers[seen] ** power, rtol=1e-6, atol=0):
                        if sign < 0 and " " in name and words.startswith("{"):
                            name = f"({name})"
                        told = words.format(name).replace("(`", "`").replace("`)", "`")
                        return f"minus {told}" if sign < 0 else told
    return None


def _is_scalar(value):
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _sizes(name, values):
    if len({value.ndim for value in values}) > 1 or values[0].ndim == 0:
        return {}
    if values[0].ndim == 1:
        return {f"len({name})": np.array([len(value) for value in values], float)}
    return {
        f"{name}.shape[{axis}]": np.array([value.shape[axis] for value in values], float)
        for axis in range(values[0].ndim)
    }
