"""Exercises of lesson 09, penalties and other safeguards: which module holds which.

==========  ====================
adam        ``adam_update``
block       ``block_gradient``
own_remedy  ``own_remedy``
penalty     ``penalty_gradient``
verdict     ``remedy_verdict``
==========  ====================
"""

ORDER = ("penalty", "verdict", "adam", "block", "own_remedy")  # in which the lesson asks
