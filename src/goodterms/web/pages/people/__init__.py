"""The people, and one person."""
