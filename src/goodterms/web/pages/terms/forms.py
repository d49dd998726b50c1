"""Forms of the terms."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from goodterms.terms.rules import Place

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _begin_of(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


class WordingForm(forms.Form):
    """A wording and since when it stands."""

    place = forms.ChoiceField(choices=[(place.value, place.value) for place in Place], widget=forms.HiddenInput)
    text = forms.CharField(label="The words", max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}))
    since = forms.DateField(label="It stands there since", widget=_DAY, help_text="The day on which you put it there.")

    def clean_since(self) -> datetime:
        """Give the moment at which the day begins in UTC, in which LinkedIn dates connections."""
        return _begin_of(self.cleaned_data["since"])


class EndForm(forms.Form):
    """When a wording was taken away."""

    until = forms.DateField(label="Taken away on", widget=_DAY)

    def clean_until(self) -> datetime:
        """Give the moment at which the day begins in UTC: it covers no connection of that day."""
        return _begin_of(self.cleaned_data["until"])
