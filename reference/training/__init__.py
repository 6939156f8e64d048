"""The training loop, tasks and recipes; `python -m reference.training` puts them together."""
