"""Telling machines' mail from people's, by the marks in machines.toml."""

import re
import tomllib
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from goodterms.feedback.parsers.complaint import FEEDBACK_REPORT, report_in
from goodterms.feedback.parsers.delivery_report import DELIVERY_STATUS, irregular
from goodterms.feedback.parsers.folding import fold
from goodterms.feedback.parsers.parts import Head


class Machine(StrEnum):
    """What sort of machine wrote a mail."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    """A feedback report (RFC 5965) of abuse."""
    CHALLENGE = "challenge"
    """Asks whoever wrote to prove that they are human."""
    AUTO = "auto"
    """Any other automatic answer (RFC 3834)."""


@dataclass(frozen=True, kw_only=True)
class _Marks:
    """What shows one sort of machine: headers that are there, values of headers, subjects and senders."""

    headers: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    subjects: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    looks: str = "(?!)"
    """What sender or subject may show; it must be looked at more closely."""


_Found = tuple[Machine | None, str]


IRREGULAR = "irregular report"
"""The mark of a report in no standard form: a person may have written around one."""


def machine_behind(head: Head, parts: list[Message], kinds: list[str]) -> _Found:
    """Give what sort of machine wrote a mail, and what shows it; the first rule that fits.

    `kinds` are the parts' content types.
    """
    if FEEDBACK_REPORT in kinds and (report := report_in(parts)):
        return (Machine.COMPLAINT if report.is_complaint else Machine.AUTO), f"feedback report: {report.kind}"
    if statuses := [kind for kind in kinds if kind in DELIVERY_STATUS]:
        return Machine.BOUNCE, statuses[0]
    for rule in (_challenge, _bounce, _irregular, _auto):
        machine, mark = rule(head, parts)
        if machine:
            return machine, mark
    return None, ""


def _challenge(head: Head, _: list[Message]) -> _Found:
    return _by_marks(Machine.CHALLENGE, head)


def _bounce(head: Head, _: list[Message]) -> _Found:
    """Find reports that say what they are in words only; a subject alone is not enough, people quote them."""
    marks = _marks()[Machine.BOUNCE]
    if head.first("X-Failed-Recipients"):
        return Machine.BOUNCE, "x-failed-recipients"
    senders = head.addresses("From")
    by_daemon = any(map(_either(tuple(marks.senders)).search, senders))
    if by_daemon or _has_null_sender(head):
        machine, mark = _by_marks(Machine.BOUNCE, head)
        if machine or (by_daemon and _has_null_sender(head)):
            return Machine.BOUNCE, mark or "sender"
    return None, ""


def _irregular(head: Head, parts: list[Message]) -> _Found:
    # A person's answer begins its subject with Re: or names what it answers; asking of every mail takes long.
    looks = _compared(f"{head.first('From')} {head.first('Subject')}")
    asks = _has_null_sender(head) or _either((_marks()[Machine.BOUNCE].looks,)).search(looks)
    if asks and parts and irregular(parts[0]):
        return Machine.BOUNCE, IRREGULAR
    return None, ""


def _auto(head: Head, _: list[Message]) -> _Found:
    submitted = head.first("Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return Machine.AUTO, "auto-submitted"
    if _has_null_sender(head):
        return Machine.AUTO, "return-path"
    return _by_marks(Machine.AUTO, head)


def _has_null_sender(head: Head) -> bool:
    return head.first("Return-Path").strip() == "<>"


def _by_marks(machine: Machine, head: Head) -> _Found:
    marks = _marks()[machine]
    if not head.names.isdisjoint(marks.headers):
        return machine, next(name for name in marks.headers if name in head.names)
    for name in marks.values.keys() & head.names:
        if any(re.search(marks.values[name], value.lower()) for value in head.all(name)):
            return machine, name
    if _has_subject_of(machine, head.first("Subject")):
        return machine, "subject"
    return None, ""


@lru_cache(maxsize=64)  # all answers to an update have its subject
def _has_subject_of(machine: Machine, subject: str) -> bool:
    return bool(_either(tuple(_marks()[machine].subjects)).search(_compared(subject).strip()))


@lru_cache(maxsize=64)  # several rules look at the same line, and all answers to an update have its subject
def _compared(line: str) -> str:
    return fold(line[:1000])


@cache
def _either(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


@cache
def _marks() -> dict[Machine, _Marks]:
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {Machine(name): _Marks(**table) for name, table in tables.items()}
