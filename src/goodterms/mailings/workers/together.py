"""Workers on PostgreSQL: any number of processes on any number of machines, through procrastinate.

The queue carries pointers only: "look after the mailings", "send of this one". The truth is in the rows and their
leases, so a task that is lost with its worker costs nothing but the seconds until the next look. Every worker process
looks after the periodic tasks; the database sees to it that each is done once. So nothing depends on one of them.
"""

import asyncio
from typing import Any

from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from goodterms.mailings.outfit import Outfit
from goodterms.mailings.workers.telling import EVERY, Teller
from goodterms.mailings.workers.waking import CARE_QUEUE, SEND_QUEUE

_STALLED_SECONDS = 30.0
_PAUSE_SECONDS = 5.0


def work_together(outfit: Outfit) -> None:
    """Do what waits in the queue until somebody wants an end."""
    asyncio.run(_work(outfit))


async def _work(outfit: Outfit) -> None:
    mine = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # Django's has it
    while not outfit.should_stop():
        try:
            async with mine.open_async():
                await _work_on(mine, outfit)
        except ConnectorException:
            pass
        if not outfit.should_stop():
            outfit.say(f"The database does not answer; tried again in {_PAUSE_SECONDS:.0f} seconds.")
            await asyncio.sleep(_PAUSE_SECONDS)


async def _work_on(mine: App, outfit: Outfit) -> None:
    options: dict[str, Any] = {
        "additional_context": {"outfit": outfit},
        "concurrency": 1,
        "delete_jobs": "always",
        "fetch_job_polling_interval": 2.0,
        "install_signal_handlers": False,
        "stalled_worker_timeout": _STALLED_SECONDS,
    }
    # One of each, so that a pause or a new mailing is seen while a stint is under way.
    workers = [
        asyncio.create_task(mine.run_worker_async(queues=[queue], name=outfit.worker, **options))
        for queue in (CARE_QUEUE, SEND_QUEUE)
    ]
    telling = asyncio.create_task(_tell(outfit))
    ending = asyncio.create_task(_until_stopped(outfit))
    # A worker that ends by itself has lost its database: the others end in order too, and all begin anew.
    await asyncio.wait([*workers, ending], return_when=asyncio.FIRST_COMPLETED)
    for task in (telling, ending, *workers):
        task.cancel()
    for outcome in await asyncio.gather(*workers, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


async def _until_stopped(outfit: Outfit) -> None:
    while not outfit.should_stop():
        await asyncio.sleep(0.2)


async def _tell(outfit: Outfit) -> None:
    teller = Teller(outfit)
    while True:
        await asyncio.sleep(EVERY.total_seconds())
        await asyncio.to_thread(_tell_once, teller)


def _tell_once(teller: Teller) -> None:
    try:
        teller.tell_where_due()
    finally:
        close_old_connections()
