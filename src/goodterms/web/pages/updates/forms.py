"""Forms of writing."""

from django import forms

from goodterms.ledger.rules.kinds import Purpose
from goodterms.updates.actions import Written
from goodterms.updates.models import Draft

_PURPOSES = (
    (Purpose.NETWORKING.value, "Networking: news of yours"),
    (Purpose.COMMERCIAL.value, "Commercial: an offer, to those alone who confirmed that they want such"),
)


class DraftForm(forms.Form):
    """What is written; nothing in it is demanded, for a draft may be anything."""

    subject = forms.CharField(
        label="Subject", required=False, strip=False, max_length=1_000, widget=forms.TextInput({"autocomplete": "off"})
    )
    body = forms.CharField(
        label="Text", required=False, strip=False, widget=forms.Textarea({"rows": 18, "spellcheck": "true"})
    )
    purpose = forms.ChoiceField(label="Purpose", required=False, choices=_PURPOSES, widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, draft: Draft) -> "DraftForm":
        """Give the form filled with a draft."""
        values = {"subject": draft.subject, "body": draft.body, "purpose": draft.purpose, "version": draft.version}
        return cls(initial=values)

    def written(self) -> Written:
        """Give what was written."""
        values = self.cleaned_data
        return Written(
            subject=" ".join(values["subject"].splitlines()),
            body=values["body"],
            purpose=Purpose(values["purpose"] or Purpose.NETWORKING),
        )
