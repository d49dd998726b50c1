"""The first start, and the overview."""
