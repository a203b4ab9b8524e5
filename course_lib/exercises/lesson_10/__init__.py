"""Exercises of lesson 10, images and text: which module holds which.

==========  ==================
chain       ``training_chain``
entropy     ``bigram_entropy``
training    ``run_training``
==========  ==================
"""

ORDER = ("training", "chain", "entropy")  # in which the lesson asks
