"""token add, list, revoke; webhook add, list, remove, tell: what other programs may do, and what they are told."""

from typing import Any

import click

from goodterms.accounts.models import ApiToken
from goodterms.accounts.scopes import Scope
from goodterms.accounts.tokens import add_token, revoke_token, tokens_of
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, strong, table
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.moments import read_moment
from goodterms.webhooks.actions import add_webhook, remove_webhook, tell_webhooks
from goodterms.webhooks.queries import webhooks_of

_SCOPE = click.Choice([scope.value for scope in Scope])
_KIND = click.Choice([kind.value for kind in Kind])


@click.group()
def token() -> None:
    """Tokens by which programs use the API: see docs/api.md."""


@command()
@click.argument("name")
@click.option("--scope", "scopes", type=_SCOPE, multiple=True, required=True, help="What it allows; give several.")
@click.option("--until", metavar="TIME", help="When it ends; never, if not given.")
def add(name: str, scopes: tuple[str, ...], until: str | None) -> None:
    """Make a token called NAME. It is shown once, and nobody can read it again."""
    owner = open_office().owner
    made, text = add_token(
        owner, name, [Scope(scope) for scope in scopes], expires_at=read_moment(until) if until else None, now=now()
    )
    answer({**_token_values(made), "token": text}, strong(text), "Keep it now: it is not shown again.")


@command("list")
def list_tokens() -> None:
    """List the tokens, the newest first."""
    found = [_token_values(made) for made in tokens_of(open_office().owner)]
    rows = [(t["number"], t["name"], ", ".join(t["scopes"]), t["last_used_at"], t["ends"]) for t in found]
    answer({"tokens": found}, table(["token", "for", "may", "last used", "ends"], rows))


@command()
@click.argument("number", metavar="TOKEN", type=int)
def revoke(number: int) -> None:
    """End TOKEN (its number in the list)."""
    made = revoke_token(open_office().owner, number, now=now())
    answer({"revoked": made.pk}, f"Token {made.pk} ({made.name}) opens nothing any more.")


def _token_values(made: ApiToken) -> dict[str, Any]:
    return {
        "number": made.pk,
        "name": made.name,
        "scopes": made.scopes.split(","),
        "created_at": made.created_at,
        "last_used_at": made.last_used_at,
        "ends": made.revoked_at or made.expires_at,
    }


@click.group()
def webhook() -> None:
    """Addresses that are told of new entries of the ledger: see docs/api.md."""


@command("add")
@click.argument("url")
@click.option("--kind", "kinds", type=_KIND, multiple=True, help="Only entries of this kind; give several.")
def add_hook(url: str, kinds: tuple[str, ...]) -> None:
    """Tell URL of every entry from now on. The secret that signs the messages is shown once."""
    made, secret = add_webhook(open_office(), url, kinds=[Kind(kind) for kind in kinds], may_be_local=True, now=now())
    answer({"webhook": made.pk, "uid": made.uid, "secret": secret}, strong(secret), "Keep it: it is not shown again.")


@command("list")
def list_hooks() -> None:
    """List the webhooks, and why one could not be told."""
    found = [
        {"webhook": hook.pk, "url": hook.url, "told_at": hook.told_at, "failures": hook.failures, "fault": hook.fault}
        for hook in webhooks_of(open_office().owner)
    ]
    headings = ["webhook", "address", "told", "failed in a row", "why"]
    answer({"webhooks": found}, table(headings, [tuple(row.values()) for row in found]))


@command()
@click.argument("number", metavar="WEBHOOK", type=int)
def remove(number: int) -> None:
    """Tell WEBHOOK (its number in the list) nothing more."""
    remove_webhook(open_office().owner, number)
    answer({"removed": number}, f"Webhook {number} is told nothing more.")


@command()
def tell() -> None:
    """Tell every webhook that is due what is new; a worker does so by itself."""
    told = tell_webhooks(open_office(), now=now())
    answer({"told": told}, f"Messages that were taken: {told}.")


for _command in (add, list_tokens, revoke):
    token.add_command(_command)
for _command in (add_hook, list_hooks, remove, tell):
    webhook.add_command(_command)

COMMANDS = (token, webhook)
