"""Exercises of lesson 02, backpropagation: which module holds which.

===========  ==========================
dense        ``dense_backward``
differences  ``numerical_gradient``
relative     ``relative_error``
softmax      ``cross_entropy_gradient``
===========  ==========================
"""
