"""The form of a signing key."""

from typing import Any

from django import forms

_MOST_BYTES = 20_000
_KINDS = {
    "both": "RSA and Ed25519: every receiver can check one of them",
    "rsa": "RSA alone (2,048 bits)",
    "ed25519": "Ed25519 alone: not all receivers can check it yet",
    "mine": "a key that I have: the file below",
}


class SigningForm(forms.Form):
    """Keys under a selector: made here, or brought along."""

    selector = forms.CharField(
        label="Selector", max_length=54, help_text="The name in the DNS under which receivers find the key."
    )
    domain = forms.CharField(
        label="Domain that signs", max_length=253, help_text="That of your address, or one above or below it."
    )
    kind = forms.ChoiceField(label="Keys", choices=list(_KINDS.items()))
    file = forms.FileField(
        label="PEM file", required=False, help_text="Only to bring a key along: an RSA or Ed25519 private key."
    )

    def clean(self) -> dict[str, Any]:
        """Read the file, where one is to be kept."""
        values: dict[str, Any] = super().clean() or {}
        file = values.get("file")
        if values.get("kind") == "mine" and file is None:
            self.add_error("file", "Choose the file with your key. Nothing was kept.")
        if file is not None and file.size > _MOST_BYTES:
            self.add_error("file", "This is too much for keys. Nothing was kept.")
        return values

    def wanted(self) -> dict[str, Any]:
        """Give what is to be added; the form is valid."""
        values: dict[str, Any] = self.cleaned_data
        is_brought = values["kind"] == "mine"
        return {
            "selector": values["selector"],
            "domain": values["domain"],
            "pem": values["file"].read().decode("ascii", "replace") if is_brought else "",
            "rsa": values["kind"] != "ed25519",
            "ed25519": values["kind"] != "rsa",
        }
