"""The exercises of lesson 02, and what goes wrong in them."""
