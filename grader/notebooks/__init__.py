"""Notebooks that are handed in: cells are read, chosen and put together, and never run here."""
