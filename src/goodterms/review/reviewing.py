"""Reviewing a draft: what it is for, and everything the checks find in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.checks.deception import check_deception
from goodterms.review.checks.length import check_length
from goodterms.review.checks.repeated import check_repeated
from goodterms.review.checks.spam import check_spam
from goodterms.review.checks.tone import check_tone
from goodterms.review.draft import Draft
from goodterms.review.rulebooks import check_law, verdicts
from goodterms.review.rules import Finding, PurposeFound, Reads, Severity, find_purpose
from goodterms.review.setting import Setting

Check = Callable[[Draft, Setting], Iterable[Finding]]
MOST_FINDINGS = 50
"""So many hints and warnings are shown; whoever mends them sees the next."""
CHECKS: tuple[Check, ...] = (check_length, check_tone, check_deception, check_spam, check_repeated)
"""Every check of the text; what the laws want is asked apart, for it needs the purpose."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """What was found in a draft."""

    purpose: PurposeFound
    declared: Purpose
    findings: tuple[Finding, ...]
    """In the order of their places."""
    rulebooks: dict[str, str]
    """What each rulebook says, in words."""

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What must be mended before it is sent."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.STOP)

    def beside(self, findings: Iterable[Finding]) -> "Review":
        """Give the review with further findings, such as those of filters, at their places."""
        return replace(self, findings=_in_order([*self.findings, *findings]))

    @property
    def needs_explanation(self) -> bool:
        """Whether it declares to be networking and does not read so."""
        return self.declared is Purpose.NETWORKING and self.purpose.reads is not Reads.NETWORKING


def review(draft: Draft, setting: Setting) -> Review:
    """Review a draft: its purpose, its tone, its honesty, and what the rulebooks want of it."""
    purpose = find_purpose(draft)
    reads = Reads.COMMERCIAL if draft.declared is Purpose.COMMERCIAL else purpose.reads
    found = [*purpose.offers, *(finding for check in CHECKS for finding in check(draft, setting))]
    found += check_law(draft, setting, reads)
    findings = _in_order(found)
    return Review(
        purpose=purpose, declared=draft.declared, findings=findings, rulebooks=verdicts(findings, setting.jurisdictions)
    )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give findings by place, the first MOST_FINDINGS of all hints and warnings, and every one that stops."""
    ordered = sorted(findings, key=lambda finding: (finding.start, finding.end, finding.rule))
    milder = [finding for finding in ordered if finding.severity is not Severity.STOP][:MOST_FINDINGS]
    kept = {id(finding) for finding in milder}
    return tuple(one for one in ordered if one.severity is Severity.STOP or id(one) in kept)
