"""Forms of the first start."""

from django import forms


class BackupForm(forms.Form):
    """Everything of the owner's, from another machine."""

    file = forms.FileField(
        label="The file with everything", widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"})
    )


class OwnerForm(forms.Form):
    """Who the owner is."""

    name = forms.CharField(label="Your name", max_length=200, help_text="As the people you know would recognise it.")
    email = forms.EmailField(label="Your e-mail address", help_text="Updates come from it, and answers go to it.")
    profile = forms.CharField(
        label="Your LinkedIn profile", required=False, help_text="Such as linkedin.com/in/your-name"
    )
    postal_address = forms.CharField(
        label="Postal address",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands below each update; some laws want it below offers. It may wait.",
    )
