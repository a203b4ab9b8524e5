"""The exercises of lesson 03, and what goes wrong in them."""
