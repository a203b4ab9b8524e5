"""The exercises of lesson 10, and what goes wrong in them."""
