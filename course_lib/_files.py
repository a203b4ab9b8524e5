"""Where the package keeps the data that it reads."""

from pathlib import Path

DATA = Path(__file__).parent / "data"


def shipped(*parts):
    """Return the path of a file in ``course_lib/data``.

    Parameters
    ----------
    *parts : str
        Folder and file, such as ``"digits", "digits.npz"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If it is not there.
    """
    path = DATA.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(
            f"the data is missing: course_lib/data/{'/'.join(parts)} comes with the package; "
            "install the course again (python3 course.py lab does)"
        )
    return path
