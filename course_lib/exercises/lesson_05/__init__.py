"""Exercises of lesson 05, what an explosion does: which module holds which.

==========  =====================
curvature   ``largest_stable_lr``
sigmoid     ``stable_sigmoid``
==========  =====================
"""
