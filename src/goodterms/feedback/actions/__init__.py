"""Obeying what comes back."""
