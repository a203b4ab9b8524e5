"""Every figure that lessons draw: one function each, which takes an ``Axes`` and returns it.

They draw what they are given and compute nothing but positions. Every curve differs from its
neighbors in color and in line style or marker, and all are in the course's style, wherever
they are called. Make the ``Axes`` with :func:`course_lib.figures.display.figure`.
"""

from course_lib.figures.accumulation import stability_regions
from course_lib.figures.axes import log_axis
from course_lib.figures.basics import (
    activation_curves,
    factor_products,
    gradient_check_curve,
    image_grid,
    layer_norm_profile,
    loss_curves,
)
from course_lib.figures.clipping import clip_geometry, direction_errors, norm_histogram
from course_lib.figures.cobweb import cobweb
from course_lib.figures.data import confusion_matrix, filter_bank, loss_bands
from course_lib.figures.diagrams import computation_chain, computation_graph, network_diagram
from course_lib.figures.fractions import remedies_compared, rescued, success_rates
from course_lib.figures.growth import (
    growth_against_bound,
    growth_curves,
    rates_compared,
    singular_values,
)
from course_lib.figures.maps import gradient_arrows, growth_map, phase_map, wall_surface
from course_lib.figures.steps import responses, spike_recovery
from course_lib.figures.training import (
    before_and_after,
    descent_on_parabola,
    recorded_run,
    training_runs,
)

__all__ = [
    "activation_curves",
    "before_and_after",
    "clip_geometry",
    "cobweb",
    "computation_chain",
    "computation_graph",
    "confusion_matrix",
    "descent_on_parabola",
    "direction_errors",
    "factor_products",
    "filter_bank",
    "gradient_arrows",
    "gradient_check_curve",
    "growth_against_bound",
    "growth_curves",
    "growth_map",
    "image_grid",
    "layer_norm_profile",
    "log_axis",
    "loss_bands",
    "loss_curves",
    "network_diagram",
    "norm_histogram",
    "phase_map",
    "rates_compared",
    "recorded_run",
    "remedies_compared",
    "rescued",
    "responses",
    "singular_values",
    "spike_recovery",
    "stability_regions",
    "success_rates",
    "training_runs",
    "wall_surface",
]
