"""Python looks for cycles rarely while it is asked to, and as before afterwards."""

import gc

import pytest

from goodterms.lib.garbage import rare_collections


def _fails() -> None:
    with rare_collections():
        assert gc.get_threshold()[0] >= 50_000
        raise LookupError


def test_what_was_set_before_holds_again_whatever_happens() -> None:
    before = gc.get_threshold()
    with pytest.raises(LookupError):
        _fails()
    assert gc.get_threshold() == before
