"""Controls and a picture that follows them: Python computes, the browser draws."""

import os
import time
from pathlib import Path

import anywidget
import traitlets

from course_lib.figures.display import Picture
from course_lib.widgets.table import STORED, pack, states

TABLES = "COURSE_WIDGET_TABLES"  # the build sets it: what it stores moves without a kernel
LONGEST = 0.02  # seconds that settings may take which nobody has asked for yet
_HERE = Path(__file__).parent


class LiveWidget(anywidget.AnyWidget):
    """Controls and a picture that follows them.

    The browser gets the still part of the picture once. It asks with the controls' values and
    gets a frame: what moves, as paths, and a sentence in words. Frames that it may need next it
    asks for by a message, which changes nothing here; it gets as many as can be made at once.

    Parameters
    ----------
    live : LiveFigure
    controls : dict of str to Control or Choice
    update : callable
        Called with the controls' values by name; moves the artists of ``live`` and returns a
        sentence that says what the picture now shows. It stands below the picture and in the
        alternative text.
    about : str
        What the picture is, whatever the state: the beginning of the alternative text.

    Attributes
    ----------
    live : LiveFigure
        The figure behind the picture.
    settings : dict of str to Control or Choice
    values : dict
        What the controls stand at, by name.
    frame : dict
        What the browser draws: ``n`` of the request it answers, ``values``, ``still`` (which
        of ``stills``), ``marks``, ``sentence``, and ``error``, empty or a sentence.
    """

    _esm = (_HERE / "live.js").read_text(encoding="utf-8")
    _css = (_HERE / "live.css").read_text(encoding="utf-8")

    controls = traitlets.List().tag(sync=True)
    size = traitlets.Tuple().tag(sync=True)
    about = traitlets.Unicode().tag(sync=True)
    stills = traitlets.List().tag(sync=True)
    table = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    # not echoed to other views of the page: one message less before the answer
    request = traitlets.Dict({"n": 0, "values": {}}).tag(sync=True, echo_update=False)

    def __init__(self, live, controls, update, about):
        self.live, self.settings, self._update = live, controls, update
        self.values = {name: control.start for name, control in controls.items()}
        start = self._frame_of(self.values)
        table = states(self._frame_of, controls) if os.environ.get(TABLES) else {}
        super().__init__(
            controls=[
                {"name": name} | control.describe() for name, control in controls.items()
            ],
            **{"size": live.css_size, "about": about, "frame": start},
            **{"table": pack(table) if table else "", "stills": list(live.stills)},
        )
        self.on_msg(self._send_ahead)

    @property
    def sentence(self):
        """What the picture now shows, in words."""
        return self.frame["sentence"]

    @property
    def alt(self):
        """The picture's alternative text in its present state."""
        return f"{self.about} {self.sentence}"

    def move(self, **values):
        """Set controls by name, and the picture with them.

        A number beyond the range becomes the range's end.

        Raises
        ------
        ValueError
            If there is no such control, or a choice does not offer that.
        """
        for name in values:
            if name not in self.settings:
                raise ValueError(f"a control must be one of {[*self.settings]}, got {name!r}")
        fitted = {name: self.settings[name].fit(value) for name, value in values.items()}
        wanted = self.values | fitted
        frame = self._frame_of(wanted) | {"n": self.request["n"]}
        with self.hold_sync():
            self.values, self.stills, self.frame = wanted, list(self.live.stills), frame

    @traitlets.observe("request")
    def _answer(self, _change):
        try:
            self.move(**self.request["values"])
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            said = f"The picture could not be redrawn and shows an earlier state ({reason})."
            self.frame = self.frame | {"n": self.request["n"], "error": said}
            raise

    def _send_ahead(self, _widget, content, _buffers):
        begin, states = time.perf_counter(), []
        for setting in content["ahead"]:
            states.append([setting, self._state_of(setting)])
            if time.perf_counter() - begin > LONGEST:
                break
        self.stills = list(self.live.stills)
        self.send({"ahead": states})

    def _state_of(self, values):
        try:
            frame = self._frame_of(values)
        except Exception:
            return None  # the error is said when this setting is asked for
        return [frame[part] for part in STORED]

    def _frame_of(self, values):
        sentence = self._update(**values)
        still = self.live.still()
        marks = self.live.marks()
        parts = {"values": values, "still": still, "marks": marks, "sentence": sentence}
        return {"n": 0, "error": ""} | parts

    def close(self):
        """Close the widget; it answers no more."""
        self.unobserve_all()
        if self.layout is not None:
            self.layout.close()
        super().close()

    def __repr__(self):
        """Return the alternative text: what a page without widgets shows."""
        return f"Interactive figure. {self.alt}"

    def _repr_mimebundle_(self, **kwargs):
        # the still picture is for pages without JavaScript and for notebooks not yet trusted
        data, metadata = super()._repr_mimebundle_(**kwargs)
        self._update(**self.values)  # another state may have been sent since
        still = Picture(self.live.fig, self.alt, self.sentence)._repr_mimebundle_()
        return data | still | {"text/plain": repr(self)}, metadata
