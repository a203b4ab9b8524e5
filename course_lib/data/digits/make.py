"""Make digits.npz, the images that the course trains on.

Run once, by hand, with any Python that has scikit-learn and NumPy. scikit-learn carries a copy
of the data, so nothing is downloaded. Its bytes depend only on the data: its members have a
fixed date.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).with_name("digits.npz")


def main():
    """Write images (n, 8, 8) and labels (n,) as uint8 into one archive."""
    data = load_digits()
    arrays = {
        "images": data.images.astype(np.uint8),
        "labels": data.target.astype(np.uint8),
    }
    with zipfile.ZipFile(TARGET, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, _npy_bytes(array), compresslevel=9)


def _npy_bytes(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
