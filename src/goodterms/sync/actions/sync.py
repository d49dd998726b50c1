"""Reading an archive into the network: previewed by doing it and taking it all back, applied in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.ledger.turns import turn_of
from goodterms.lib.moments import write_moment
from goodterms.people.models import Person
from goodterms.sync.actions.connections import (
    Reading,
    apply_departures,
    apply_rows,
    hold_shared_addresses,
    hold_untold_leavers,
    missing_persons,
)
from goodterms.sync.actions.exchanges import apply_exchanges
from goodterms.sync.actions.manifest import FileAndRows, keep_manifest
from goodterms.sync.actions.match import leave_out_doubles, match_staged
from goodterms.sync.actions.profile import compare_profile
from goodterms.sync.actions.stage import open_stage, stage_rows
from goodterms.sync.exports.clocks import Rule
from goodterms.sync.exports.connections import CONNECTIONS, ConnectionRow
from goodterms.sync.exports.reader import Export as ExportRead
from goodterms.sync.exports.reader import read_export
from goodterms.sync.models import Export
from goodterms.sync.queries import dating_of, newest_export
from goodterms.sync.rules import Dating, Missing, Report, is_improbable, is_older
from goodterms.terms.actions import recognise
from goodterms.ties.actions import record_two_way

Progress = Callable[[str], None]
Obey = Callable[[int, Report], None]
"""What is done with the messages that an export (its number) shows first, before the transaction ends."""


class _TakenBack(Exception):
    """Raised to take back everything a preview did."""


def sync(
    office: Office,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    accept_departures: bool = False,
    progress: Progress = lambda step: None,
    obey: Obey = lambda export, report: None,
) -> Report:
    """Read an archive and bring the network up to date with it.

    A dry run does all of it and takes it back. Where the archive is doubtful (no connections, an improbable mass of
    departures), nothing is changed and `refused` says why, unless `accept_departures`. Raises ExportUnreadable.
    """
    with read_export(path) as export:
        report = Report(archive=export.name, sha256=export.sha256)
        try:
            with turn_of(office.owner):
                if Export.objects.filter(owner=office.owner, sha256=export.sha256, undone_at=None).exists():
                    report.already_known = True
                    report.warnings.append("This archive was read before: nothing new is in it, nothing was changed.")
                    return report
                number = _apply(office, export, report, now=now, accepted=accept_departures, progress=progress)
                if not report.refused:
                    obey(number, report)
                report.warnings += export.warnings
                if dry_run or report.refused:
                    raise _TakenBack  # noqa: TRY301 -- the one way to leave the transaction and keep the report
        except _TakenBack:
            return report
        if sql.is_many(Person, report.counts.connections):
            sql.look_at_rows()
        report.applied = True
        return report


def _apply(
    office: Office, export: ExportRead, report: Report, *, now: datetime, accepted: bool, progress: Progress
) -> int:
    owner = office.owner
    progress("reading the connections")
    files = _stage(office, export, report)
    progress("matching them to people")
    match_staged(owner)
    report.warnings += [
        f"Row {line} names a connection that another row names: left out." for line in leave_out_doubles()
    ]
    dating = _dating(export, now)
    last = newest_export(owner)
    has_connections = bool(export.files_of(CONNECTIONS))
    older = is_older(dating, dating_of(last), _missing(owner.pk, dating))
    if last and not older:
        # What it says is newer than what was said before, whatever its file's time was taken for.
        dating = replace(dating, taken_at=max(dating.taken_at, last.taken_at))
    reading = Reading(
        office=office,
        export=_open_row(office, export, dating, now=now).pk,
        taken_at=dating.taken_at,
        is_older=older,
        newest_at=last.taken_at if last else None,
        now=now,
    )
    _refuse_doubtful(reading, report, has_connections=has_connections, accepted=accepted)
    if report.refused:
        return reading.export
    _close_row(reading, export, report)
    progress("bringing people up to date")
    apply_rows(reading, report)
    if has_connections and not reading.is_older:
        apply_departures(reading, report, confirmed=accepted)
    hold_untold_leavers(reading, report)
    hold_shared_addresses(reading, report)
    progress("reading invitations and messages")
    counts = apply_exchanges(office, export, reading.export, now=now)
    report.counts.invitations, report.counts.messages = counts.get("invitations", 0), counts.get("messages", 0)
    record_two_way(owner, reading.export, now=now)
    recognise(owner, now=now)
    compare_profile(reading, export, report)
    keep_manifest(owner, reading.export, files)
    Export.objects.filter(owner=reading.office.owner, pk=reading.export).update(
        counts=vars(report.counts), is_newest=not reading.is_older
    )
    return reading.export


def _stage(office: Office, export: ExportRead, report: Report) -> list[FileAndRows]:
    open_stage()
    counts = report.counts

    def counted(row: ConnectionRow) -> ConnectionRow:
        counts.connections += not row.is_date_only
        counts.date_only += row.is_date_only
        counts.with_email += row.email is not None
        return row

    return [(file, stage_rows(office, map(counted, file.rows()))) for file in export.files_of(CONNECTIONS)]


def _dating(export: ExportRead, now: datetime) -> Dating:
    ((newest,),) = sql.fetch("SELECT MAX(connected_on) FROM staged")
    newest_at = _as_moment(newest)
    told = export.taken
    if told is None or told.at > now:
        return Dating(taken_at=newest_at or now, rule="contents", newest_at=newest_at)
    rule = "name" if told.rule is Rule.NAME else "file"
    return Dating(taken_at=told.at, rule=rule, newest_at=newest_at)


def _as_moment(day: object) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(datetime.fromisoformat(str(day)).date(), time(), UTC)


def _missing(owner: int, dating: Dating) -> Missing:
    if dating.newest_at is None:
        return Missing()
    ((count, from_before),) = sql.fetch(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN p.connected_on < %s THEN 1 ELSE 0 END), 0) "
        "FROM goodterms_standing st JOIN goodterms_person p ON p.owner_id = st.owner_id AND p.id = st.person_id "
        "WHERE st.owner_id = %s AND st.bearing LIKE '%%|connected|%%' "
        "AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.person = p.id)",
        [dating.newest_at.date().isoformat(), owner],
    )
    return Missing(from_before=from_before, since=count - from_before)


def _refuse_doubtful(reading: Reading, report: Report, *, has_connections: bool, accepted: bool) -> None:
    if accepted:
        return
    if not has_connections:
        report.refused = "no connections"
        report.warnings.append(
            "The archive has no Connections.csv, so nothing can be said of who is connected. Nothing was changed. Ask "
            "LinkedIn for the larger archive; or read what it has with --accept-departures: nobody is then counted out."
        )
        return
    missing = [connection for _, connection in missing_persons(reading.office.owner.pk)]
    departures = missing.count(Connection.CONNECTED)
    connected = report.counts.connections + departures
    if report.counts.connections == 0 or (not reading.is_older and is_improbable(departures, connected)):
        report.refused = "improbable departures"
        report.warnings.append(
            f"The archive lists {report.counts.connections:,} connections, and {departures:,} people connected so far "
            "are not among them: rather a faulty archive than people leaving. Nothing was changed. If it is right, "
            "read it with --accept-departures."
        )


def _open_row(office: Office, export: ExportRead, dating: Dating, *, now: datetime) -> Export:
    return Export.objects.create(
        owner=office.owner,
        sha256=export.sha256,
        name=export.name,
        taken_at=dating.taken_at,
        taken_rule=dating.rule,
        newest_at=dating.newest_at,
        is_newest=False,
        counts={},
        applied_at=now,
    )


def _close_row(reading: Reading, export: ExportRead, report: Report) -> None:
    detail = {
        "export": reading.export,
        "archive": export.name,
        "sha256": export.sha256,
        "taken_at": write_moment(reading.taken_at),
        "connections": report.counts.connections,
        "is_newest": not reading.is_older,
    }
    fact = Fact(
        kind=Kind.EXPORT_IMPORTED,
        occurred_at=reading.taken_at,
        actor=Actor.OWNER,
        detail=detail,
        evidence=(export.sha256,),
        source=reading.export,
    )
    append(reading.office.owner, [fact], now=reading.now)
