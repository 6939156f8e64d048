"""The class server: what a class hands in, graded and shown. An extra, `server`."""
