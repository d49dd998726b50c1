"""Telling the workers that there is something to do."""

from importlib import import_module

from django.db import transaction

from goodterms import sql

TEND = "goodterms.tend"
SEND = "goodterms.send"
CARE_QUEUE, SEND_QUEUE = "goodterms.care", "goodterms.send"


def wake_workers() -> None:
    """Let a worker look at once, when the transaction is committed; on SQLite its one process looks by itself."""
    if sql.is_postgresql():
        defer(TEND, queue=CARE_QUEUE)


def defer(task: str, *, queue: str, **values: int) -> None:
    """Put a task into the queue, unless the same waits there already."""
    procrastinate = import_module("procrastinate.contrib.django")
    waiting = import_module("procrastinate.exceptions").AlreadyEnqueued
    lock = "/".join([task, *map(str, values.values())])
    try:
        with transaction.atomic():
            procrastinate.app.configure_task(task, queue=queue, queueing_lock=lock).defer(**values)
    except waiting:
        pass
