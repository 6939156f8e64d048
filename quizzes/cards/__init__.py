"""Flashcards: reading, scheduling, backup, Anki."""
