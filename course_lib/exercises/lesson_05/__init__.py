"""The exercises of lesson 05, and what goes wrong in them."""
