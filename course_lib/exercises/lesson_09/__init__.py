"""The exercises of lesson 09, and what goes wrong in them."""
