"""The few checks of arguments that several modules share: each names argument and value."""

import math


def require_positive(name, value):
    """Raise ValueError unless ``value`` is a finite number > 0."""
    if not (_is_number(value) and math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")


def require_non_negative(name, value):
    """Raise ValueError unless ``value`` is a finite number ≥ 0."""
    if not (_is_number(value) and math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")


def require_count(name, value, at_least=1):
    """Raise ValueError unless ``value`` is a whole number of at least ``at_least``."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < at_least:
        raise ValueError(f"{name} must be a whole number >= {at_least}, got {value!r}")


def _is_number(value):
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, (bool, str))
