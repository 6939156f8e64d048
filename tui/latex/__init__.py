"""LaTeX formulas as Unicode. Imports nothing of ours."""
