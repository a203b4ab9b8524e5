"""What is drawn. Lessons write ``from course_lib.figures import display, plots``.

==============  ==============================================================================
display         ``figure`` and ``show``: a picture with alternative text and a caption
plots           the public list: every figure that lessons draw
style           colors, line styles, numbers as text; ``course.mplstyle`` beside it
axes            logarithmic axes, labels at the ends of curves, checks of what is given
basics          plain curves, norms by layer, losses, images; the others are named by kind
map_parts       what the maps share; ``paths`` and ``clip_shapes`` are parts of this kind too
png             pixels as a PNG, small or fast
==============  ==============================================================================

A figure draws what it is given and computes nothing but positions. It imports no widget and no
experiment. To add one, write it in the module of its kind, import it in ``plots`` and name it
in ``plots.__all__``. Add it to ``tests/figures/test_every_figure.py``, and test what it draws
in the test file of its module.
"""
