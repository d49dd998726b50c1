"""Comparing the owner's profile, as an export shows it, with the terms."""

from goodterms.artefacts.actions import keep_artefacts
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.canonical import sha256_hex
from goodterms.sync.actions.connections import Reading
from goodterms.sync.exports.owner import PROFILE, PROFILE_SUMMARY
from goodterms.sync.exports.reader import Export
from goodterms.sync.rules import Report
from goodterms.terms.queries import in_force
from goodterms.terms.rules import Place, holds_wording


def compare_profile(reading: Reading, export: Export, report: Report) -> None:
    """Record whether the profile held the terms on the day of the export, and warn where it did not."""
    text = _profile_text(export)
    if not text:
        return
    owner = reading.office.owner
    wording = in_force(owner, Place.PROFILE, reading.taken_at)
    if wording is None:
        report.warnings.append(
            "No terms were in force for the profile when this export was made, so connections made until then count as "
            "made before the terms. Record what stands there, and since when."
        )
        return
    holds = holds_wording(text, wording.text)
    digest = sha256_hex(text.encode())
    keep_artefacts(owner, "profile", {digest: text.encode()})
    fact = Fact(
        kind=Kind.PROFILE_SEEN,
        occurred_at=reading.taken_at,
        actor=Actor.SYSTEM,
        detail={"wording": wording.pk, "holds_terms": holds},
        evidence=(digest,),
        source=reading.export,
    )
    append(owner, [fact], now=reading.now)
    if not holds:
        report.warnings.append(
            f"The profile in this export does not hold the wording in force since {wording.from_at:%Y-%m-%d}. Put it "
            "there, or record what really stood there and when."
        )


def _profile_text(export: Export) -> str:
    parts = [f"{row.headline}\n{row.summary}" for row in export.rows_of(PROFILE)]
    parts += [row.summary for row in export.rows_of(PROFILE_SUMMARY)]
    return "\n".join(parts).strip()
