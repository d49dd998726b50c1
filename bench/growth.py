"""Reading an archive of a million connections, beside one of a tenth: is a row of it as dear, and memory as small?"""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from bench import Line, ground, seconds
from bench.scale import made

_NAME = "Basic_LinkedInDataExport_02-01-2026.zip"


def measure(size: float) -> Iterator[Line]:
    """Read both, each for an owner of its own, with a message for every third connection."""
    ground.begin()
    whole = int(1_000_000 * size)
    few, all_ = _seconds_per_thousand(whole // 10), _seconds_per_thousand(whole)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Line(
        name=f"growth: sync, seconds per 1,000 of {whole:,}", ours=all_, reference=few, beside=f"{whole // 10:,}",
        goal=1.3,
    )  # fmt: skip
    yield Line(
        name=f"growth: memory, {whole:,} connections", ours=megabytes, reference=200, beside="the promise", goal=1,
        unit="MB",
    )  # fmt: skip


def _seconds_per_thousand(people: int) -> float:
    from goodterms.sync.actions.sync import sync  # noqa: PLC0415 - the tables exist once Django is set up

    office, folder = _office(), Path(settings.GOODTERMS_HOME)
    archive = ground.write_archive(folder, _NAME, people=people, message_count=people // 3)

    def read() -> None:
        report = sync(office, archive, now=ground.NOW)
        assert report.applied, report

    return 1_000 * seconds(read, clock=ground.clock()) / people


def _office() -> Any:
    from goodterms.accounts.keys import read_keys  # noqa: PLC0415
    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.accounts.office import Office  # noqa: PLC0415

    home = settings.GOODTERMS_HOME
    return Office(owner=Owner.objects.get(uid=made(0)), keys=read_keys(home / "keys"), folder=home)
