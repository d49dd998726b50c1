"""`goodterms` and `python -m goodterms`."""

import gc
import os
import sys

import django

from goodterms.lib.faults import Fault


def main() -> None:
    """Start Django, then the command line; settings that can't be used end it with a sentence."""
    _choose_settings(sys.argv[1:])
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


def _choose_settings(words: list[str]) -> None:
    """Load what only pages need for `serve` alone: every other command starts sooner without."""
    if words[:1] != ["serve"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.settings")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.web.settings")
    os.environ.setdefault("GOODTERMS_SERVE", "laptop" if _is_on_this_machine(words) else "server")


def _is_on_this_machine(words: list[str]) -> bool:
    hosts = [word.partition("=")[2] for word in words if word.startswith("--host=")]
    hosts += [words[place + 1] for place, word in enumerate(words[:-1]) if word == "--host"]
    return set(hosts) <= {"127.0.0.1", "localhost", "::1"}


if __name__ == "__main__":
    main()
