"""Record the README's picture that moves: the map of lesson 03 while its slider is dragged.

Run as ``python assets/figures/widget.py``; it needs Chromium or Chrome.
"""

import io
import math
import tempfile
from pathlib import Path

from PIL import Image

from tools.lab_browser import Lesson, chromium_page, lab_server
from tools.variables import chromium

TARGET = Path(__file__).with_suffix(".gif")
LESSON, CALL = "03_deep_sigmoid_nets.ipynb", "widgets.growth_map_widget()"
FRAMES, MILLISECONDS, WIDTH, COLORS = 32, 110, 760, 48
SETTLED = 200  # milliseconds after which a dragged widget has drawn


def record(lesson: Lesson) -> list[Image.Image]:
    """Drag the widget's slider to and fro and return a picture of each place."""
    lesson.page.add_style_tag(content=".Toastify { display: none; }")  # JupyterLab's questions
    lesson.run_cells("from course_lib import", CALL)
    output = lesson.cell(CALL).locator(".jp-OutputArea-output")
    output.scroll_into_view_if_needed()
    rail = output.locator("input[type=range]").last.bounding_box()
    mouse, frames = lesson.page.mouse, []
    y = rail["y"] + rail["height"] / 2
    mouse.move(rail["x"] + 0.02 * rail["width"], y)
    mouse.down()
    for frame in range(FRAMES):
        share = 0.5 - 0.48 * math.cos(2 * math.pi * frame / FRAMES)
        mouse.move(rail["x"] + share * rail["width"], y)
        lesson.page.wait_for_timeout(SETTLED)
        frames.append(Image.open(io.BytesIO(output.screenshot())).convert("RGB"))
    mouse.up()
    return frames


def save(frames: list[Image.Image], target: Path) -> None:
    """Write an animation with few colors."""
    height = round(frames[0].height * WIDTH / frames[0].width)
    small = [frame.resize((WIDTH, height), Image.Resampling.LANCZOS) for frame in frames]
    palette = small[len(small) // 2].quantize(COLORS)
    images = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in small]
    rest = {"append_images": images[1:], "duration": MILLISECONDS, "loop": 0}
    images[0].save(target, save_all=True, optimize=True, **rest)


def main() -> None:
    """Record the widget and write the animation."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as state,
        lab_server(Path(state)) as address,
        chromium_page(chromium()) as page,
    ):
        save(record(Lesson(page, address, LESSON)), TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
