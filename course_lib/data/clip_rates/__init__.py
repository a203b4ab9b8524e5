"""Runs of the three larger nets of lesson 10 over many rates, without and with a clip."""
