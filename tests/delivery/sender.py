"""What a sending process does; it has loaded everything before it is forked (see killable.py)."""

# ruff: noqa: E402 -- models can't be imported before Django is set up

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodterms.settings")
django.setup()

from django.conf import settings
from django.db import connection

from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.run import run
from goodterms.delivery.drain import drain_on_signals
from goodterms.delivery.means import Means
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.updates.models import Update
from tests.delivery.network import FAST, RULEBOOK, render


def send(database: dict[str, Any], folder: Path, update_uid: str, url: str) -> None:
    """Send what is due of an update, in that data folder, on the database that the settings of Django name."""
    connection.settings_dict.update(database)
    settings.GOODTERMS_HOME = folder
    update = Update.objects.select_related("owner").get(uid=update_uid)
    means = Means(
        transport=SmtpTransport(read_server(url), timeouts=FAST),
        render=render,
        rulebook=RULEBOOK,
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- a door of the tests' own
        folder=folder,
        worker="test",
        pacer=Pacer(owner=update.owner),
    )
    with drain_on_signals() as should_stop:
        run(update.owner, update, means, should_stop=should_stop)
