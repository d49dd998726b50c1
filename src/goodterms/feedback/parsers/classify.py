"""Saying what a mail is: an exit, perhaps one, a complaint, a bounce, an automatic answer or a reply."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from goodterms.feedback.parsers.asks import NOTHING, Asks, asks_in
from goodterms.feedback.parsers.exit_words import Wish, exit_in
from goodterms.feedback.parsers.machines import IRREGULAR, Machine
from goodterms.feedback.parsers.message import FoundToken, Incoming, Place
from goodterms.feedback.parsers.reply import human_words
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.lib.tokens import Act, without_tokens


class Signal(StrEnum):
    """What a mail is. The list is closed."""

    EXIT_STOP = "exit_stop"
    """The person wants no more updates."""
    EXIT_LEAVE = "exit_leave"
    """The person wants the connection broken."""
    UNSURE = "unsure"
    """May be an exit: hold the person and ask the owner."""
    COMPLAINT = "complaint"
    """A mailbox provider reports that the person complained."""
    BOUNCE = "bounce"
    """A mail server reports on a delivery. Never the person's own word."""
    AUTO_REPLY = "auto_reply"
    """A machine answered. Nothing in it is the person's word."""
    OPT_IN = "opt_in"
    """The person says by a signed token what they want to get, or confirms it."""
    REPLY = "reply"
    """The person answered."""
    IGNORED = "ignored"
    """Nobody's word to us: our own mail, or nothing that can be read."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a mail is, why, and whom it may concern."""

    signal: Signal
    reason: str
    """The rule that decided."""
    from_address: str
    tokens: tuple[FoundToken, ...] = ()
    """Every token of ours in it. Where they name another person than the sender, both are concerned."""
    words: str = ""
    """The person's own words."""
    matched: str = ""
    """The words that showed an exit."""
    asks: Asks = NOTHING
    """What else the person asks for."""
    choice: PersonsChoice | None = None
    """What they choose by the token of their page, written beside it in the subject."""


_MOST_STRANGERS_WORDS = 40
_WAYS_OUT = {PersonsChoice.NOTHING: Act.STOP, PersonsChoice.DISCONNECT: Act.LEAVE}
_BY_ACT = {Act.STOP: Signal.EXIT_STOP, Act.LEAVE: Signal.EXIT_LEAVE}
_BY_WISH = {Wish.STOP: Signal.EXIT_STOP, Wish.LEAVE: Signal.EXIT_LEAVE, Wish.UNSURE: Signal.UNSURE}
_BY_MACHINE = {
    Machine.COMPLAINT: Signal.COMPLAINT,
    Machine.BOUNCE: Signal.BOUNCE,
    Machine.CHALLENGE: Signal.UNSURE,
    Machine.AUTO: Signal.AUTO_REPLY,
}


def classify(
    incoming: Incoming,
    *,
    own_addresses: Collection[str] = (),
    our_footer: str = "",
    is_known: Callable[[str], bool] = lambda _address: True,
) -> Reading:
    """Say what a mail is; the first rule that fits decides: token, machine, own mail, words.

    `own_addresses` are those the owner sends from; `our_footer` is what `footer_words` gives; `is_known` says whether
    an address is somebody's.
    """
    if act := _act_asked_for(incoming):
        return _reading(incoming, _BY_ACT[act], f"token: {act}")
    if incoming.machine_mark == IRREGULAR and _by_words(incoming, our_footer).matched:
        # A person may tell of mail that came back, and ask for something.
        return _by_words(incoming, our_footer)
    if incoming.machine:
        return _reading(incoming, _BY_MACHINE[incoming.machine], f"{incoming.machine}: {incoming.machine_mark}")
    if incoming.from_address in {address.lower() for address in own_addresses}:
        return _reading(incoming, Signal.IGNORED, "own mail")
    # After the machines: nothing in an automatic answer is consent.
    if choice := _chosen(incoming):
        return replace(_reading(incoming, Signal.OPT_IN, f"token: {choice}"), choice=choice)
    if incoming.tokens and Act.CONFIRM in _asked_for(incoming):
        return _reading(incoming, Signal.OPT_IN, "token: confirm")
    if incoming.tokens or (not incoming.is_bulk and is_known(incoming.from_address)):
        return _by_words(incoming, our_footer)
    return _from_stranger(incoming, own_addresses, our_footer)


def _from_stranger(incoming: Incoming, own_addresses: Collection[str], our_footer: str) -> Reading:
    """Read mail that nothing ties to us: newsletters and the like speak of unsubscribing, and ask us for nothing.

    A short word to stop counts from anybody, for people write from other addresses too.
    """
    if incoming.is_bulk:
        return _reading(incoming, Signal.IGNORED, "bulk mail")
    if not set(incoming.to_addresses) & {address.lower() for address in own_addresses}:
        return _reading(incoming, Signal.IGNORED, "not to us")
    if len(incoming.text.split()) > _MOST_STRANGERS_WORDS:
        return _reading(incoming, Signal.IGNORED, "a stranger's mail")
    reading = _by_words(incoming, our_footer)
    if reading.signal in {Signal.EXIT_STOP, Signal.EXIT_LEAVE}:
        return reading
    return replace(reading, signal=Signal.IGNORED, reason="a stranger's mail")


def _act_asked_for(incoming: Incoming) -> Act | None:
    """Give the way out that a token asks for; leave wins."""
    if not incoming.tokens:
        return None
    acts = _asked_for(incoming)
    if Act.CHOOSE in acts and (chosen := _chosen(incoming)) in _WAYS_OUT:
        return _WAYS_OUT[chosen]
    return next((act for act in (Act.LEAVE, Act.STOP) if act in acts), None)


def _asked_for(incoming: Incoming) -> set[Act]:
    """Give the acts of tokens in the subject or an address, where only what is asked for puts one."""
    return {found.token.act for found in incoming.tokens if found.place in {Place.SUBJECT, Place.RECEIVER}}


def _chosen(incoming: Incoming) -> PersonsChoice | None:
    """Give the choice that stands beside the token of a page in the subject."""
    if not any(found.token.act is Act.CHOOSE and found.place is Place.SUBJECT for found in incoming.tokens):
        return None
    words = without_tokens(incoming.subject).lower().split()
    return next((choice for choice in PersonsChoice if words == [choice.value]), None)


def _by_words(incoming: Incoming, our_footer: str) -> Reading:
    words = human_words(incoming.text, our_footer)
    found = exit_in(words, incoming.subject)
    asks = asks_in(words)
    if asks.erase and found.wish in {None, Wish.UNSURE}:
        # Whoever wants their data destroyed wants no updates either.
        return _reading(incoming, Signal.EXIT_STOP, "erase", words=words, matched=asks.matched, asks=asks)
    if found.wish:
        asks = replace(asks, threat=found.rule.endswith(".threat"))
        return _reading(incoming, _BY_WISH[found.wish], found.rule, words=words, matched=found.matched, asks=asks)
    if asks.less_often:
        return _reading(incoming, Signal.UNSURE, "less often", words=words, matched=asks.matched, asks=asks)
    if not words and not incoming.subject and not incoming.from_address:
        return _reading(incoming, Signal.IGNORED, "nothing to read")
    return _reading(incoming, Signal.REPLY, "no exit in it", words=words)


def _reading(
    incoming: Incoming, signal: Signal, reason: str, *, words: str = "", matched: str = "", asks: Asks = NOTHING
) -> Reading:
    return Reading(
        signal=signal,
        reason=reason,
        from_address=incoming.from_address,
        tokens=incoming.tokens,
        words=words,
        matched=matched,
        asks=asks,
    )
