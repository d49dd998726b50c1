"""A whole sync, from the zip to the standings, beside the sqlite3 program's own import and an upsert."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from bench import Line, ground, seconds

_UPSERT = """
.import --csv --skip 1 {path} raw
INSERT INTO person SELECT * FROM raw WHERE true ON CONFLICT (url) DO UPDATE SET
  email = excluded.email, company = excluded.company, position = excluded.position;
DELETE FROM raw;
"""
_TABLES = """
CREATE TABLE raw (first, last, url, email, company, position, connected_on);
CREATE TABLE person (first, last, url PRIMARY KEY, email, company, position, connected_on);
"""


def measure(size: float) -> Iterator[Line]:
    """Read 30,000 connections with 10,000 messages; the same archive again; the next month's, with 1 in 100 changed."""
    if shutil.which("sqlite3") is None:
        sys.exit("This compares with the sqlite3 program, which is missing. On Debian: apt-get install sqlite3")
    ground.begin()
    from goodterms.sync.actions.sync import sync  # noqa: PLC0415 - the tables exist once Django is set up

    office, folder, people = ground.make_office(), settings.GOODTERMS_HOME, int(30_000 * size)
    shapes = (
        ("first time", "Basic_LinkedInDataExport_02-01-2026.zip", 0, 6),
        ("the same archive again", "Basic_LinkedInDataExport_02-01-2026.zip", 0, 3),
        ("a month later", "Basic_LinkedInDataExport_03-01-2026.zip", people // 100, 3),
    )
    reference = folder / "reference.sqlite3"
    _sqlite3(reference, _TABLES)
    for number, (when, name, promoted, goal) in enumerate(shapes):
        archive = folder / name
        if not archive.exists():
            ground.write_archive(folder, name, people=people, message_count=int(10_000 * size), promoted=promoted)
        plain = ground.write_csv(folder / "plain.csv", ground.HEADER, ground.connections(people, promoted=promoted))
        now = ground.NOW + timedelta(days=number)
        yield Line(
            name=f"sync: {people:,} connections, {when}",
            ours=seconds(lambda archive=archive, now=now: _applied(sync(office, archive, now=now))),
            reference=seconds(lambda plain=plain: _sqlite3(reference, _UPSERT.format(path=plain))),
            beside="sqlite3 .import and upsert of the connections",
            goal=goal,
        )
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Line(
        name=f"sync: memory, {people:,} connections", ours=megabytes, reference=200, beside="the promise", goal=1,
        unit="MB",
    )  # fmt: skip


def _applied(report: Any) -> None:
    if not (report.applied or report.already_known):
        raise RuntimeError(f"the sync was not applied: {report}")


def _sqlite3(database: Path, script: str) -> None:
    subprocess.run(["sqlite3", "-bail", database], input=script, text=True, check=True)
