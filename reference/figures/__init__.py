"""Figures of the Lab, computed from the reference."""
