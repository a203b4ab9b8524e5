"""Exercises of lesson 07, clipping: which module holds which.

==============  ===============================
accumulation    ``accumulated_steps``
entries         ``global_norm``, ``clip_value``
norms           ``clip_global_norm``
norms_by_layer  ``clip_layer_norms``
optimizer       ``clipped_momentum``
==============  ===============================
"""

ORDER = ("entries", "norms", "norms_by_layer", "optimizer")  # then what is optional
