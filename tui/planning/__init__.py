"""What is next. Pure: the clock, the course and what was done are arguments."""
