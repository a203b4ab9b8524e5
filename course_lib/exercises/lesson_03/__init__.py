"""Exercises of lesson 03, deep sigmoid nets: which module holds which.

===========  ====================
layer_norms  ``layer_norms``
norm_growth  ``growth_per_layer``
===========  ====================
"""
