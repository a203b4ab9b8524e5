"""Laws of what a reader can set: numbers, logarithmic ones, and choices."""

import numpy as np
import pytest

from course_lib.widgets import Choice, Control


def test_a_slider_stands_at_every_step_of_its_range_without_rounding_errors():
    assert Control("n", 1, 0, 5).options == [0, 1, 2, 3, 4, 5]
    assert Control("x", 0.0, -0.2, 0.3, 0.1).options == [-0.2, -0.1, 0.0, 0.1, 0.2, 0.3]


def test_where_the_steps_miss_the_end_of_the_range_the_slider_reaches_it_all_the_same():
    assert Control("x", 0.0, 0.0, 1.0, 0.4).options == [0.0, 0.4, 0.8, 1.0]


def test_a_logarithmic_slider_doubles_its_number_in_so_many_steps():
    options = Control("σ_w", 4.0, 0.5, 64.0, 0.1, per_doubling=4).options
    assert options[::4] == [0.5, 1, 2, 4, 8, 16, 32, 64]
    np.testing.assert_allclose(np.diff(np.log2(options)), 0.25, atol=0.01)  # three digits


@pytest.mark.parametrize("per_doubling", [None, 2, 5])
def test_the_start_is_one_of_the_places_where_a_slider_can_stand(per_doubling):
    control = Control("x", 0.3, 0.0078125, 6.66666, 0.25, per_doubling=per_doubling)
    options = control.options
    assert 0.3 in options
    assert options == sorted(set(options))
    assert (options[0], options[-1]) == control.ends


def test_what_is_typed_between_two_steps_stays_as_it_is():
    assert Control("x", 1.0, 0.5, 64.0, 0.1, per_doubling=4).fit(10.149) == 10.149


def test_a_control_with_a_whole_step_takes_whole_numbers():
    assert repr(Control("n", 1, 0, 5).fit(3.0)) == "3"
    assert repr(Control("x", 1, 0, 5, 0.5).fit(3)) == "3.0"


def test_a_choice_takes_what_it_offers():
    choice = Choice("φ", "tanh", ("sigmoid", "tanh"))
    assert choice.fit("sigmoid") == "sigmoid"
    assert choice.ends == ("sigmoid", "tanh")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Choice("φ", "ReLU", ("tanh",)), r"φ must be one of \('tanh',\), got 'ReLU'"),
        (lambda: Control("x", 1, 0, 2, per_doubling=4), "low must be .* > 0, got 0"),
        (lambda: Control("x", 1, 1, 2, per_doubling=0), "per_doubling must be .* got 0"),
        (lambda: Control("x", 9, 0, 5), r"start must be in \[0, 5\], got 9"),
        (lambda: Control("x", 1, 0, 5, 0), "step must be > 0, got 0"),
    ],
)
def test_a_control_refuses_what_does_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        make()
