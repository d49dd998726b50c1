"""What connecting means: the wordings, where they stood and when."""
