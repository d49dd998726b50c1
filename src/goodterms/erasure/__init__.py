"""Destroying what is known of a person, suppression excepted."""
