"""How long to wait for the server at each step."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds at each step (RFC 5321 section 4.5.3.2)."""

    connect: float = 60
    """For each answer until letters can leave; people wait for this one."""
    command: float = 300
    data_begin: float = 120
    data_end: float = 600
