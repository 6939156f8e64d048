"""What the server says over HTTP: pages for people, and an interface for `learn`."""
