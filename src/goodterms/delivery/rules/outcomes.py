"""What a run has done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from goodterms.delivery.rules.pacing import Wait
from goodterms.delivery.rules.replies import Result
from goodterms.policy.rules import Reason


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """How many copies went where in one run."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    unknown: int = 0
    returned: int = 0
    """Tried in vain without the server's having had them; they wait as before."""
    skipped: Mapping[Reason, int] = field(default_factory=dict)
    """Not sent, because the decision of that moment was against it; by reason."""
    seconds: float = 0
    wait: Wait | None = None
    """What the run waits for, or ended for: until when no copy may leave, and why."""

    @property
    def tried(self) -> int:
        """How many copies are done with in this run, for now or for good."""
        return self.accepted + self.deferred + self.refused + self.unknown + sum(self.skipped.values())

    @classmethod
    def of(
        cls, results: Mapping[Result, int], skipped: Mapping[Reason, int], seconds: float, wait: Wait | None = None
    ) -> "RunOutcome":
        """Make it from counts by result and by reason."""
        counts = {result.value: results.get(result, 0) for result in Result}
        return cls(**counts, skipped=dict(skipped), seconds=seconds, wait=wait)
