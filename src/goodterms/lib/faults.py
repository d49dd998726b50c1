"""Faults that a person can mend."""


class Fault(Exception):
    """Something went wrong that a person can mend.

    The message says what happened, where, what was left unchanged, and what to do next; doors show it as it is.
    """
