"""The exercises of lesson 00, and what goes wrong in them."""
