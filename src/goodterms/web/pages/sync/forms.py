"""Forms of reading archives."""

from django import forms


class ArchiveForm(forms.Form):
    """An archive from LinkedIn."""

    archive = forms.FileField(
        label="Your LinkedIn archive",
        help_text="The .zip as LinkedIn gave it, or its Connections.csv.",
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.csv", "class": "drop"}),
        max_length=None,
    )
