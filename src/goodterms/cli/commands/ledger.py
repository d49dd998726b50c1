"""ledger verify, rebuild, seal."""

import click

from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer, progress
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.heads import public_key_of


@click.group()
def ledger() -> None:
    """The append-only record that everything rests on."""


@command("verify")
def verify_() -> None:
    """Check the whole ledger: no entry altered, none taken out, every seal signed."""
    office = open_office()
    with progress() as shown:
        task = shown.add_task("checking the ledger", total=None)
        found = verify_ledger(
            office.owner,
            [public_key_of(office.keys.seal)],
            progress=lambda done, total: shown.update(task, completed=done, total=total),
        )
    faults = [{"subject": f.subject, "name": f.name, "what": f.what} for f in found.faults]
    values = {"sound": found.is_sound, "sealed": found.sealed, "unsealed": found.unsealed, "faults": faults}
    if not found.is_sound:
        listed = "\n".join(map(str, found.faults[:20]))
        raise Refused(f"The ledger is not as it was written. Nothing was changed; put a backup back.\n{listed}", values)
    answer(
        values,
        f"Sound: {found.sealed:,} sealed entries under {found.seals:,} seals, {found.unsealed:,} not yet sealed.",
    )


@command("rebuild")
def rebuild_() -> None:
    """Make every standing anew from nothing but the entries."""
    count = rebuild(open_office().owner)
    answer({"standings": count}, f"Made {count:,} standings anew.")


@command("seal")
def seal_() -> None:
    """Seal the entries that are not yet sealed, under a signed tree head."""
    office = open_office()
    made = seal(office.owner, office.keys, now=now())
    if made is None:
        answer({"size": 0, "root": None}, "There is nothing to seal yet.")
        return
    answer(
        {"size": made.size, "root": made.root, "sealed_at": made.sealed_at},
        f"Sealed: {made.size:,} entries, {made.root}",
    )


for _command in (verify_, rebuild_, seal_):
    ledger.add_command(_command)

COMMANDS = (ledger,)
