"""Tags and filters that every template of the pages knows."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


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


@register.filter
def words(name: str) -> str:
    """Give a name that programs use as people read it: `connected_under_terms`, `settings-mail`."""
    return str(name).replace("_", " ").replace("-", " ")
