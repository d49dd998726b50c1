"""Forms of the inbox."""

from django import forms

from goodterms.feedback.models import Complaint

_SOURCES = [choice for choice in Complaint.Source.choices if choice[0] != Complaint.Source.FEEDBACK_LOOP]


class ComplaintForm(forms.Form):
    """A complaint that reached the owner."""

    person = forms.CharField(
        label="Who complained", help_text="Their e-mail address, or the address of their LinkedIn profile."
    )
    source = forms.ChoiceField(label="Who told you", choices=_SOURCES)
    ticket = forms.CharField(label="Their number for it", required=False, max_length=200)
    words = forms.CharField(label="What was said", required=False, widget=forms.Textarea({"rows": 4}))
    cause = forms.CharField(
        label="What led to it, and what you changed",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="It stands in the reply that is drafted for you.",
    )
