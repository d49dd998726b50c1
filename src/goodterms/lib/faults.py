"""Faults that a person can mend."""


class Fault(Exception):
    """Something went wrong that a person can mend.

    The message says what happened, where, what was left unchanged, and what to do next; doors show it as it is. It
    suits whoever has the pages as well as whoever has a command line: what only the latter types stands in `typed`,
    a sentence that the command line alone adds.
    """

    def __init__(self, *message: object, typed: str = "") -> None:
        super().__init__(*message)
        self.typed = typed

    @property
    def at_the_command_line(self) -> str:
        """The message with what to type."""
        return f"{self} {self.typed}".strip()
