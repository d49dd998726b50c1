"""`goodterms exit --link`."""

import pytest

from tests.conftest import Goodterms


@pytest.mark.parametrize("words", [["--link", "x", "--stop"], ["ann@a.test", "--link", "x"], ["--leave"], ["a@a.test"]])
def test_a_link_stands_alone_and_a_person_needs_a_way(goodterms: Goodterms, words: list[str]) -> None:
    assert goodterms("exit", *words).status == 2


def test_a_link_that_was_not_signed_here_is_refused(goodterms: Goodterms) -> None:
    goodterms("init", "--email", "ann@owner.test")

    ran = goodterms("exit", "--link", "https://ann.test/x/" + "a" * 60)

    assert ran.status == 1
    assert "not signed here" in ran.said["error"]
