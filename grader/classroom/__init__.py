"""What only a classroom needs. Nobody who learns alone imports any of it."""
