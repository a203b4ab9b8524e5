"""Exercises of lesson 04, predicting the explosion: which module holds which.

==========  ====================
signals     ``variance_map``
slopes      ``chi_1``
weights     ``variance_scaling``
==========  ====================
"""
