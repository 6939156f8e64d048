"""Full-text search of the course."""
