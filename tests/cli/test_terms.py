"""terms, by command."""

from tests.cli.conftest import Goodterms
from tests.cli.network import DAVE


def test_a_wording_ends_by_its_number_and_covers_whom_it_covered(network: Goodterms) -> None:
    added = network(
        "terms", "add", "--place", "profile", "--from", "2019-01-01", "--text", "Updates of mine, as it were."
    )
    assert network("why", DAVE.slug).said["basis"] == "connected_under_terms"
    ended = network("terms", "end", added.said["terms"], "--until", "2020-01-15")
    assert ended.said["until"].startswith("2020-01-15")
    assert network("why", DAVE.slug).said["basis"] != "connected_under_terms"

    unknown = network("terms", "end", 98765, "--until", "2020-01-15")
    assert (unknown.status, unknown.said["error"]) == (
        1,
        "There is no wording 98765. Nothing was done; list them to see their numbers.",
    )
