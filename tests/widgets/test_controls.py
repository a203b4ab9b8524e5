"""Laws of what a reader can set: a logarithmic slider, and a list to pick from."""

import ipywidgets
import pytest

from course_lib.figures.display import figure
from course_lib.widgets import Choice, Control, LiveWidget
from course_lib.widgets.canvas import LiveFigure


@pytest.fixture
def scale():
    """A scale from 0.5 to 64, whose slider doubles it in four steps."""
    return Control("σ_w", 4.0, 0.5, 64.0, 0.1, per_doubling=4).make()


def widget_of(controls):
    fig, ax = figure(height=1)
    (line,) = ax.plot([0, 1], [0, 1])
    return LiveWidget(
        LiveFigure(fig, [line]), controls, lambda **values: f"{values}", "A line."
    )


def test_a_logarithmic_slider_doubles_its_number_in_so_many_steps(scale):
    slider, _ = scale
    assert isinstance(slider, ipywidgets.FloatLogSlider)
    assert slider.base ** (4 * slider.step) == 2
    assert (slider.base**slider.min, slider.base**slider.max) == (0.5, 64)
    assert slider.value == 4


def test_the_field_of_a_logarithmic_slider_shows_the_number_itself_in_three_digits(scale):
    slider, field = scale
    slider.value = 2**3.25
    assert field.value == 9.51


def test_what_is_typed_beside_a_logarithmic_slider_stays_as_it_is(scale):
    slider, field = scale
    field.value = 10.149
    assert slider.value == field.value == 10.149


def test_the_step_nearest_to_what_was_typed_does_not_replace_it(scale):
    slider, field = scale
    field.value = 10.149
    slider.value = 2**3.25  # what the browser reports then
    assert field.value == 10.149
    slider.value = 2**3.5
    assert field.value == 11.3


@pytest.mark.parametrize("step", [0.1, 0.01])
def test_the_field_beside_a_slider_shows_no_more_digits_than_it_has(step):
    slider, field = Control("x", 1.0, 0.0, 2.0, step).make()
    slider.value = 0.1 + 0.2
    assert repr(field.value) == "0.3"
    field.value = 0.3
    slider.value = 0.30000000000000004 + step
    assert repr(field.value) == repr(round(0.3 + step, 2))


def test_a_number_that_was_typed_off_the_steps_can_be_typed_back_onto_them():
    widget = widget_of({"x": Control("x", 1.0, 0.0, 2.0, 0.1)})
    widget.fields["x"].value = 1.53
    widget.sliders["x"].value = 1.5  # what the browser reports then
    assert widget.sentence == "{'x': 1.53}"
    widget.fields["x"].value = 1.5
    assert widget.sentence == "{'x': 1.5}"
    widget.close()


@pytest.mark.parametrize(("low", "high"), [(0.0078125, 1024.0), (0.333333, 6.66666)])
def test_at_its_ends_a_logarithmic_slider_and_its_field_stay_in_range(low, high):
    slider, field = Control("x", 1.0, low, high, 0.1, per_doubling=2).make()
    for end in (slider.base**slider.min, slider.base**slider.max):
        slider.value = end
        assert low <= field.value <= high


def test_what_is_drawn_is_the_number_in_the_field():
    widget = widget_of({"s": Control("s", 1.0, 0.5, 64.0, 0.1, per_doubling=4)})
    widget.sliders["s"].value = 2**0.25
    assert widget.sentence == "{'s': 1.19}"
    widget.fields["s"].value = 1.1892
    assert widget.sentence == "{'s': 1.1892}"
    widget.close()


def test_a_choice_is_one_list_in_a_row_of_its_own():
    widget = widget_of({"phi": Choice("φ", "tanh", ("sigmoid", "tanh"))})
    assert widget.sliders["phi"] is widget.fields["phi"]
    assert isinstance(widget.sliders["phi"], ipywidgets.Dropdown)
    assert [len(row.children) for row in widget.children[:1]] == [1]
    assert widget.sliders["phi"].description == "φ"
    widget.close()


def test_picking_from_a_list_redraws():
    widget = widget_of({"phi": Choice("φ", "tanh", ("sigmoid", "tanh"))})
    assert widget.sentence == "{'phi': 'tanh'}"
    widget.fields["phi"].value = "sigmoid"
    assert widget.sentence == "{'phi': 'sigmoid'}"
    widget.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Choice("φ", "ReLU", ("tanh",)),
            r"start must be one of \('tanh',\), got 'ReLU'",
        ),
        (lambda: Control("x", 1, 0, 2, per_doubling=4), "low must be .* > 0, got 0"),
        (lambda: Control("x", 1, 1, 2, per_doubling=0), "per_doubling must be .* got 0"),
    ],
)
def test_a_control_refuses_what_does_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        make()
