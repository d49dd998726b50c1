"""Reads: the decision, asked for one person or for all."""
