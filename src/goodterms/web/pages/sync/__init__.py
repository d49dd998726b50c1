"""Reading archives, and the questions that they raise."""
