"""`goodterms` and `python -m goodterms`."""

import os
import sys

import django

from goodterms.lib.faults import Fault


def main() -> None:
    """Start Django, then the command line; settings that can't be used end it with a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.settings")
    try:
        django.setup()
    except Fault as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(1)
    # The commands import the tables, which exist only once Django is set up.
    from goodterms.cli.main import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
