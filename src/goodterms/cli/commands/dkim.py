"""dkim: the keys that sign mail, and what the DNS has to say of them."""

import click

from goodterms.cli.context import command, open_office
from goodterms.cli.output import answer, strong
from goodterms.config import read_settings
from goodterms.doors import dkim_keys, signer_of
from goodterms.updates.signing import make_keys

_PIECE = 255  # RFC 1035 section 3.3.14: a TXT record is made of strings of at most so many bytes


@command()
@click.argument("selector", required=False)
def dkim(selector: str | None) -> None:
    """Print the DNS records for signing mail under SELECTOR, such as goodterms2026; make the keys where there are none.

    Sign only where your mail server does not, and your domain is your own. Publish the records, then set
    GOODTERMS_DKIM_SELECTOR.
    """
    office, path = open_office(), dkim_keys()
    chosen = selector or read_settings()["GOODTERMS_DKIM_SELECTOR"]
    if not chosen:
        raise click.UsageError("Name a selector: goodterms dkim goodterms2026")
    is_made = not path.exists()
    if is_made:
        make_keys(path)
    signer = signer_of(office, chosen)
    records = signer.records() if signer else []
    answer(
        {"keys": str(path), "made": is_made, "records": [{"name": name, "txt": text} for name, text in records]},
        strong(f"The keys are in {path}{', made just now' if is_made else ''}. Publish:"),
        *(f"\n{name}. IN TXT ( {_strings(text)} )" for name, text in records),
        f"\nThen set GOODTERMS_DKIM_SELECTOR={chosen}",
    )


def _strings(text: str) -> str:
    return " ".join(f'"{text[place : place + _PIECE]}"' for place in range(0, len(text), _PIECE))


COMMANDS = (dkim,)
