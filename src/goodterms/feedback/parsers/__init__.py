"""Parsers of what comes back, one file each; none of them touches the database."""
