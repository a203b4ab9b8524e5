"""Laws of the figures' way out: one picture, its words, and nothing else."""

import io
import re
import struct
import zlib

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from course_lib.figures import display
from course_lib.figures.display import Picture, figure, show, style
from course_lib.figures.png import encode_small
from course_lib.figures.style import line_looks, log_tick, number, power_of_ten


@pytest.fixture
def fig():
    fig, ax = figure()
    ax.plot([0, 1, 2], [1, 3, 2])
    return fig


@pytest.fixture
def shown(monkeypatch):
    pictures = []
    monkeypatch.setattr(display, "display", pictures.append)
    return pictures


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def chunk_kinds(png):
    kinds, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kinds.append(png[at + 4 : at + 8])
        body = png[at + 4 : at + 8 + length]
        assert (
            zlib.crc32(body) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        )
        at += 12 + length
    return kinds


def test_a_picture_is_html_with_its_alternative_text_and_its_caption(fig):
    bundle = Picture(fig, "A bent line.", "What bends.")._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == "A bent line."
    assert 'alt="A bent line."' in bundle["text/html"]
    assert "<figcaption>What bends.</figcaption>" in bundle["text/html"]


def test_markup_in_the_words_of_a_picture_is_text(fig):
    html = Picture(fig, 'a < b & "c"', "<script>alert(1)</script>")._repr_mimebundle_()[
        "text/html"
    ]
    assert 'alt="a &lt; b &amp; &quot;c&quot;"' in html
    assert "<script>" not in html


def test_lines_of_a_long_text_are_joined_into_one(fig):
    assert Picture(fig, "one\n    two", "c").alt == "one two"


@pytest.mark.parametrize("empty", ["", "  \n", None])
@pytest.mark.parametrize("name", ["alt", "caption"])
def test_a_picture_without_words_is_refused_by_the_missing_words_name(fig, name, empty):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        Picture(fig, **({"alt": "a", "caption": "c"} | {name: empty}))


def test_show_displays_once_and_returns_nothing(fig, shown):
    assert show(fig, "alt", "caption") is None
    assert [picture.alt for picture in shown] == ["alt"]


def test_show_makes_pyplot_forget_the_figure(shown):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    kept, given = pyplot.figure(), pyplot.figure()
    show(given, "alt", "caption")
    assert pyplot.get_fignums() == [kept.number]
    pyplot.close(kept)


def test_a_refused_figure_is_not_closed(shown):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    fig = pyplot.figure()
    with pytest.raises(ValueError, match="alt"):
        show(fig, "", "caption")
    assert pyplot.fignum_exists(fig.number)
    pyplot.close(fig)


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        fig, ax = figure(2)
        ax[0].plot(np.sin(np.arange(50)))
        ax[1].semilogy(np.arange(1, 9))
        return Picture(fig, "a", "c").png

    assert draw() == draw()


def test_a_picture_carries_no_program_name_and_no_date(fig):
    assert set(chunk_kinds(Picture(fig, "a", "c").png)) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def test_a_picture_has_two_device_pixels_for_each_pixel_of_the_page(fig):
    picture = Picture(fig, "a", "c")
    html = picture._repr_mimebundle_()["text/html"]
    width, height = (
        int(re.search(f'{side}="(\\d+)"', html)[1]) for side in ("width", "height")
    )
    assert (width, height) == (800, 320)
    assert decoded(picture.png).shape == (2 * height, 2 * width, 3)


def test_drawing_a_picture_leaves_its_figure_as_it_was(fig):
    canvas, dpi = fig.canvas, fig.dpi
    Picture(fig, "a", "c")
    assert fig.canvas is canvas
    assert fig.dpi == dpi


def test_a_figure_of_two_panels_of_curves_stays_below_40_kilobytes():
    fig, axes = figure(2)
    for ax in axes:
        for shift in range(3):
            ax.plot(np.sin(np.linspace(0, 8, 400) + shift))
    assert len(Picture(fig, "a", "c").png) < 40_000


def test_style_and_figures_leave_the_settings_of_matplotlib_alone():
    before = dict(mpl.rcParams)
    with style():
        assert mpl.rcParams["axes.grid"]
    figure(2)
    assert dict(mpl.rcParams) == before


def test_a_figure_has_the_panels_asked_for():
    assert figure()[1].get_subplotspec().get_gridspec().get_geometry() == (1, 1)
    assert figure(3)[1].shape == (3,)
    assert figure(3, n_rows=2)[1].shape == (2, 3)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"n_columns": 0}, "n_columns"), ({"n_rows": 1.5}, "n_rows"), ({"height": -1}, "height")],
)
def test_a_figure_of_impossible_size_is_refused_by_name(wrong, name):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        figure(**wrong)


def test_curves_differ_in_color_and_in_line_style_and_in_marker():
    for key in ("color", "linestyle", "marker"):
        looks = [str(look[key]) for look in line_looks()]
        assert len(set(looks)) == len(looks)


def test_the_small_encoder_changes_no_pixel_of_a_figure_visibly(fig):
    exact = display._pixels(fig)
    small = encode_small(exact)
    assert np.abs(decoded(small).astype(int) - exact).max() <= 24
    assert len(small) < len(zlib.compress(exact.tobytes(), 1)) / 2


@pytest.mark.parametrize("pixels", [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 3))])
def test_what_is_no_image_is_refused(pixels):
    with pytest.raises(ValueError, match=r"pixels must be uint8 of shape"):
        encode_small(pixels)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.105, "0.105"),
        (1.6e-10, "1.6·10⁻¹⁰"),
        (12, "12"),
        (0, "0"),
        (-0.25, "−0.25"),
        (2e18, "2·10¹⁸"),
    ],
)
def test_numbers_are_written_as_lessons_print_them(value, text):
    assert number(value) == text


def test_ticks_are_powers_of_ten_in_plain_letters():
    assert power_of_ten(-12) == "10⁻¹²"
    assert [log_tick(value) for value in (1, 1e-8, 10, 0.2)] == ["1", "10⁻⁸", "10¹", "0.2"]


def test_a_title_over_another_one_is_refused():
    fig, ax = display.figure()
    ax.set_title("of the function that drew it", loc="left")
    display.Picture(fig, "a panel", "A panel.")
    ax.set_title("of the lesson")
    with pytest.raises(ValueError, match=r"one title, got 'of the function .* 'of the lesson'"):
        display.Picture(fig, "a panel", "A panel.")


@pytest.mark.parametrize(
    ("text", "html", "drawn"),
    [
        ("σ_w = 4", "σ<sub>w</sub> = 4", "$σ_{w}$ = 4"),
        (
            "from χ_1 to w_max",
            "from χ<sub>1</sub> to w<sub>max</sub>",
            "from $χ_{1}$ to $w_{max}$",
        ),
        ("layer_norms and 1_000", "layer_norms and 1_000", "layer_norms and 1_000"),
    ],
)
def test_indices_are_set_as_such_in_captions_and_in_figures(text, html, drawn):
    fig, ax = figure()
    ax.set_xlabel(text)
    ax.set_yticks([0], [text])
    picture = Picture(fig, "a curve", text)
    assert f"<figcaption>{html}</figcaption>" in picture._repr_mimebundle_()["text/html"]
    assert [label.get_text() for label in ax.get_yticklabels()] == [ax.get_xlabel()] == [drawn]
