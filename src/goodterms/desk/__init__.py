"""Writing to people by hand through LinkedIn: one at a time, at a person's pace."""
