"""One module for each form a finished `Report` can take. Each has `render(report, ...) -> str`."""
