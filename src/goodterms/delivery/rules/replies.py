"""What a mail server's reply means, and whom it is about.

The basic code says whether an answer is for now or for good (RFC 5321 section 4.2.1), the enhanced code what it is
about (RFC 3463, extended by RFC 5248, 7372 and 7505). Where a server gives no enhanced code, the step at which it
answered and its words have to do.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """How far a message had got when the server answered, or stopped answering."""

    CONNECT = "connect"
    """Greeting, EHLO, TLS."""
    AUTH = "auth"
    """Signing in."""
    MAIL = "mail"
    """The sender's address was given."""
    RCPT = "rcpt"
    """The receiver's address was given."""
    DATA = "data"
    """The message was announced; its bytes may have begun to leave, its final dot has not."""
    END = "end"
    """The final dot has left: from here on the server may have the message."""


class Result(StrEnum):
    """What became of one try; the words are those of a delivery's states, but for the last."""

    ACCEPTED = "accepted"
    """The server took responsibility for it."""
    DEFERRED = "deferred"
    """Refused for now."""
    REFUSED = "refused"
    """Refused for good."""
    UNKNOWN = "unknown"
    """No answer after the final dot: it may have arrived."""
    RETURNED = "returned"
    """It certainly was not handed over, and it says nothing of the receiver: the copy waits as before."""


class About(StrEnum):
    """Whom or what a refusal is about."""

    NOBODY = "nobody"
    ADDRESS = "address"
    SENDER = "sender"
    MESSAGE = "message"
    SERVER = "server"


class Asks(StrEnum):
    """What pause a refusal asks for."""

    NOTHING = "nothing"
    ACCOUNT = "account"
    """Everything is to go slower."""
    DOMAIN = "domain"
    """What goes to the receiver's domain is to go slower."""
    ANOTHER_DAY = "another_day"
    """The account has used up what its provider lets it send."""


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class Reply:
    """A server's answer: its three-digit code, its text without the code, and the step that it answers.

    The code is 0 where there was no answer; the text then says what happened instead.
    """

    code: int
    text: str
    step: Step

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return f"{self.code} {text}".strip() if self.code else text


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What follows from a reply."""

    result: Result
    about: About = About.NOBODY
    stops_address: bool = False
    """Nothing is ever to be sent to this address again."""
    stops_run: bool = False
    """Every other copy would fare alike: none is tried."""


@dataclass(frozen=True, kw_only=True)
class _Meaning:
    about: About
    result: Result = Result.REFUSED
    stops_address: bool = False
    stops_run: bool = False


_ACCEPTED = Judgement(result=Result.ACCEPTED)
_NO_SUCH_ADDRESS = _Meaning(about=About.ADDRESS, stops_address=True)
_ADDRESS = _Meaning(about=About.ADDRESS)
_FULL = _Meaning(about=About.ADDRESS, result=Result.DEFERRED)
# The copy at hand is tried again: it is the sender whom the server does not want, not this copy.
_SENDER = _Meaning(about=About.SENDER, result=Result.DEFERRED, stops_run=True)
_MESSAGE = _Meaning(about=About.MESSAGE)
_SERVER = _Meaning(about=About.SERVER)

# What an enhanced code is about once its class is taken off, when the refusal is for good; exact ones before whole
# subjects. From RFC 3463 section 3 where nothing else is said.
_ENHANCED: dict[str, _Meaning] = {
    "1.0": _ADDRESS,  # "other address status": too vague to stop an address for
    "1.1": _NO_SUCH_ADDRESS,  # bad mailbox address
    "1.2": _NO_SUCH_ADDRESS,  # bad domain
    "1.3": _NO_SUCH_ADDRESS,  # bad syntax
    "1.4": _ADDRESS,  # ambiguous
    "1.6": _NO_SUCH_ADDRESS,  # mailbox has moved, no forwarding address
    "1.7": _SENDER,  # bad sender's mailbox address syntax
    "1.8": _SENDER,  # bad sender's system address
    "1.9": _ADDRESS,  # RFC 3886: relayed to a system that speaks no internet mail
    "1.10": _NO_SUCH_ADDRESS,  # RFC 7505: null MX, the domain takes no mail
    "1": _ADDRESS,
    "2.1": _NO_SUCH_ADDRESS,  # mailbox disabled
    "2.2": _FULL,  # people empty their mailboxes
    "2.3": _ADDRESS,  # message longer than this mailbox takes
    "2": _ADDRESS,
    "3.4": _Meaning(about=About.MESSAGE, stops_run=True),  # message too big for the system: every copy is as big
    "3": _SERVER,
    "4": _ADDRESS,  # no route to the receiver's host
    "5": _MESSAGE,  # protocol
    "6.7": _ADDRESS,  # RFC 6531 section 3.5: the way there does not take non-ASCII addresses
    "6": _MESSAGE,  # content
    "7": _SENDER,  # policy and security; RFC 7372: 7.20 to 7.26 are failed authentication of the sender's domain
}

# What a basic code is about where no enhanced code comes with it (RFC 5321 section 4.2.3), by step.
_BASIC: dict[tuple[int, Step | None], _Meaning] = {
    (521, None): _SENDER,  # RFC 7504: the host takes no mail
    (530, None): _SENDER,  # RFC 4954 section 6: authentication required
    (556, None): _NO_SUCH_ADDRESS,  # RFC 7504: the domain takes no mail
    (552, Step.MAIL): _Meaning(about=About.MESSAGE, stops_run=True),  # RFC 1870: larger than the fixed limit
    (552, Step.RCPT): _FULL,
    (552, Step.END): _MESSAGE,
}
_BY_STEP: dict[Step, _Meaning] = {
    Step.MAIL: _SENDER,
    Step.RCPT: _ADDRESS,
    Step.DATA: _MESSAGE,
    Step.END: _MESSAGE,
}

_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")
# Servers that give 5.2.1 for "this mailbox gets too much mail just now" mean it for now, whatever their code says.
_TOO_FAST = re.compile(r"\b(at a rate|rate[ -]limit|too (many|much|fast)|try (again )?later)", re.IGNORECASE)
_ABOUT_SENDER = re.compile(
    r"\b(spam|spammy|unsolicited|bulk mail|block(ed|list|listed)|blacklist(ed)?|denylist(ed)?|reputation|policy|"
    r"dmarc|dkim|spf|relay(ing)? (access )?(denied|not permitted|not allowed)|not permitted to relay|"
    r"sender (address )?(rejected|denied)|not authenticated|authentication required|(sending|daily) (limit|quota)|"
    r"submission ?quota\w*|recipient ?rate ?limit\w*)\b",
    re.IGNORECASE,
)
# As Gmail (5.4.5), Exchange Online (5.2.0) and Amazon SES (4.7.0) say that an account is over its limit.
_OVER_LIMIT = re.compile(
    r"\b(daily\b.{0,30}\b(limit|quota)|sending (limit|quota)|submission ?quota|recipient ?rate ?limit)", re.IGNORECASE
)
_SLOWER = re.compile(
    r"throttl|(connections?|thread|rate) ?limit|too (many|much|fast)|at a rate|slow down", re.IGNORECASE
)
_GREYLISTED = re.compile(r"gr[ae]y-?list", re.IGNORECASE)
_NO_SUCH_USER = re.compile(
    r"\b(no such (user|recipient|mailbox|address)|(user|recipient|mailbox|address|account) (is )?(unknown|not found|"
    r"disabled|inactive|does ?n[o']t exist|does not exist)|unknown (user|recipient|mailbox|local part)|"
    r"invalid (user|recipient|mailbox))\b",
    re.IGNORECASE,
)


def judge(reply: Reply) -> Judgement:
    """Say what follows from a reply."""
    if not 200 <= reply.code <= 599:
        return _unanswered(reply.step)
    if reply.code < 400:
        # Only the reply to the final dot hands over responsibility (RFC 5321 section 4.2.5).
        is_taken = reply.code < 300 and reply.step is Step.END
        return _ACCEPTED if is_taken else _unanswered(reply.step)
    meaning = _meaning(reply)
    if reply.code < 500:
        about = About.SERVER if reply.code == 421 and meaning.about is About.ADDRESS else meaning.about
        return Judgement(result=Result.DEFERRED, about=about)
    return Judgement(
        result=meaning.result,
        about=meaning.about,
        stops_address=meaning.stops_address,
        stops_run=meaning.stops_run,
    )


def asks_for_pause(reply: Reply) -> Asks:
    """Say whether a refusal asks for a pause: 421 (RFC 5321 section 3.8), 4.7.x, or words about a rate or a limit."""
    if reply.code < 400 or judge(reply).about in {About.ADDRESS, About.MESSAGE}:
        return Asks.NOTHING
    if _OVER_LIMIT.search(reply.text):
        return Asks.ANOTHER_DAY
    is_slower = enhanced_status(reply.text).startswith("4.7.") or _SLOWER.search(reply.text)
    if reply.code >= 500 or _GREYLISTED.search(reply.text) or not (reply.code == 421 or is_slower):
        return Asks.NOTHING
    return Asks.DOMAIN if reply.step is Step.RCPT and reply.code != 421 else Asks.ACCOUNT


def enhanced_status(text: str) -> str:
    """Give the enhanced code at the beginning of a reply's text (RFC 2034), or an empty text."""
    match = _STATUS.match(text)
    return ".".join(match.groups()) if match else ""


