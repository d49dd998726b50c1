"""What the words of sending mean to an owner."""

from collections.abc import Mapping

from goodterms.delivery.rules.own_pace import Excess, Origin
from goodterms.delivery.rules.pacing import Wait, Why

WHYS: Mapping[Why, str] = {
    Why.HOURS: "personal mail leaves by day only",
    Why.GAP: "one mail leaves after the other, as a person writes them",
    Why.MINUTE: "no more leave in a minute",
    Why.HOUR: "no more leave in an hour",
    Why.DAY: "no more leave in 24 hours",
    Why.RAMP: "a new sender begins with few a day, and more follow day by day",
    Why.BACK_OFF: "the mail server asked for a pause",
}


ORIGINS: Mapping[Origin, str] = {
    Origin.OWN: "You chose it.",
    Origin.SETTING: "The settings of this installation name it for everybody who chose none.",
    Origin.RECOGNISED: "It is recognised by the name of the server.",
    Origin.ON_THIS_MACHINE: "The server is on this machine, so it is your own; receivers still see a new sender.",
    Origin.UNKNOWN: "Nobody knows this server, so it is taken for a mailbox of a web host. If it takes more, choose "
    "another pace.",
}


def excess_words(excess: Excess) -> str:
    """Say where a pace goes over what a provider publishes."""
    if excess.is_unbounded:
        return f"Nothing would bound what leaves in a {excess.span}, and {excess.published:,} is the most"
    return f"Up to {excess.wanted:,} mails a {excess.span} would leave, and {excess.published:,} is the most"


def wait_words(wait: Wait) -> str:
    """Say why nothing may leave just now."""
    where = f" to {wait.domain}" if wait.domain else ""
    return f"{WHYS[wait.why]}{where}"
