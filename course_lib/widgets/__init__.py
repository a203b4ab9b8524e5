"""Figures that answer to a slider.

Each is a :class:`LiveWidget`: sliders, each paired with a number field, above one picture with
alternative text and a sentence that says in words what it shows. To make one: draw a figure,
put the artists that will move into a :class:`LiveFigure`, and write the function that moves
them and returns the sentence. Python computes; ``live.js`` draws in the browser.

``interact`` and ``Output`` are not used: they swallow errors where notebooks are executed
without a reader.

``live`` (with ``live.js`` and ``live.css``), ``canvas``, ``marks``, ``controls`` and ``table``
are the mechanism; ``modes`` computes how fast a quadratic
grows or shrinks under momentum. Every other module is one interactive figure. To add one, write
its module, import its public function here and name it in ``__all__``; a test of all widgets
(``tests/widgets/test_every_widget.py``) and one of its own go with it.
"""

from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.chain import chain_widget
from course_lib.widgets.clip import clip_widget
from course_lib.widgets.cobweb import cobweb_widget
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.gain import gain_widget
from course_lib.widgets.growth_map import growth_map_widget
from course_lib.widgets.live import LiveWidget
from course_lib.widgets.momentum import momentum_widget
from course_lib.widgets.own_chain import own_chain_widget
from course_lib.widgets.penalty import penalty_widget
from course_lib.widgets.slider import slider_test
from course_lib.widgets.spike import spike_widget
from course_lib.widgets.training_run import training_run_widget
from course_lib.widgets.wall import wall_widget
from course_lib.widgets.wall_rescue import wall_rescue_widget

__all__ = [
    "Choice",
    "Control",
    "LiveFigure",
    "LiveWidget",
    "chain_widget",
    "clip_widget",
    "cobweb_widget",
    "gain_widget",
    "growth_map_widget",
    "momentum_widget",
    "own_chain_widget",
    "penalty_widget",
    "slider_test",
    "spike_widget",
    "training_run_widget",
    "wall_rescue_widget",
    "wall_widget",
]
