"""Exercises of lesson 06, the accumulation update: which module holds which.

===========  ===================================
momentum     ``momentum_update``, ``ema_update``
nesterov     ``nesterov_update``
whole_batch  ``whole_batch_gradient``
===========  ===================================
"""
