"""Keep people on good terms: updates go to connections who agreed, and never to those who left."""

__version__ = "0.1.0"
