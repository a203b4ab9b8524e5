"""The exercises of lesson 04, and what goes wrong in them."""
