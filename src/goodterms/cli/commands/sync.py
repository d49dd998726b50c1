"""sync ARCHIVE, sync undo."""

from pathlib import Path
from typing import Any

import click

from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer, progress, strong, table, warn
from goodterms.feedback.actions.exports import sync_and_obey
from goodterms.sync.actions.undo import undo
from goodterms.sync.rules import Report


class _ArchiveOrUndo(click.Group):
    """`sync ARCHIVE`, with `sync undo` beside it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take anything that is no command for an archive."""
        if args[0] not in self.commands:
            return "archive", self.commands["archive"], args
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options come before the archive too."""
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["archive", *args]
        return super().parse_args(ctx, args)


@click.group("sync", cls=_ArchiveOrUndo)
def sync_() -> None:
    """Read a LinkedIn archive (zip, folder or CSV), or take the last one back.

    `goodterms sync ARCHIVE [--dry-run] [--accept-departures]` reads one; `sync archive` is the same in full.
    """


@command()
@click.argument("path", metavar="ARCHIVE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what it would change, and change nothing.")
@click.option("--accept-departures", is_flag=True, help="Whoever is not listed is gone: you have looked.")
def archive(path: Path, dry_run: bool, accept_departures: bool) -> None:
    """Read a LinkedIn archive: new connections join, vanished ones are held, whoever left stays out.

    `goodterms sync ARCHIVE` is the same.
    """
    office = open_office()
    with progress() as shown:
        task = shown.add_task("opening the archive", total=None)
        report = sync_and_obey(
            office,
            path,
            now=now(),
            dry_run=dry_run,
            accept_departures=accept_departures,
            progress=lambda step: shown.update(task, description=step),
        )
    _print(report, dry_run=dry_run)


@command("undo")
def undo_() -> None:
    """Take the archive read last back; exits stay."""
    export = undo(open_office(), now=now())
    answer(
        {"undone": export.name, "sha256": export.sha256},
        f"Took back {export.name}. Exits that came with it stay in force.",
    )


for _command in (archive, undo_):
    sync_.add_command(_command)

COMMANDS = (sync_,)

_MOST_ROWS = 40
_WORDS = {
    "connections": "listed as connections",
    "gone": "gone, as a second archive confirms",
    "absent": "no longer listed: held until a second archive or you confirm",
    "back": "listed again",
    "renamed": "with another name or profile address",
    "changed": "in another job",
    "address_appeared": "show an address for the first time",
    "address_withdrawn": "no longer show their address",
    "date_only": "of whom only a date is left: closed accounts",
    "with_email": "show an e-mail address",
    "held": "held for your eye",
    "suppressed": "suppressed: they left before",
    "exits": "said in a message that they want out: obeyed",
}


def _print(report: Report, *, dry_run: bool) -> None:
    values = _values(report)
    if report.refused:
        raise Refused("\n".join(report.warnings), values)
    counts = [(f"{count:,}", _WORDS.get(name, name)) for name, count in vars(report.counts).items() if count]
    heading = "Would change" if dry_run else "Nothing new" if report.already_known else "Read"
    for warning in report.warnings[:20]:
        warn(warning)
    preview = [table(["what", "who", "detail"], report.rows[:_MOST_ROWS], cut=("who", "detail"))] if dry_run else []
    more = len(report.rows) - _MOST_ROWS
    rest = [f"... and {more:,} more; --json lists them."] if dry_run and more > 0 else []
    answer(values, strong(f"{heading}: {report.archive}"), table(["", ""], counts), *preview, *rest)


def _values(report: Report) -> dict[str, Any]:
    return {
        "archive": report.archive,
        "sha256": report.sha256,
        "applied": report.applied,
        **vars(report.counts),
        "rows": [{"what": what, "who": who, "detail": detail} for what, who, detail in report.rows],
        "warnings": report.warnings,
        "refused": report.refused or None,
    }
