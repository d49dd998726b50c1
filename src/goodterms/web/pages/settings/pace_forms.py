"""Forms of the pace."""

from typing import Any

from django import forms

from goodterms.delivery.own_pace import zones
from goodterms.delivery.paces import presets
from goodterms.delivery.rules.pacing import UNLIMITED, Pace

_SPANS = ("minute", "hour", "day")


def _number(label: str, help_text: str = "", least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=1_000_000_000, help_text=help_text
    )


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

    minute = _number("At most a minute")
    hour = _number("At most an hour")
    day = _number("At most a day")
    domain_minute = _number("To one receiving domain: a minute")
    domain_hour = _number("To one receiving domain: an hour")
    domain_day = _number("To one receiving domain: a day")
    gap_least = forms.FloatField(label="Seconds between two mails: at least", required=False, min_value=0)
    gap_most = forms.FloatField(
        label="Seconds between two mails: at most",
        required=False,
        min_value=0,
        help_text="One is drawn each time, as a person writes. Empty: one after the other.",
    )
    hours_from = forms.TimeField(
        label="Working hours: from", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    hours_to = forms.TimeField(
        label="Working hours: to",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Empty: at any hour.",
    )
    ramp_first = _number("Warm-up: copies on the first day", least=1)
    ramp_factor = forms.FloatField(
        label="Warm-up: times the best day so far", required=False, min_value=1.01, max_value=100
    )
    ramp_until = _number("Warm-up: over at so many a day", "All three empty: no warm-up.", least=1)

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
        values |= {"gap_least": pace.gap_seconds[0], "gap_most": pace.gap_seconds[1]}
    if pace.hours:
        values |= {"hours_from": pace.hours[0], "hours_to": pace.hours[1]}
    if pace.ramp:
        values |= {"ramp_first": pace.ramp.first, "ramp_factor": pace.ramp.factor, "ramp_until": pace.ramp.until}
    return values
