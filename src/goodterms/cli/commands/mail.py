"""mail show, server, mailbox, provider, list, habits, try, forget."""

from dataclasses import asdict
from typing import Any

import click

from goodterms.accounts.habits import habits_of, set_habits
from goodterms.accounts.mail import (
    MailAddresses,
    ProviderKey,
    forget_provider,
    list_server_address,
    mail_addresses,
    own_account,
    set_list_server,
    set_mail_account,
    set_provider,
    with_password,
    without_password,
)
from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer, table, warn
from goodterms.delivery.vehicles.provider.account import KINDS
from goodterms.feedback.report_urls import report_urls
from goodterms.trials import Tried, try_all, try_list, try_provider, try_servers

_USER = click.option("--user", default="", help="Who signs in; mostly your whole e-mail address.")
_PASSWORD = click.option(
    "--password", prompt=True, hide_input=True, default="", show_default=False, help="Asked for where left out."
)


_WORDS: dict[str | None, bool | None] = {"yes": True, "no": False, "default": None}
_EITHER = click.Choice(["yes", "no", "default"])


@click.group("mail")
def mail_() -> None:
    """How your mail leaves and where answers come: each is tried before it is kept, with its password sealed."""


@command()
def show() -> None:
    """Show how mail leaves, where answers come, and which list posts go to; no password."""
    _show(open_office())


@command()
@click.argument("server")
@_USER
@_PASSWORD
def server(server: str, user: str, password: str) -> None:
    """Send by SERVER, such as smtps://smtp.home.example:465."""
    office, url = open_office(), with_password(server, user, password)
    _insist(try_servers(MailAddresses(smtp=url, imap="", unsubscribe=""), may_be_inside=True))
    set_mail_account(office, smtp=url, may_be_inside=True, now=now())
    _show(office)


@command()
@click.argument("server")
@_USER
@_PASSWORD
@click.option("--unsubscribe", help="The address that takes unsubscribe mails; your own, if not given.")
def mailbox(server: str, user: str, password: str, unsubscribe: str | None) -> None:
    """Read answers from the mailbox at SERVER, such as imaps://imap.home.example:993."""
    office, url = open_office(), with_password(server, user, password)
    _insist(try_servers(MailAddresses(smtp="", imap=url, unsubscribe=""), may_be_inside=True))
    set_mail_account(office, imap=url, unsubscribe=unsubscribe, may_be_inside=True, now=now())
    _show(office)


@command()
@click.argument("name", type=click.Choice(list(KINDS)))
@click.option(
    "--key", prompt=True, hide_input=True, help="Asked for where left out; of two or three, all with colons between."
)
@click.option("--url", default="", help="Where its API is, where your account lies in a region of its own.")
def provider(name: str, key: str, url: str) -> None:
    """Send through the API of the provider NAME; it takes one short mail to you as a trial."""
    office, chosen = open_office(), ProviderKey(name=name, key=key, url=url)
    _insist([try_provider(office.owner, chosen, may_be_inside=True, now=now())])
    set_provider(office, chosen, may_be_inside=True, now=now())
    _show(office)


@command("list")
@click.argument("address")
@_USER
@_PASSWORD
def list_(address: str, user: str, password: str) -> None:
    """Post to the list at ADDRESS, such as mailman+https://lists.home.example:8001/updates.lists.home.example."""
    office, url = open_office(), with_password(address, user, password)
    _insist([try_list(office.owner, url, may_be_inside=True)])
    set_list_server(office, url, may_be_inside=True, now=now())
    _show(office)


@command()
@click.option("--confirm-exits", type=_EITHER, help="One short answer to each exit that comes by mail.")
@click.option("--welcome", type=_EITHER, help="Let the workers welcome new connections who show an address.")
@click.option("--flag", help="A flag to set on mail that was read, such as $Goodterms.")
@click.option("--folder", help="A folder to move mail to that was read.")
@click.option("--authserv-id", help="The name under which your mailbox's server vouches for mail (RFC 8601).")
def habits(
    confirm_exits: str | None, welcome: str | None, flag: str | None, folder: str | None, authserv_id: str | None
) -> None:
    """Say what happens by itself with mail that comes back, and with newcomers; shows it where nothing is given."""
    office = open_office()
    own = own_account(office.owner)
    if any(given is not None for given in (confirm_exits, welcome, flag, folder, authserv_id)):
        set_habits(
            office.owner,
            authserv_id=own.authserv_id if authserv_id is None else authserv_id,
            read_flag=own.read_flag if flag is None else flag,
            read_folder=own.read_folder if folder is None else folder,
            confirms_exits=_WORDS.get(confirm_exits, own.confirms_exits),
            welcomes=_WORDS.get(welcome, own.welcomes),
            now=now(),
        )
    values = asdict(habits_of(office.owner))
    answer(values, table(["", ""], [(name.replace("_", " "), str(value)) for name, value in values.items()]))


@command("try")
def try_() -> None:
    """Try all that is set: reach the servers, send yourself a line through a provider, ask the list."""
    tried = try_all(open_office(), now=now())
    _insist(tried)
    answer({"tried": [one.what for one in tried]}, "All of it answered." if tried else "Nothing is set yet.")


@command()
@click.argument("what", type=click.Choice(["server", "mailbox", "provider", "list"]))
def forget(what: str) -> None:
    """Forget WHAT you chose; what the installation has set counts again, where there is any."""
    office = open_office()
    if what == "list":
        set_list_server(office, "", now=now())
    elif what == "provider":
        forget_provider(office.owner, now=now())
    else:
        smtp, imap = ("", None) if what == "server" else (None, "")
        set_mail_account(office, smtp=smtp, imap=imap, now=now())
    _show(office)


def _insist(tried: list[Tried]) -> None:
    """End the command where a trial failed, before anything is kept."""
    faults = [f"{one.what}: {one.fault}" for one in tried if one.fault]
    if faults:
        raise Refused(" ".join(faults), {"faults": faults})
    for one in tried:
        warn(f"{one.what}: {one.said}")


def _show(office: Office) -> None:
    found = mail_addresses(office)
    smtp, imap = without_password(found.smtp), without_password(found.imap)
    posts, reports = without_password(list_server_address(office))[0], report_urls(office)
    values: dict[str, Any] = {
        "server": smtp[0],
        "provider": found.provider.name if found.provider else "",
        "reports_to": reports.with_password if reports else "",
        "mailbox": imap[0],
        "unsubscribe": found.unsubscribe or office.owner.email,
        "list": posts,
    }
    answer(values, table(["", ""], [(name.replace("_", " "), value or "not set") for name, value in values.items()]))


for _command in (show, server, mailbox, provider, list_, habits, try_, forget):
    mail_.add_command(_command)

COMMANDS = (mail_,)
