"""When Python looks for objects that only point to each other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 50_000
"""So many more than were freed before it looks again; Python's own 700 is for programs that make cycles."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look rarely for a while: work on rows makes many objects and no cycles, and looking costs a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(max(_NEW_OBJECTS, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
