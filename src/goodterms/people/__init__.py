"""Persons and the identities they are known by."""
