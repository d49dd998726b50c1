"""What came back, and what is to be decided about it."""
