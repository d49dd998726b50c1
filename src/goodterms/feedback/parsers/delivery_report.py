"""Reading what a mail server reports of a delivery: RFC 3464, its international form (RFC 6533), and older habits.

What can't be read by the standards is given to flufl.bounce, which knows the habits of many servers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from functools import partial

from flufl.bounce import all_failures

from goodterms.delivery.rules.replies import About, Reply, Result, Step, judge
from goodterms.feedback.parsers.parts import UNREADABLE, content_of

DELIVERY_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_MOST_RECIPIENTS = 100
_UTF8_SIGN = re.compile(r"\\x\{(10[0-9a-f]{4}|[1-9a-f][0-9a-f]{1,4})\}", re.IGNORECASE)
_XTEXT_SIGN = re.compile(r"\+([0-9A-F]{2})")
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b([245]\d\d)\b[ -]")
# RFC 3464 section 2.3.3; what else servers write there means that they gave up.
_NO_FAILURES = ("delivered", "relayed", "expanded")
_PERMANENT_STATUS = {True: "5.0.0", False: "4.0.0"}


class Weight(StrEnum):
    """What a returned mail says."""

    HARD = "hard"
    """The address takes no mail, and never will."""
    SOFT = "soft"
    """It did not take this one; it may take the next."""
    SENDER = "sender"
    """The server does not want mail from this sender, or not this mail; the address is not to blame."""
    CONTENT = "content"
    """This message was too large or could not be taken as it was."""
    DELAYED = "delayed"
    """The server tries on: nothing follows from it."""


@dataclass(frozen=True, kw_only=True)
class Returned:
    """One receiver that a mail server gave up on."""

    address: str
    """As the report names it; empty where it does not."""
    original: str = ""
    """The address that the mail was sent to first, where it was forwarded."""
    status: str = ""
    """The code of RFC 3463, where there is one."""
    said: str = ""
    """What the server answered."""
    weight: Weight


def returned_in(mail: Message, parts: list[Message]) -> tuple[Returned, ...]:
    """Give the receivers that a report says were not reached; none where it is no report of that."""
    reports = [part for part in parts if part.get_content_type() in DELIVERY_STATUS]
    found = [returned for part in reports for returned in _in_report(part)]
    if found or any(_tells_actions(part) for part in reports):
        return tuple(found[:_MOST_RECIPIENTS])
    return irregular(mail)


def irregular(mail: Message) -> tuple[Returned, ...]:
    """Give the receivers that a report in no standard form says were not reached."""
    try:
        temporary, permanent = all_failures(mail)
    except (*UNREADABLE, KeyError, IndexError):
        return ()
    return tuple(
        Returned(address=_as_text(address).lower(), status=_PERMANENT_STATUS[lasting], weight=weight)
        for found, lasting, weight in ((permanent, True, Weight.HARD), (temporary - permanent, False, Weight.SOFT))
        for address in sorted(map(_as_text, found))
    )[:_MOST_RECIPIENTS]


def _as_text(address: bytes | str) -> str:
    return address.decode("utf-8", "replace") if isinstance(address, bytes) else address


def _tells_actions(part: Message) -> bool:
    return any("action" in block for block in blocks_of(part))


def _in_report(part: Message) -> list[Returned]:
    return [_returned(block) for block in blocks_of(part) if _tells_of_failure(block)]


def _tells_of_failure(block: dict[str, str]) -> bool:
    names_receiver = "final-recipient" in block or "original-recipient" in block
    return names_receiver and not block.get("action", "").lower().startswith(_NO_FAILURES)


def _returned(block: dict[str, str]) -> Returned:
    said = _after_type(block.get("diagnostic-code", ""))
    status = "".join(_STATUS.findall(block.get("status", ""))[:1])
    return Returned(
        address=address_in(block.get("final-recipient", "") or block.get("original-recipient", "")),
        original=address_in(block.get("original-recipient", "")),
        status=status,
        said=said[:1000],
        weight=Weight.DELAYED if block.get("action", "").lower().startswith("delayed") else weigh(status, said),
    )


def weigh(status: str, said: str) -> Weight:
    """Say what a failure for good is about, by its status (RFC 3463) and the words of the server."""
    code = _CODE.search(f"{said} ")
    number = int(code[1]) if code else 550
    words = said[code.end() :] if code else said
    told = _STATUS.search(words)
    # The server's own code is the nearest to the truth; a status of x.0.0 says nothing beside it.
    nearest = told[0] if told else status
    if nearest[2:] == "0.0":
        nearest = ""
    text = f"{nearest} {words}" if nearest and not (told and words.startswith(told[0])) else words
    lasting = 550 if status.startswith("5") or not status else max(number, 400)
    judgement = judge(Reply(code=lasting, text=text.strip(), step=Step.RCPT))
    if judgement.stops_address:
        return Weight.HARD
    if judgement.about is About.SENDER:
        return Weight.SENDER
    if judgement.about is About.MESSAGE and judgement.result is Result.REFUSED:
        return Weight.CONTENT
    return Weight.SOFT


def _after_type(value: str) -> str:
    """Give a field's text after its type: `smtp; 550 no` -> `550 no`."""
    kind, mark, rest = value.partition(";")
    return (rest if mark and len(kind) < 30 else value).strip()


def address_in(field: str) -> str:
    """Give the address in a field like `rfc822; bob@boats.test` in lower case, or nothing."""
    kind, mark, rest = field.partition(";")
    value = (rest if mark else field).strip().strip("<>").strip()
    decode: Callable[[str], str] = _DECODERS.get(kind.strip().lower(), str)
    return decode(value).lower()[:320] if "@" in value else ""


def _decoded(pattern: re.Pattern[str], text: str) -> str:
    try:
        return pattern.sub(lambda sign: chr(int(sign[1], 16)), text)
    except (ValueError, OverflowError):
        return text


# RFC 3461 section 4: xtext, in the address of the sender's choice; RFC 6533 section 3: signs beyond ASCII.
_DECODERS = {"utf-8": partial(_decoded, _UTF8_SIGN), "rfc822": partial(_decoded, _XTEXT_SIGN)}


def blocks_of(part: Message) -> list[dict[str, str]]:
    """Give the blocks of fields of a report, names in lower case."""
    if part.is_multipart():
        text = "\n\n".join(_block_text(child) for child in part.get_payload() if isinstance(child, Message))
    else:
        text = content_of(part)
    return [block for block in map(_fields, re.split(r"\n[ \t]*\n", text)) if block]


def _block_text(child: Message) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in child.raw_items())
    return head if child.is_multipart() else f"{head}\n\n{content_of(child)}"


def _fields(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    for line in unfolded.splitlines()[:200]:
        name, mark, value = line.partition(":")
        if mark and name.strip():
            found.setdefault(name.strip().lower(), _repaired(value.strip()))
    return found


def _repaired(value: str) -> str:
    """Give raw UTF-8 as it was meant: the standard library keeps it as surrogates."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
