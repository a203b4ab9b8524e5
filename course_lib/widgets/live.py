"""Sliders, each paired with a number field, above one picture that follows them."""

from html import escape

import ipywidgets

from course_lib.figures.display import figure_html


class LiveWidget(ipywidgets.VBox):
    """Sliders and a picture that follows them.

    Parameters
    ----------
    live : LiveFigure
    controls : dict of str to Control or Choice
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
        A control's two widgets, by name; setting the ``value`` of either one redraws. The
        field holds the number that is drawn. For a choice both are the list.
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
        rows = [ipywidgets.HBox(_once(field, slider)) for slider, field in pairs.values()]
        super().__init__([*rows, self.picture, self.message])
        for field in self.fields.values():
            field.observe(self._on_change, "value")
        self.refresh()
        # the first picture is kept in the notebook: the same one, in fewer bytes
        self.picture.value = self._html(live.small_png())

    @property
    def alt(self):
        """The picture's alternative text in its present state."""
        return f"{self._about} {self.sentence}"

    def refresh(self):
        """Redraw the picture for the controls' present values."""
        values = {name: field.value for name, field in self.fields.items()}
        self.sentence = self._update(**values)
        self.picture.value = self._html(self.live.fast_png())
        self.message.value = ""

    def close(self):
        """Close every widget in it; it answers no more."""
        for control in [*self.sliders.values(), *self.fields.values()]:
            control.unobserve_all()
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


def _once(field, slider):
    return [field] if field is slider else [field, slider]


def _parts(widget):
    """Yield a widget and all that belongs to it: rows, their widgets, layouts and styles."""
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
    for attribute in ("layout", "style"):
        if hasattr(widget, attribute):
            yield getattr(widget, attribute)
    yield widget
