"""Exercises of lesson 09, penalties and other safeguards: which module holds which.

==========  ====================
block       ``block_gradient``
penalty     ``penalty_gradient``
==========  ====================
"""

ORDER = ("penalty", "block")  # in which the lesson asks
