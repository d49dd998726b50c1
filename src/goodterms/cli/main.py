"""The command line."""

import click

from goodterms import __version__
from goodterms.cli.commands import (
    backup,
    demo,
    desk,
    dkim,
    evidence,
    exits,
    feedback,
    forecast,
    leaving,
    ledger,
    lists,
    mail,
    mailings,
    owner,
    pace,
    people,
    programs,
    review,
    send,
    serve,
    sync,
    terms,
    ties,
    updates,
    users,
    welcome,
    work,
)

_FAMILIES = {
    "Begin": (demo, owner, serve, users),
    "Know who agreed": (terms, sync, people),
    "Stay in touch": (ties,),
    "Write to them": (welcome, updates, review, forecast, send, desk, mailings, work, lists),
    "Say how mail leaves": (mail, pace, dkim),
    "Obey what comes back": (feedback, leaving, exits),
    "Prove it": (evidence, ledger),
    "Keep it": (backup,),
    "Let programs in": (programs,),
}


class _InSections(click.Group):
    """Commands under headings, in the order in which they are needed."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of each section."""
        width = max(map(len, self.commands))
        for title, families in _FAMILIES.items():
            commands = [command for family in families for command in family.COMMANDS]
            limit = formatter.width - width - 6
            with formatter.section(title):
                formatter.write_dl([(str(c.name).ljust(width), c.get_short_help_str(limit)) for c in commands])


@click.group(cls=_InSections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="goodterms")
def main() -> None:
    """Stay on good terms with everyone you are connected to.

    Reads LinkedIn's data export again and again, knows who agreed to personal updates and from what evidence, sends
    them, obeys every way out at once and for ever, and proves it. PERSON is an e-mail address, a profile address, a
    slug or a person's number. Everything is kept in the data folder (GOODTERMS_HOME).
    """


for _families in _FAMILIES.values():
    for _family in _families:
        for _command in _family.COMMANDS:
            main.add_command(_command)
