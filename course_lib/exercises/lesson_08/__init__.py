"""The exercises of lesson 08, and what goes wrong in them."""
