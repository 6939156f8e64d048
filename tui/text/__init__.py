"""The course's Markdown as plain lines, as styled text and for Textual's widgets."""
