"""dkim list, make, show, check, on, off, remove: the keys that sign mail, and what the DNS has to say of them."""

from pathlib import Path
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer, strong, table
from goodterms.doors import installations_signer
from goodterms.updates.models import SigningKey
from goodterms.updates.records import Seen, zone_lines
from goodterms.updates.signing_keys import (
    add_signing_key,
    check_signing_key,
    remove_signing_key,
    signer_with,
    signing_key_named,
    signing_keys,
    switch_off,
    switch_on,
)

_SELECTOR = click.argument("selector")


@click.group()
def dkim() -> None:
    """Sign your mail where your mail server does not, and your domain is your own (DKIM)."""


@command("list")
def list_() -> None:
    """List your signing keys, the newest first, and which of them signs."""
    office = open_office()
    found = [_values(office, key) for key in signing_keys(office.owner)]
    common = installations_signer(office)
    rows = [
        (k["selector"], k["domain"], ", ".join(k["kinds"]), "signs" if k["on"] else "", k["seen_at"]) for k in found
    ]
    answer(
        {"keys": found, "settings": common.selector if common else None},
        table(["selector", "domain", "keys", "", "last seen in the DNS"], rows),
        f"Where none of yours signs, '{common.selector}' of the settings does." if common else "",
    )


@command()
@_SELECTOR
@click.option("--domain", default="", help="The domain that signs; that of your address, if not given.")
@click.option(
    "--from", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A PEM file to keep."
)
@click.option("--kind", type=click.Choice(["both", "rsa", "ed25519"]), default="both", show_default=True)
def make(selector: str, domain: str, path: Path | None, kind: str) -> None:
    """Make keys under SELECTOR, such as goodterms2026, and print the DNS records that publish them."""
    office = open_office()
    pem = path.read_text(encoding="ascii", errors="replace") if path else ""
    kinds = {"rsa": kind != "ed25519", "ed25519": kind != "rsa"}
    _show(office, add_signing_key(office, selector, domain=domain, pem=pem, **kinds, now=now()))


@command()
@_SELECTOR
def show(selector: str) -> None:
    """Print the DNS records that publish the keys under SELECTOR."""
    office = open_office()
    _show(office, signing_key_named(office.owner, selector))


@command()
@_SELECTOR
def check(selector: str) -> None:
    """Ask the DNS whether the keys under SELECTOR are published."""
    office = open_office()
    looks = check_signing_key(office, signing_key_named(office.owner, selector), now=now())
    values = {"records": [{"name": look.name, "seen": look.seen, "found": list(look.found)} for look in looks]}
    missing = [f"{look.name} ({look.seen})" for look in looks if look.seen is not Seen.PUBLISHED]
    if missing:
        raise Refused(f"The DNS does not show what it must: {', '.join(missing)}.", values)
    answer(values, "All of it is published.")


@command()
@_SELECTOR
@click.option("--unchecked", is_flag=True, help="Also where nobody answers whether it is published.")
def on(selector: str, unchecked: bool) -> None:
    """Sign by the keys under SELECTOR from now on, and by no others; the DNS is asked first."""
    office = open_office()
    key = signing_key_named(office.owner, selector)
    switch_on(office, key, is_knowing=unchecked, now=now())
    answer({"signs": key.selector}, f"Mail is signed by {key} from the next copy on.")


@command()
def off() -> None:
    """Sign no more by your own keys. Leave the records published for a week: mail on its way is still checked."""
    switch_off(open_office().owner)
    answer({"signs": None}, "Nothing is signed by your own keys any more. Leave their records published for a week.")


@command()
@_SELECTOR
def remove(selector: str) -> None:
    """Destroy the keys under SELECTOR, which must not sign just now."""
    office = open_office()
    key = signing_key_named(office.owner, selector)
    remove_signing_key(office.owner, key)
    answer(
        {"removed": key.selector}, f"The keys under {key.selector} are destroyed. Take their records out of the DNS."
    )


def _show(office: Office, key: SigningKey) -> None:
    records = signer_with(office, key).records()
    answer(
        {**_values(office, key), "records": [{"name": name, "txt": text} for name, text in records]},
        strong("Publish:"),
        *(f"\n{zone_lines(name, text)}" for name, text in records),
        f"\nThen: goodterms dkim on {key.selector}",
    )


def _values(office: Office, key: SigningKey) -> dict[str, Any]:
    return {
        "selector": key.selector,
        "domain": key.domain,
        "kinds": list(signer_with(office, key).kinds),
        "on": key.is_on,
        "made_at": key.made_at,
        "seen_at": key.seen_at,
    }


for _command in (list_, make, show, check, on, off, remove):
    dkim.add_command(_command)

COMMANDS = (dkim,)
