"""Exchanges between the owner and each person."""
