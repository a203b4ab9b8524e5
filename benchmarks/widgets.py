"""How long from a slider's new value to the new picture? ``python benchmarks/widgets.py``.

Prints milliseconds of a callback for each widget: as it works (only what changed is redrawn),
and drawn from scratch each time; then what each PNG encoder takes for the same picture.
"""

import io
import statistics
import time
from itertools import cycle

import numpy as np
from PIL import Image

from course_lib.figures.png import encode_fast, encode_small
from course_lib.widgets import (
    chain_widget,
    cobweb_widget,
    growth_map_widget,
    slider_test,
    wall_widget,
)

N_REPEATS = 20


def median_ms(call):
    """Return the median time of a call in milliseconds, over repeats, after one to warm up."""
    call()
    times = []
    for _ in range(N_REPEATS):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def callback_ms(widget, from_scratch):
    """Return the median time of the first control's callback in milliseconds."""
    field = next(iter(widget.fields.values()))
    values = cycle(np.linspace(field.min, field.max, 10).astype(int).tolist())

    def move():
        if from_scratch:
            widget.live.forget_background()
        field.value = next(values)

    return median_ms(move)


def pillow_png(pixels, level):
    """Encode an image with Pillow at one of zlib's levels."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "png", compress_level=level)
    return buffer.getvalue()


def main():
    """Print both tables."""
    print(f"{'callback':24}{'changed only':>14}{'from scratch':>14}{'ratio':>8}")
    widgets = (slider_test, chain_widget, growth_map_widget, cobweb_widget, wall_widget)
    for make in widgets:
        widget = make()
        quick, slow = (callback_ms(widget, scratch) for scratch in (False, True))
        print(f"{make.__name__:24}{quick:11.1f} ms{slow:11.1f} ms{slow / quick:8.1f}")
        widget.close()
    pixels = chain_widget().live.pixels().copy()
    encoders = {
        "encode_fast": encode_fast,
        "Pillow, level 1": lambda image: pillow_png(image, 1),
        "Pillow, level 6": lambda image: pillow_png(image, 6),
        "encode_small": encode_small,
    }
    print(f"\n{'PNG encoder':24}{'time':>14}{'size':>14}")
    for name, encode in encoders.items():
        print(f"{name:24}{median_ms(lambda e=encode: e(pixels)):11.1f} ms", end="")
        print(f"{len(encode(pixels)) / 1e3:11.1f} kB")


if __name__ == "__main__":
    main()
