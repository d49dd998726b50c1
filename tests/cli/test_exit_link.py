"""`goodterms exit --link`."""

from collections.abc import Callable

import pytest

from tests.conftest import Ran


@pytest.mark.parametrize("words", [["--link", "x", "--stop"], ["ann@a.test", "--link", "x"], ["--leave"], ["a@a.test"]])
def test_a_link_stands_alone_and_a_person_needs_a_way(goodterms_cli: Callable[..., Ran], words: list[str]) -> None:
    assert goodterms_cli("exit", *words).status == 2


def test_a_link_that_was_not_signed_here_is_refused(goodterms_cli: Callable[..., Ran]) -> None:
    goodterms_cli("init", "--email", "ann@owner.test")

    ran = goodterms_cli("exit", "--link", "https://ann.test/x/" + "a" * 60)

    assert ran.status == 1
    assert "not signed here" in ran.said["error"]
