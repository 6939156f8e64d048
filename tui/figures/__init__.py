"""Figures: numbers and labels, drawn as text or as pictures."""
