"""What the words of sending mean to an owner."""

from collections.abc import Mapping

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


def wait_words(wait: Wait) -> str:
    """Say why nothing may leave just now."""
    where = f" to {wait.domain}" if wait.domain else ""
    return f"{WHYS[wait.why]}{where}"
