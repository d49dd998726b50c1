"""Forms of how mail leaves and where answers come."""

from collections.abc import Sequence
from typing import Any

from django import forms

from goodterms.accounts.mail import (
    MailAddresses,
    ProviderKey,
    providers,
    with_known_password,
    with_password,
    without_password,
)
from goodterms.accounts.models import MailAccount
from goodterms.delivery.vehicles.provider.account import KINDS, title_of

_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "off"})
_SEALED = "Kept sealed with a key of your data folder, and never shown again."


class PresetForm(forms.Form):
    """Which provider the mailbox is with."""

    provider = forms.ChoiceField(label="Your mail is with", choices=lambda: [(p.key, p.name) for p in providers()])


class ServersForm(forms.Form):
    """Mail servers of one's own."""

    smtp_server = forms.CharField(
        label="Server for sending (SMTP)",
        required=False,
        help_text="smtps://smtp.example:465, or smtp+starttls://smtp.example:587. Empty: mail leaves in another way.",
    )
    imap_server = forms.CharField(
        label="Mailbox for answers (IMAP)",
        required=False,
        help_text="imaps://imap.example:993. Empty: answers are not read from a mailbox of yours.",
    )
    user = forms.CharField(label="User", required=False, help_text="Mostly your whole e-mail address.")
    password = forms.CharField(
        label="Password",
        required=False,
        strip=False,
        widget=_PASSWORD,
        help_text=f"{_SEALED} Many providers want an app password. Empty: as before, for the same servers and user.",
    )
    unsubscribe = forms.EmailField(
        label="Address for unsubscribe mails", required=False, help_text="Empty: your own address."
    )

    def clean(self) -> dict[str, Any]:
        """See that there is something to keep."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(values[name] for name in ("smtp_server", "imap_server", "unsubscribe")):
            self.add_error("smtp_server", "Name a server for sending, a mailbox, or both. Nothing was kept.")
        return values

    def addresses(self, known: MailAddresses) -> MailAddresses:
        """Give what was entered, with passwords that are known where none was; the form is valid."""
        values: dict[str, Any] = self.cleaned_data

        def whole(server: str, url: str) -> str:
            return with_known_password(server, values["user"], values["password"], url) if server else ""

        return MailAddresses(
            smtp=whole(values["smtp_server"], known.smtp),
            imap=whole(values["imap_server"], known.imap),
            unsubscribe=values["unsubscribe"],
        )


def servers_written(known: MailAddresses, email: str) -> dict[str, str]:
    """Give what is kept as the form shows it: no password."""
    smtp, imap = without_password(known.smtp), without_password(known.imap)
    user = smtp[1] or imap[1] or email
    return {"smtp_server": smtp[0], "imap_server": imap[0], "user": user, "unsubscribe": known.unsubscribe}


def _keys_of(names: Sequence[str]) -> str:
    """Say which keys a provider gives, in the order in which they are wanted."""
    *first, last = [name.replace("_", " ") for name in names]
    return f"{', '.join(first)} and {last}" if first else last


class ProviderForm(forms.Form):
    """An account at a provider with an API."""

    name = forms.ChoiceField(
        label="Provider",
        choices=[(name, f"{title_of(name)}, with its {_keys_of(kind.keys)}") for name, kind in KINDS.items()],
    )
    key = forms.CharField(
        label="Key",
        max_length=500,
        widget=_PASSWORD,
        help_text=f"{_SEALED} Where there are two or three, all with colons between them.",
    )
    url = forms.CharField(
        label="Address of its API",
        required=False,
        max_length=300,
        help_text="Only where your account lies in a region of its own, such as https://api.eu.mailgun.net/v3, or is "
        "reached by an address of your own network.",
    )

    def provider(self) -> ProviderKey:
        """Give what was entered; the form is valid."""
        return ProviderKey(**self.cleaned_data)


class ListForm(forms.Form):
    """A list on a list server."""

    kind = forms.ChoiceField(
        label="List server", choices=[("mailman", "GNU Mailman 3, by its REST API"), ("listmonk", "listmonk")]
    )
    server = forms.CharField(
        label="Server", help_text="https://lists.example:8001; http:// only where it is on this machine."
    )
    name = forms.CharField(label="List", help_text="Mailman: updates.lists.example. listmonk: the number of the list.")
    user = forms.CharField(label="User of the API")
    password = forms.CharField(label="Password or token", strip=False, widget=_PASSWORD, help_text=_SEALED)

    def address(self) -> str:
        """Give what was entered as one address; the form is valid."""
        values: dict[str, str] = self.cleaned_data
        server = with_password(values["server"].rstrip("/"), values["user"], values["password"])
        return f"{values['kind']}+{server}/{values['name'].strip().strip('/')}"


def list_written(url: str) -> dict[str, str]:
    """Give the list that is kept as the form shows it: no password."""
    address, user = without_password(url)
    kind, _, rest = address.partition("+")
    scheme, _, place = rest.partition("://")
    host, _, name = place.partition("/")
    return {"kind": kind, "server": f"{scheme}://{host}", "name": name, "user": user} if url else {}


_EITHER = (("", "As this installation does"), ("yes", "Yes"), ("no", "No"))
_WORDS: dict[str, bool | None] = {"": None, "yes": True, "no": False}


class HabitsForm(forms.Form):
    """What happens by itself with mail that comes back, and with newcomers."""

    confirms_exits = forms.ChoiceField(
        label="Confirm each exit that comes by mail with one short answer", required=False, choices=_EITHER
    )
    welcomes = forms.ChoiceField(
        label="Send the welcome message to new connections who show an address",
        required=False,
        choices=_EITHER,
        help_text="Every hour, as long as the workers run. Nobody gets it twice.",
    )
    read_flag = forms.CharField(
        label="Flag to set on mail that was read",
        required=False,
        max_length=60,
        help_text="Such as $Goodterms. Empty: the mailbox is left as it is.",
    )
    read_folder = forms.CharField(
        label="Folder to move mail to that was read", required=False, max_length=200, help_text="Empty: it stays."
    )
    authserv_id = forms.CharField(
        label="Name under which your mailbox's server vouches for mail",
        required=False,
        max_length=253,
        help_text="The first word of its Authentication-Results lines (RFC 8601), for a mailbox of your own. With it, "
        "a reply from somebody's own address can be a yes. Empty: only a signed link is.",
    )

    def wanted(self) -> dict[str, Any]:
        """Give what was chosen; the form is valid."""
        either = {name: _WORDS[self.cleaned_data[name]] for name in ("confirms_exits", "welcomes")}
        return {**self.cleaned_data, **either}


def habits_written(own: MailAccount) -> dict[str, str]:
    """Give what is kept as the form shows it."""
    words = {value: word for word, value in _WORDS.items()}
    texts = {name: getattr(own, name) for name in ("read_flag", "read_folder", "authserv_id")}
    return {**texts, "confirms_exits": words[own.confirms_exits], "welcomes": words[own.welcomes]}
