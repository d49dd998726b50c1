"""The command line."""

import click

from goodterms import __version__
from goodterms.cli.commands import exits, feedback, owner, people, review, send, sync, terms, ties, updates, welcome


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="goodterms")
def main() -> None:
    """Stay on good terms with everyone you are connected to.

    Reads LinkedIn's data export again and again, knows who agreed to personal updates and from what evidence, sends
    them, obeys every way out at once and for ever, and proves it. PERSON is an e-mail address, a profile address, a
    slug or a person's number. Everything is kept in the data folder (GOODTERMS_HOME).
    """


for _family in (owner, terms, sync, people, ties, welcome, updates, review, send, feedback, exits):
    for _command in _family.COMMANDS:
        main.add_command(_command)
