"""The exercises of lesson 12, and what goes wrong in them."""
