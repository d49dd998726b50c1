"""Reading an archive beside the pages: once to preview it, and once to apply it."""

from dataclasses import dataclass
from pathlib import Path

from goodterms import doors
from goodterms.accounts.office import Office
from goodterms.feedback.actions.exports import sync_and_obey
from goodterms.sync.rules import Report
from goodterms.web.jobs import JOBS, Job
from goodterms.web.uploads import drop_upload


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What reading an archive found, or what it did."""

    path: Path
    report: Report
    accepted: bool
    """Whether whoever is missing was taken for gone."""


def start_reading(office: Office, path: Path, *, is_preview: bool, accepted: bool) -> Job:
    """Begin to read an archive that was uploaded; where it is applied or of no use, the upload is removed."""

    def read(job: Job) -> Reading:
        is_kept = False
        try:
            report = sync_and_obey(
                office, path, now=doors.now(), dry_run=is_preview, accept_departures=accepted, progress=job.tell
            )
            is_kept = is_preview and not report.already_known
        finally:
            if not is_kept:
                drop_upload(path)
        return Reading(path=path, report=report, accepted=accepted)

    title = "Looking at your archive" if is_preview else "Reading your archive"
    return JOBS.start(office.owner.pk, title, read)
