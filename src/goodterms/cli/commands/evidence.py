"""prove, verify."""

from pathlib import Path

import click

from goodterms.cli.context import command, now, open_office, person_named
from goodterms.cli.output import Refused, answer
from goodterms.evidence.actions import prove
from goodterms.evidence.rules.findings import Verification
from goodterms.evidence.rules.verify import verify_dossier


@command("prove")
@click.argument("person")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The folder to write to."
)
def prove_(person: str, folder: Path) -> None:
    """Write the dossier of PERSON, as a page for people and as JSON for programs.

    What terms stood where and when, the connection and its source row, every message and every exit, each with the
    proof that the ledger holds it. It says what it proves and what it can't.
    """
    office = open_office()
    one = person_named(office, person)
    made = prove(office.owner, office.keys, one, now=now())
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"dossier-{one.pk}.json": made.json, folder / f"dossier-{one.pk}.html": made.html}
    for path, content in files.items():
        path.write_bytes(content)
    answer(
        {"person": one.pk, "files": [str(path) for path in files]},
        *[f"Wrote {path}" for path in files],
        f"Anybody can check it, without this database: goodterms verify {next(iter(files))}",
    )


@command("verify", needs_database=False)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="The public key that you know to be the owner's, in hexadecimal.")
def verify_(path: Path, key: str | None) -> None:
    """Check the dossier in FILE (JSON or page), offline and without any database."""
    found = verify_dossier(path.read_bytes(), expected_key=key)
    values = _values(found)
    if not found.is_clean:
        listed = "\n".join(f"- {finding}" for finding in found.findings)
        what = "shows a fault" if found.is_genuine else "is not as it was made"
        raise Refused(f"This dossier {what}:\n{listed}", values)
    answer(
        values,
        f"Sound: {found.entries} entries, {found.messages} messages, nothing altered, nothing sent against an exit.",
        f"Signed with the key {found.public_key}",
        "Whose key that is, the file can't say: compare it with the one that you got from the owner in another way.",
    )


def _values(found: Verification) -> dict[str, object]:
    return {
        "sound": found.is_clean,
        "genuine": found.is_genuine,
        "public_key": found.public_key,
        "fingerprint": found.fingerprint,
        "entries": found.entries,
        "messages": found.messages,
        "findings": [str(finding) for finding in found.findings],
    }


COMMANDS = (prove_, verify_)
