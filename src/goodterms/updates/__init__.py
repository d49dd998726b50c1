"""The text of an update and one person's copy of it."""
