"""Questions: their kinds, reading, drawing, checking."""
