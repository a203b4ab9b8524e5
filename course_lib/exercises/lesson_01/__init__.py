"""The exercises of lesson 01, and what goes wrong in them."""
