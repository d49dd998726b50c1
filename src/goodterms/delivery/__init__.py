"""Carrying an update to each person, once."""
