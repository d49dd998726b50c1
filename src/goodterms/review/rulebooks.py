"""What the laws of several countries want of a message, as data: which rules fire on a draft.

No rule that fires says that a message is lawful or not, and no rule that stays silent does.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from goodterms.lib.faults import Fault
from goodterms.review.draft import Draft
from goodterms.review.rules import Finding, Reads, Severity
from goodterms.review.setting import Setting

_FOLDER = Path(__file__).with_name("laws")


class Need(StrEnum):
    """What a rule wants to be there."""

    IDENTITY = "identity"
    """The sender's name."""
    POSTAL_ADDRESS = "postal_address"
    """A postal address."""
    WAYS_OUT = "ways_out"
    """The terms with both ways out."""
    SOURCE = "source"
    """A word on where the receiver's address comes from."""
    LABEL = "label"
    """A word that it is advertising."""
    OPT_IN = "opt_in"
    """A confirmed opt-in of every receiver; the decision sees to that, not the text."""


@dataclass(frozen=True, kw_only=True)
class LawRule:
    """One rule of a rulebook."""

    id: str
    when: frozenset[Reads]
    need: Need
    severity: Severity
    reason: str
    remedy: str
    citation: str
    read_on: str
    """When the source was read, as year and month."""


@dataclass(frozen=True, kw_only=True)
class LawBook:
    """The rules of one jurisdiction."""

    name: str
    title: str
    version: str
    rules: tuple[LawRule, ...]

    @property
    def label(self) -> str:
        """Its name and version, as reports cite it."""
        return f"{self.name.upper()}-{self.version}"


class JurisdictionUnknown(Fault, ValueError):
    """There is no rulebook by that name."""


@cache
def law_books() -> Mapping[str, LawBook]:
    """Give every rulebook by name."""
    return {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.toml"))}


def books_for(jurisdictions: tuple[str, ...]) -> tuple[LawBook, ...]:
    """Give the rulebooks that count: of an unknown jurisdiction all, so that the strictest rule is among them."""
    books = law_books()
    unknown = [name for name in jurisdictions if name not in books]
    if unknown:
        raise JurisdictionUnknown(
            f"There is no rulebook '{unknown[0]}'; there are: {', '.join(books)}. Nothing was done."
        )
    return tuple(books[name] for name in jurisdictions) or tuple(books.values())


def check_law(draft: Draft, setting: Setting, reads: Reads) -> Iterator[Finding]:
    """Find what the rulebooks want and the draft lacks, at the end of the text where it belongs."""
    end = len(draft.text)
    for book in books_for(setting.jurisdictions):
        for rule in book.rules:
            if reads in rule.when and not _MET[rule.need](draft, setting):
                yield Finding(
                    rule=f"{book.name}.{rule.id}",
                    severity=rule.severity,
                    start=end,
                    end=end,
                    reason=f"{rule.reason} ({rule.citation}; read {rule.read_on})",
                    remedy=rule.remedy,
                )


def verdicts(findings: tuple[Finding, ...], jurisdictions: tuple[str, ...]) -> dict[str, str]:
    """Say for each rulebook in words what it found; never that a message is lawful."""
    said = {}
    for book in books_for(jurisdictions):
        fired = [finding.rule.partition(".")[2] for finding in findings if finding.rule.startswith(f"{book.name}.")]
        blocking = [f.rule for f in findings if f.rule.startswith(f"{book.name}.") and f.severity is Severity.STOP]
        if blocking:
            said[book.label] = f"blocked by {', '.join(rule.partition('.')[2] for rule in blocking)}"
        else:
            also = f"; to be looked at: {', '.join(fired)}" if fired else ""
            said[book.label] = f"no blocking rule found in rulebook {book.label}{also}"
    return said


_LABELS = ("advert", "werbung", "anzeige", "publicité", "publicidad", "pubblicità", "commercial message", "promotion")


def _has_source(draft: Draft, setting: Setting) -> bool:
    texts = (draft.body.text, setting.terms)
    return any(rule.search(text) for text in texts for lexicon in draft.lexicons for rule in lexicon.source)


_MET: Mapping[Need, Callable[[Draft, Setting], bool]] = {
    Need.IDENTITY: lambda _draft, setting: bool(setting.owner_name.strip()),
    Need.POSTAL_ADDRESS: lambda _draft, setting: bool(setting.postal_address.strip()),
    Need.WAYS_OUT: lambda _draft, setting: bool(setting.terms.strip()),
    Need.SOURCE: _has_source,
    Need.LABEL: lambda draft, _setting: any(word in draft.text.casefold() for word in _LABELS),
    Need.OPT_IN: lambda _draft, _setting: False,
}


def _read(path: Path) -> LawBook:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = tuple(_rule(rule, values["read_on"]) for rule in values["rules"])
    return LawBook(name=path.stem, title=values["title"], version=values["version"], rules=rules)


def _rule(values: dict[str, Any], read_on: str) -> LawRule:
    return LawRule(
        id=values["id"],
        when=frozenset(map(Reads, values["when"])),
        need=Need(values["need"]),
        severity=Severity(values["severity"]),
        reason=values["reason"],
        remedy=values["remedy"],
        citation=values["citation"],
        read_on=values.get("read_on", read_on),
    )
