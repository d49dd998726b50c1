"""A process that sends an update and can be killed: python -m tests.delivery.sender OWNER UPDATE URL."""

import sys
from datetime import UTC, datetime

import django


def main(owner_uid: str, update_uid: str, url: str) -> None:
    """Send what is due."""
    django.setup()
    # Models can't be imported before Django is set up.
    from django.conf import settings  # noqa: PLC0415

    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.delivery.actions.pacing import Pacer  # noqa: PLC0415
    from goodterms.delivery.actions.run import run  # noqa: PLC0415
    from goodterms.delivery.drain import drain_on_signals  # noqa: PLC0415
    from goodterms.delivery.means import Means  # noqa: PLC0415
    from goodterms.delivery.vehicles.email.server import read_server  # noqa: PLC0415
    from goodterms.delivery.vehicles.email.transport import SmtpTransport  # noqa: PLC0415
    from goodterms.updates.models import Update  # noqa: PLC0415
    from tests.delivery.network import FAST, RULEBOOK, render  # noqa: PLC0415

    owner = Owner.objects.get(uid=owner_uid)
    means = Means(
        transport=SmtpTransport(read_server(url), timeouts=FAST),
        render=render,
        rulebook=RULEBOOK,
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- a door of the tests' own
        folder=settings.GOODTERMS_HOME,
        worker="test",
        pacer=Pacer(owner=owner),
    )
    with drain_on_signals() as should_stop:
        run(owner, Update.objects.get(owner=owner, uid=update_uid), means, should_stop=should_stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
