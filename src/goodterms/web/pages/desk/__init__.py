"""Writing to people by hand through LinkedIn."""
