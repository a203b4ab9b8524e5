"""The exercises of lesson 07, and what goes wrong in them."""
