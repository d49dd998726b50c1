"""Forms of accounts, where allauth's need other words."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey, or a key beside the password."""

    name = forms.CharField(label="Name", required=False, help_text="By which you know it again, such as Laptop.")
    passwordless = forms.BooleanField(
        label="Sign me in with it alone, without a password",
        required=False,
        initial=True,
        help_text="A passkey: the device asks for your finger, face or PIN. A key that can't do that stands beside "
        "your password.",
    )
