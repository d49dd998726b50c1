"""Forms of the settings."""

from django import forms

from goodterms.accounts.models import Membership
from goodterms.accounts.scopes import Scope

SCOPE_WORDS = {
    Scope.PEOPLE: "see people, and whether and why they may be written to",
    Scope.EXITS: "record that somebody wants out",
    Scope.UPDATES_READ: "see updates",
    Scope.UPDATES_WRITE: "add updates",
    Scope.DELIVERIES: "see where the copies of updates are",
    Scope.FEEDBACK: "hand in mail that came back",
    Scope.PROOFS: "get the dossier of a person",
}


class YouForm(forms.Form):
    """What receivers see of the owner."""

    name = forms.CharField(label="Your name", max_length=200)
    profile = forms.CharField(label="Your LinkedIn profile", required=False)
    postal_address = forms.CharField(
        label="Postal address",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands below each update; some laws want it below offers.",
    )


class InvitationForm(forms.Form):
    """Who may work here, and how much."""

    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(
        label="They may", choices=[(role.value, f"{role.value}: {role.label}") for role in Membership.Role]
    )


class TokenForm(forms.Form):
    """What a program may do."""

    name = forms.CharField(label="What it is for", max_length=100)
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, f"{words} ({scope})") for scope, words in SCOPE_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="Sending stays with you, whatever is chosen.",
    )


class WebhookForm(forms.Form):
    """An address that is told of what happens."""

    url = forms.CharField(label="Address", max_length=500, help_text="It begins with https://")


class DestructionForm(forms.Form):
    """The word that only somebody who means it writes."""

    address = forms.CharField(label="Your e-mail address, to show that you mean it")
    keeps_exits = forms.BooleanField(
        label="Keep the list of those who left",
        required=False,
        initial=True,
        help_text="Hashes that only your keys can read: whoever left stays out if you begin anew here.",
    )
