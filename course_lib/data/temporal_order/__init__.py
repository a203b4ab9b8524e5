"""Runs of recurrent nets on the temporal-order task of lesson 08, over many seeds."""
