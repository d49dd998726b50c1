"""What connecting means: the wordings, where they stand, and since when."""
