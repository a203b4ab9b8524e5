"""The exercises of lesson 06, and what goes wrong in them."""
