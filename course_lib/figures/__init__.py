"""What is drawn. Lessons write ``from course_lib.figures import display, plots``.

==============  ==============================================================================
display         ``figure`` and ``show``: a picture with alternative text and a caption
plots           the public list: every figure that lessons draw
style           single colors, line styles, numbers as text; the order of colors, fonts and
                sizes stand in ``course.mplstyle``, the width of a figure in ``display``
axes            logarithmic axes, labels at the ends of curves, checks of what is given
basics          plain curves, norms by layer, losses, images
map_parts       what the maps share; ``paths``, ``clip_shapes``: pieces that others share too
the others      one kind of figure each: ``accumulation``, ``growth``, ``maps``, ...
png             pixels as a PNG, small or fast
==============  ==============================================================================

A figure draws what it is given and computes nothing but positions. It imports no widget and no
experiment. To add one, write it in the module of its kind, import it in ``plots`` and name it
in ``plots.__all__``. Add it to ``tests/figures/test_every_figure.py``, and test what it draws
in the test file of its module.
"""
