"""Tags and filters that every template of the pages knows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goodterms.evidence.rules.story import KIND_WORDS
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.kinds import Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.ties.rules import STRONG
from goodterms.web.access.browsers import browser_name
from goodterms.web.pages.people.words import BASES, standing_words
from goodterms.web.pages.sync.words import hold_words as words_of_hold

register = template.Library()
_WAYS = {"email": "by e-mail", "linkedin": "by hand through LinkedIn", "list": "through your list"}
_STRATEGIES = {
    "connection_opt_in": "connecting is the opt-in",
    "opt_out_list": "opt-out list",
    "opt_in_list": "opt-in list",
    "prequalified_one_off": "prequalified one-off",
    "posts_only": "posts only",
}
_UNITS = ((86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds"))
_TIES = ((0.7, "very strong"), (STRONG, "strong"), (0.2, "loose"), (0.0, "weak"))


@register.filter
def count(value: int, words: str) -> SafeString:
    """Give a number with its noun: `{{ n|count:"person,people" }}`."""
    one, many = words.split(",")
    return format_html('<span class="number">{}</span> {}', f"{value:,}", one if value == 1 else many)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Give a moment as a `time` element; the browser shows it in the reader's zone."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{} UTC</time>', value.isoformat(), f"{value:%Y-%m-%d %H:%M}")


@register.filter
def day(value: date | None) -> SafeString | str:
    """Give a day as a `time` element, which the browser writes as its reader does; of a moment, the day in UTC."""
    if value is None:
        return ""
    on = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{} {}</time>', on.isoformat(), on.day, f"{on:%b %Y}")


@register.filter
def lasting(value: timedelta | None) -> str:
    """Say roughly how long something takes."""
    if value is None:
        return ""
    seconds = value.total_seconds()
    size, one, many = next((unit for unit in _UNITS if seconds >= 1.5 * unit[0]), _UNITS[-1])
    number = max(1, round(seconds / size))
    return f"{number:,} {one if number == 1 else many}"


@register.filter
def percent(part: float, whole: float) -> str:
    """Give a part of a whole in per cent; nothing of nothing is 0 %."""
    return f"{100 * part / whole:.0f} %" if whole else "0 %"


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """Give the query string of this page with some values changed; empty values drop out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value not in {"", None}:
            values[name] = str(value)
    return f"?{values.urlencode()}"


@register.simple_tag
def standing(bearing: Bearing) -> SafeString:
    """Give where somebody stands as a tag."""
    is_in = bearing.exit is Exit.NONE and bearing.connection is Connection.CONNECTED
    tone = "bad" if bearing.exit is not Exit.NONE else "warn" if bearing.holds or not is_in else "good"
    held = "held" if bearing.holds and is_in else standing_words(bearing)
    return format_html('<span class="tag {}">{}</span>', tone, held)


@register.filter
def hold_words(reason: str) -> str:
    """Say why somebody is held."""
    return words_of_hold(reason)


@register.filter
def tie_words(strength: float) -> str:
    """Say how strong a tie is."""
    return next(word for least, word in _TIES if strength >= least)


@register.filter
def basis_words(basis: Basis) -> str:
    """Name a basis."""
    return BASES[basis]


@register.filter
def vehicle_words(vehicle: str) -> str:
    """Say how an update travels."""
    return _WAYS.get(vehicle, vehicle)


@register.filter
def strategy_words(strategy: str) -> str:
    """Name a strategy."""
    return _STRATEGIES.get(strategy, words(strategy))


@register.filter
def kind_words(kind: str) -> str:
    """Say what kind of entry this is."""
    return KIND_WORDS.get(Kind(kind), kind)


@register.filter
def unlocalised(value: float) -> str:
    """Give a number as HTML's attributes take it, whatever the reader's locale."""
    return repr(value)


@register.filter
def words(name: str) -> str:
    """Give a name that programs use as people read it: `connected_under_terms`, `settings-mail`."""
    return str(name).replace("_", " ").replace("-", " ")


@register.filter
def browser(user_agent: str) -> str:
    """Say which browser on which system this is."""
    return browser_name(user_agent)
