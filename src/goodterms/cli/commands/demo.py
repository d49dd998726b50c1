"""demo."""

import shutil
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from goodterms.cli.context import command, now
from goodterms.cli.output import Refused, answer, is_for_programs
from goodterms.demo.stage import Stage, StoryFailed, make_stage
from goodterms.demo.story import play


@command(needs_database=False)
@click.option(
    "--size", type=click.IntRange(100, 100_000), default=3_000, show_default=True, help="How many connections."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, other people.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where to play: a new or empty folder."
)
@click.option("--database", metavar="URL", default="", help="An empty database instead of a new SQLite file.")
def demo(size: int, seed: int, folder: Path | None, database: str) -> None:
    """Play the main job on a made-up network, mail included. Nothing leaves this machine.

    Your own data folder and settings are left alone.
    """
    stage = make_stage(_fresh(folder), Console(highlight=False, quiet=is_for_programs()), database=database)
    try:
        found = play(stage, size=size, seed=seed, now=now())
    except StoryFailed as fault:
        values = {"folder": str(stage.folder), "checks": stage.checks, "commands": stage.commands}
        raise Refused(f"{fault}\nWhat was played so far is in {stage.folder}", values) from fault
    _end(stage)
    answer(found)


def _fresh(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="goodterms-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Nothing was done; name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


_FILES = (
    ("archives/", "the two LinkedIn archives"),
    ("terms/", "the wordings"),
    ("updates/", "the two updates"),
    ("mail/", "every mail that was sent, a Maildir"),
    ("replies/", "the answers"),
    ("dossiers/", "the dossier: open the .html in a browser"),
    ("home/", "the data folder: database, keys, suppressions"),
)
_NEXT = (
    ("init", "Make your own data folder."),
    ("terms suggest", "Choose your wordings, and put one on your profile."),
    ("terms add --place profile --from DATE --text '...'", "Write down the day since when it stands there."),
    ("sync --dry-run Basic_LinkedInDataExport_....zip", "Look what the archive holds; without --dry-run it is read."),
    ("status", "See what is due, now and whenever you like."),
)


def _end(stage: Stage) -> None:
    program = _program()
    stage.scene("Where it all is, and what comes next")
    stage.say(f"Everything is in [bold]{escape(str(stage.folder))}[/bold]")
    stage.show(("", ""), [row for row in _FILES if (stage.folder / row[0]).exists()])
    stage.say("", "Look around in it, for example:")
    stage.type(f"GOODTERMS_HOME={stage.folder / 'home'} {program} status")
    stage.say("", "With your own archive (on LinkedIn: Settings, Data privacy, Get a copy of your data):")
    for number, (words, what) in enumerate(_NEXT, 1):
        stage.say(f"{number}. {what}")
        stage.type(f"{program} {words}")


def _program() -> str:
    """Give what to type for this very program."""
    said = Path(sys.argv[0])
    if said.name != "goodterms":
        return f"{sys.executable} -m goodterms"
    found = shutil.which("goodterms")
    return "goodterms" if found and Path(found).samefile(said) else str(said)


COMMANDS = (demo,)
