"""Forms of the settings."""

from typing import Any

from django import forms

from goodterms.accounts.mail import MailAddresses, providers, with_password
from goodterms.accounts.models import Membership
from goodterms.accounts.scopes import Scope


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


class MailForm(forms.Form):
    """Where mail leaves and where answers come."""

    smtp_server = forms.CharField(
        label="Server for sending (SMTP)", help_text="smtps://smtp.example:465, or smtp+starttls://smtp.example:587"
    )
    imap_server = forms.CharField(
        label="Mailbox for answers (IMAP)",
        required=False,
        help_text="imaps://imap.example:993. Empty: answers are not read from a mailbox.",
    )
    user = forms.CharField(label="User", required=False, help_text="Mostly your whole e-mail address.")
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept sealed with a key of your data folder. Many providers want an app password.",
    )
    unsubscribe = forms.EmailField(
        label="Address for unsubscribe mails", required=False, help_text="Empty: your own address."
    )

    def addresses(self) -> MailAddresses:
        """Give what was entered; the form is valid."""
        values: dict[str, Any] = self.cleaned_data
        user, password = values["user"], values["password"]
        return MailAddresses(
            smtp=with_password(values["smtp_server"], user, password),
            imap=with_password(values["imap_server"], user, password) if values["imap_server"] else "",
            unsubscribe=values["unsubscribe"],
        )


class ProviderForm(forms.Form):
    """Which provider the mail is with."""

    provider = forms.ChoiceField(label="Your mail is with", choices=lambda: [(p.key, p.name) for p in providers()])


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
        choices=[(scope.value, scope.value) for scope in Scope],
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
