"""Sliders, each paired with a number field, above one picture that follows them."""

from dataclasses import dataclass
from html import escape

import ipywidgets
from traitlets import link

from course_lib.display import figure_html


@dataclass(frozen=True)
class Control:
    """A number that the reader sets: its label, start, range and step.

    A whole ``step`` makes whole numbers.

    Raises
    ------
    ValueError
        If not ``low <= start <= high``, or ``step`` is not > 0.
    """

    label: str
    start: float
    low: float
    high: float
    step: float = 1

    def __post_init__(self):
        """Check the numbers."""
        if not self.low <= self.start <= self.high:
            raise ValueError(f"start must be in [{self.low}, {self.high}], got {self.start}")
        if not self.step > 0:
            raise ValueError(f"step must be > 0, got {self.step}")

    def make(self):
        """Return a slider and a number field, linked in both directions.

        A slider has no accessible name in JupyterLab; the field's label names both. What is
        typed beyond the range becomes the range's end.
        """
        whole = isinstance(self.step, int)
        slider_type = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        field_type = ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText
        numbers = {"value": self.start, "min": self.low, "max": self.high, "step": self.step}
        slider = slider_type(
            **numbers, readout=False, tooltip=self.label, layout={"width": "24em"}
        )
        field = field_type(
            **numbers,
            description=self.label,
            style={"description_width": "14em"},
            layout={"width": "21em"},
        )
        link((slider, "value"), (field, "value"))
        return slider, field


class LiveWidget(ipywidgets.VBox):
    """Sliders and a picture that follows them.

    Parameters
    ----------
    live : LiveFigure
    controls : dict of str to Control
    update : callable
        Called with the controls' values by name; changes the artists of ``live`` and returns a
        sentence that says what the picture now shows. It stands below the picture and in the
        alternative text.
    about : str
        What the picture is, whatever the state: the beginning of the alternative text.

    Attributes
    ----------
    live : LiveFigure
        The figure behind the picture.
    sliders, fields : dict of str to Widget
        A control's two widgets, by name; setting the ``value`` of either one redraws.
    picture : ipywidgets.HTML
    message : ipywidgets.HTML
        Empty, or a sentence about an error. The error itself is raised as well.
    sentence : str
        What the picture now shows, in words.
    """

    def __init__(self, live, controls, update, about):
        self.live, self._update, self._about = live, update, about
        pairs = {name: control.make() for name, control in controls.items()}
        self.sliders = {name: slider for name, (slider, _) in pairs.items()}
        self.fields = {name: field for name, (_, field) in pairs.items()}
        self.picture, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self.sentence = ""
        rows = [ipywidgets.HBox([field, slider]) for slider, field in pairs.values()]
        super().__init__([*rows, self.picture, self.message])
        for slider in self.sliders.values():
            slider.observe(self._on_change, "value")
        self.refresh()
        # the first picture is kept in the notebook: the same one, in fewer bytes
        self.picture.value = self._html(live.small_png())

    @property
    def alt(self):
        """The picture's alternative text in its present state."""
        return f"{self._about} {self.sentence}"

    def refresh(self):
        """Redraw the picture for the controls' present values."""
        values = {name: slider.value for name, slider in self.sliders.items()}
        self.sentence = self._update(**values)
        self.picture.value = self._html(self.live.fast_png())
        self.message.value = ""

    def close(self):
        """Close every widget in it; it answers no more."""
        for slider in self.sliders.values():
            slider.unobserve_all()
        for part in _parts(self):
            ipywidgets.Widget.close(part)

    def __repr__(self):
        """Return the alternative text: what a page without widgets shows."""
        return f"Interactive figure. {self.alt}"

    def _repr_mimebundle_(self, **kwargs):
        # the still picture is for pages without a kernel and for notebooks not yet trusted
        still = {"text/html": self._html(self.live.small_png()), "text/plain": repr(self)}
        return super()._repr_mimebundle_(**kwargs) | still

    def _html(self, png):
        return figure_html(png, self.live.css_size, self.alt, self.sentence)

    def _on_change(self, _change):
        try:
            self.refresh()
        except Exception as error:
            reason = escape(f"{type(error).__name__}: {error}")
            self.message.value = (
                f'<p role="alert">The picture could not be redrawn and shows an earlier state '
                f"({reason}). Running the cell again starts afresh.</p>"
            )
            raise


def _parts(widget):
    """Yield a widget and all that belongs to it: rows, their widgets, layouts and styles."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
    for attribute in ("layout", "style"):
        if hasattr(widget, attribute):
            yield getattr(widget, attribute)
    yield widget
