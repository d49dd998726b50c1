"""Forms of the pace."""

from collections.abc import Iterator
from typing import Any

from django import forms

from goodterms.delivery.own_pace import zones
from goodterms.delivery.paces import presets
from goodterms.delivery.rules.pacing import UNLIMITED, Pace

_SPANS = ("minute", "hour", "day")


_GROUPS = (
    ("At most, by your account", "", ("minute", "hour", "day")),
    ("At most, to one receiving domain", "", ("domain_minute", "domain_hour", "domain_day")),
    ("Seconds between two mails", "Drawn anew each time, as a person writes.", ("gap_least", "gap_most")),
    ("Working hours", "Empty: mail leaves at any hour.", ("hours_from", "hours_to")),
    ("Warm-up of a new sender", "Empty: no warm-up.", ("ramp_first", "ramp_factor", "ramp_until")),
)


def _number(label: str, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=1_000_000_000)


def _seconds(label: str) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=0, max_value=86_400)


def _moment(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class PresetForm(forms.Form):
    """One of the paces that come with Goodterms."""

    like = forms.ChoiceField(
        label="Pace",
        choices=lambda: [
            *((one.name, f"{one.name}: {one.about}") for one in presets()),
            (UNLIMITED.name, "unlimited: nothing bounds it; for a server of your own"),
        ],
    )


class LimitsForm(forms.Form):
    """Limits of one's own; what is left empty bounds nothing."""

    minute = _number("a minute")
    hour = _number("an hour")
    day = _number("a day")
    domain_minute = _number("a minute")
    domain_hour = _number("an hour")
    domain_day = _number("a day")
    gap_least = _seconds("at least")
    gap_most = _seconds("at most")
    hours_from = _moment("from")
    hours_to = _moment("to")
    ramp_first = _number("on the first day", least=1)
    ramp_factor = forms.FloatField(label="then times the best day", required=False, min_value=1.01, max_value=100)
    ramp_until = _number("until a day has", least=1)

    def groups(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Give the fields that belong together, with what they are about and what it means to leave them empty."""
        for title, help_text, names in _GROUPS:
            yield title, help_text, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Take what belongs together whole or not at all."""
        values: dict[str, Any] = super().clean() or {}
        for names, what in (
            (("gap_least", "gap_most"), "both seconds"),
            (("hours_from", "hours_to"), "both hours"),
            (("ramp_first", "ramp_factor", "ramp_until"), "all three of the warm-up"),
        ):
            given = [name for name in names if values.get(name) is not None]
            if given and len(given) < len(names):
                missing = next(name for name in names if name not in given)
                self.add_error(missing, f"Give {what}, or none. Nothing was changed.")
        return values

    def values(self) -> dict[str, Any]:
        """Give the pace in the form of a file; the form is valid."""
        found: dict[str, Any] = self.cleaned_data
        hours = [found["hours_from"], found["hours_to"]]
        ramp = {name: found[f"ramp_{name}"] for name in ("first", "factor", "until")}
        return {
            "account": {span: found[span] or 0 for span in _SPANS},
            "domain": {span: found[f"domain_{span}"] or 0 for span in _SPANS},
            "gap_seconds": [found["gap_least"] or 0, found["gap_most"] or 0],
            "hours": [f"{moment:%H:%M}" for moment in hours] if all(hours) else None,
            "ramp": ramp if all(ramp.values()) else None,
        }


class HabitsForm(forms.Form):
    """What the owner does beside Goodterms, and where."""

    by_hand_a_day = forms.IntegerField(
        label="Mails a day that I send by hand",
        min_value=0,
        max_value=1_000_000,
        help_text="About as many come off the day's limit: your provider counts them too.",
    )
    zone = forms.ChoiceField(
        label="My time zone",
        required=False,
        choices=lambda: [("", "That of this machine"), *((name, name.replace("_", " ")) for name in zones())],
        help_text="Working hours, and the times you set for sending, are in it.",
    )


def written(pace: Pace) -> dict[str, Any]:
    """Give a pace as the form of limits shows it."""
    values: dict[str, Any] = {span: getattr(pace.account, span) or None for span in _SPANS}
    values |= {f"domain_{span}": getattr(pace.domain, span) or None for span in _SPANS}
    if pace.gap_seconds[1]:
        values |= {"gap_least": f"{pace.gap_seconds[0]:g}", "gap_most": f"{pace.gap_seconds[1]:g}"}
    if pace.hours:
        values |= {"hours_from": pace.hours[0], "hours_to": pace.hours[1]}
    if pace.ramp:
        values |= {"ramp_first": pace.ramp.first, "ramp_factor": pace.ramp.factor, "ramp_until": pace.ramp.until}
    return values
