"""Exercises of lesson 01, the chain rule: which module holds which.

================  ======================
activation        ``sigmoid``
activation_slope  ``sigmoid_derivative``
chain             ``chain_derivative``
================  ======================
"""
