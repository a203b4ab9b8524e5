"""The exercises of lesson 11, and what goes wrong in them."""
