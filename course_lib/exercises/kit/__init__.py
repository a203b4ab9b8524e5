"""Parts that the exercises of several lessons are made of.

================  ============================================================================
formula           functions that can be shown, as arguments of exercises
measured          recognizes slopes that were measured by differences
optimizer_steps   what an optimizer does with gradients that keep to one direction
reading           reads the answers of all cases as numbers
tiny_training     a bowl, a few batches, named optimizers: for exercises that train
told              known mistakes in few words, with the numbers of the first wrong case
tried             laws that are tried on several inputs, drawn ones besides
wrong_*           wrong ways that known mistakes are made of
================  ============================================================================
"""
