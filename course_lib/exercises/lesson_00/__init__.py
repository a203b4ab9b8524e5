"""Exercises of lesson 00, start here: which module holds which.

===============  ===================
repeated_factor  ``repeated_factor``
===============  ===================
"""
