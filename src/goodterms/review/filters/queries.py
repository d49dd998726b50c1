"""Asking the filters that are set."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from goodterms.lib.faults import Fault
from goodterms.review.draft import Draft
from goodterms.review.filters.rspamd import ask_rspamd
from goodterms.review.filters.said import Answer, FilterSilent, findings_in, message_of
from goodterms.review.filters.spamassassin import ask_spamassassin
from goodterms.review.rules import Finding

Ask = Callable[[bytes, str, int], Answer]
FILTERS: Mapping[str, tuple[str, Ask, int]] = {
    "GOODTERMS_SPAMASSASSIN": ("spamassassin", ask_spamassassin, 783),
    "GOODTERMS_RSPAMD": ("rspamd", ask_rspamd, 11333),
}
"""The setting that says where each filter is, its name, how it is asked, and its usual port."""


class FilterAddressFaulty(Fault, ValueError):
    """A setting does not say where a filter is."""


@dataclass(frozen=True, kw_only=True)
class FiltersSaid:
    """What the filters that are set say: findings, and in a word by filter what came of asking."""

    findings: tuple[Finding, ...]
    answers: Mapping[str, str]


def ask_filters(draft: Draft, settings: Mapping[str, str], *, sender: str, now: datetime) -> FiltersSaid:
    """Ask every filter that is set; one that is silent is told of and fails nothing."""
    findings: list[Finding] = []
    answers = {}
    for setting, (name, ask, port) in FILTERS.items():
        if settings.get(setting):
            found, answers[name] = _asked(draft, ask, _place(setting, settings[setting], port), sender, now)
            findings += found
    return FiltersSaid(findings=tuple(findings), answers=answers)


def _asked(draft: Draft, ask: Ask, place: tuple[str, int], sender: str, now: datetime) -> tuple[Iterable[Finding], str]:
    try:
        said = ask(message_of(draft, sender=sender, now=now), *place)
    except FilterSilent as silent:
        return (), str(silent)
    return findings_in(draft, said), f"{said.score:.1f} of {said.threshold:.1f}"


def _place(setting: str, value: str, port: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{value}")
        found = parts.hostname, parts.port or port
    except ValueError:
        found = None, port
    if not found[0]:
        raise FilterAddressFaulty(f"{setting} is '{value}'. Write the host, or host:port, such as 127.0.0.1:{port}.")
    return found[0], found[1]
