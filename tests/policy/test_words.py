"""Every reason and verdict can be said in words."""

from goodterms.policy.rules import Reason, Verdict
from goodterms.policy.words import REASONS, VERDICTS


def test_every_reason_and_verdict_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(VERDICTS) == set(Verdict)


def test_no_two_reasons_read_alike() -> None:
    assert len(set(REASONS.values())) == len(REASONS)
