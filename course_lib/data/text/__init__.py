"""The prose of lessons 00 to 09 in 30 characters; see LICENSE.md."""
