"""Exercises of lesson 08, recurrent nets: which module holds which.

==========  =============
bptt        ``bptt_step``
loop        ``bptt``
rescue      ``rescue``
==========  =============
"""
