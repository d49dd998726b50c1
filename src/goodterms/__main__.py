"""`goodterms` and `python -m goodterms`."""

import gc
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

    # What was imported stays: the collector need not look through it again and again while a large archive is read.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    run()


if __name__ == "__main__":
    main()
