"""Exercises of lesson 11, reading the article: which module holds which.

==========  =====================
step        ``repaired_step``
training    ``repaired_training``
==========  =====================
"""
