"""Raw evidence, kept once by its hash."""