def _unanswered(step: Step) -> Judgement:
    # RFC 5321 section 6.1 leaves a lost answer open: sending again would give some people two copies.
    result = Result.UNKNOWN if step is Step.END else Result.RETURNED
    return Judgement(result=result, about=About.SERVER)


def _meaning(reply: Reply) -> _Meaning:
    if reply.step in {Step.CONNECT, Step.AUTH}:
        # No message has been spoken of yet.
        return _SENDER if reply.code >= 500 else _SERVER
    status = enhanced_status(reply.text)
    subject, _, detail = status[2:].partition(".")
    if reply.code < 500:
        return _lasting(reply, subject, detail) if status else _temporary(reply)
    if subject == "2" and detail == "1" and _TOO_FAST.search(reply.text):
        return _FULL
    return _lasting(reply, subject, detail)


def _lasting(reply: Reply, subject: str, detail: str) -> _Meaning:
    exact = _ENHANCED.get(f"{subject}.{detail}")
    # "Over quota" is said of senders too, but not of a receiver's full mailbox.
    is_full = exact is _FULL and reply.step is Step.RCPT
    if exact and (is_full or (exact.about is About.ADDRESS and exact.stops_address)):
        return exact
    if _ABOUT_SENDER.search(reply.text):
        return _SENDER
    return exact or _ENHANCED.get(subject) or _by_code(reply)


def _by_code(reply: Reply) -> _Meaning:
    if reply.step is Step.RCPT and _NO_SUCH_USER.search(reply.text):
        return _NO_SUCH_ADDRESS
    basic = _BASIC.get((reply.code, None)) or _BASIC.get((reply.code, reply.step))
    return basic or _BY_STEP[reply.step]


def _temporary(reply: Reply) -> _Meaning:
    if _ABOUT_SENDER.search(reply.text):
        return _SENDER
    # RFC 5321 section 4.2.3: 450 speaks of the mailbox; 421, 451, 452 and 455 of the server.
    return _ADDRESS if reply.code == 450 else _SERVER
