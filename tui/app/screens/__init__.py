"""One screen a file. Which of them are places, and by which key, is in `tui.app.places`."""
