"""Runs of the remedies of lesson 09 on its symptoms, counted over many seeds."""
