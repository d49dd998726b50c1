"""Base32 (RFC 4648 section 6) in lower case and without padding: the standard library's is written in Python, and slow.

Three of them are made for each copy of an update.
"""

_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567".ljust(256)
_GROUPS = 64
"""Of five bits each: the most that are encoded at once."""


def _steps() -> list[tuple[int, int, int]]:
    """Give, for runs of 32, 16, 8, 4, 2 groups and one, by how many bits every other run is moved, and which those are.

    Half of what stands together is moved up until each group of five bits stands in eight of its own.
    """
    found = []
    for groups in (32, 16, 8, 4, 2, 1):
        run, pair = (1 << 5 * groups) - 1, 16 * groups
        stays = sum(run << pair * place for place in range(_GROUPS // (2 * groups)))
        found.append((3 * groups, stays, stays << 5 * groups))
    return found


_STEPS = _steps()


def base32(content: bytes) -> str:
    """Give at most 40 bytes as letters and digits."""
    bits = int.from_bytes(content.ljust(_GROUPS * 5 // 8, b"\0"))
    for by, stays, moves in _STEPS:
        bits = (bits & moves) << by | bits & stays
    return bits.to_bytes(_GROUPS).translate(_LETTERS)[: -(-8 * len(content) // 5)].decode("ascii")
