"""Writing a backup, putting one back, and destroying everything."""

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import orjson
from django.db import connection, models, transaction

from goodterms import __version__, sql
from goodterms.accounts.keys import read_keys
from goodterms.accounts.models import AuditLine, Membership, Owner
from goodterms.accounts.office import Office
from goodterms.backup.tables import go_on_counting, read_rows, rows_of, tables, write_rows
from goodterms.backup.triggers import without_triggers
from goodterms.exits.file import FILE_NAME, append_missing
from goodterms.ledger.turns import turn_of
from goodterms.lib.faults import Fault

_HEAD = "goodterms-backup.json"
_KEYS = ("identity.key", "token.key", "seal.key")
_FORM = 1


class BackupFaulty(Fault):
    """A backup can't be put back; the message says why."""


def write_backup(office: Office, stream: IO[bytes], *, now: datetime) -> int:
    """Write everything of the owner's to a zip, keys and journals included; give how many rows it holds.

    Whoever has the file can act as the owner: it is to be kept like the keys themselves.
    """
    count = 0
    with transaction.atomic(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        if sql.is_postgresql() and not connection.savepoint_ids:
            with connection.cursor() as cursor:  # every table as of one moment
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        head = {"form": _FORM, "version": __version__, "owner": office.owner.email, "made_at": now}
        archive.writestr(_HEAD, orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
        for model in tables():
            with archive.open(f"tables/{model._meta.model_name}.jsonl", "w", force_zip64=True) as member:
                for line in write_rows(rows_of(office.owner, model)):
                    member.write(line)
                    count += 1
        for path in _files(office):
            archive.write(path, path.relative_to(office.folder).as_posix())
    return count


def restore(folder: Path, stream: IO[bytes]) -> tuple[Owner, int]:
    """Put a backup back into an empty installation; give the owner and how many rows came back.

    Rows and files in one transaction, the files last: what fails leaves no rows behind, and no files but where the
    disk fails. Raises BackupFaulty.
    """
    if Owner.objects.exists():
        raise BackupFaulty("There is an owner here already, and a backup wants an empty place. Nothing was changed.")
    with _opened(stream) as archive:
        head = _head(archive)
        files = _files_in(archive, folder)
        with transaction.atomic():
            count = sum(_put_rows(archive, model) for model in tables())
            go_on_counting(tables())
            owner = Owner.objects.get(email=head["owner"])
            _make_sure_of_keys(files, folder, owner)
            _put_files(files, folder)
    return owner, count


def destroy_everything(office: Office, *, keeps_exits: bool) -> None:
    """Destroy every row and file of the owner's; the file of suppressions stays where `keeps_exits`.

    The one way past the triggers that keep the ledger, for the one who may end it: the member themself.
    """
    owner = office.owner
    with turn_of(owner), without_triggers():
        AuditLine.objects.filter(owner=owner).delete()
        Membership.objects.filter(owner=owner).delete()
        for model in tables():
            if model is not Owner:
                sql.delete_rows(rows_of(owner, model))
        sql.delete_rows(Owner.objects.filter(pk=owner.pk))
    shutil.rmtree(office.folder / "journal" / owner.uid, ignore_errors=True)
    if not keeps_exits and not Owner.objects.exists():
        (office.folder / FILE_NAME).unlink(missing_ok=True)


def _files(office: Office) -> Iterator[Path]:
    yield from (office.folder / "keys" / name for name in _KEYS)
    suppressions = office.folder / FILE_NAME
    if suppressions.exists():
        yield suppressions
    yield from sorted((office.folder / "journal" / office.owner.uid).glob("*.jsonl"))


def _opened(stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        raise BackupFaulty("The file is no zip, so it is no backup. Nothing was changed.") from None


def _head(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        head = orjson.loads(archive.read(_HEAD))
    except (KeyError, orjson.JSONDecodeError, zipfile.BadZipFile):
        head = None
    if not isinstance(head, dict) or not {"form", "version", "owner"} <= head.keys():
        raise BackupFaulty(f"The zip holds no {_HEAD}, so it is no backup. Nothing was changed.")
    if head["form"] != _FORM or head["version"] != __version__:
        raise BackupFaulty(
            f"The backup was made by version {head['version']}, and this is {__version__}. Nothing was changed. Put "
            "it back with that version, then update."
        )
    return dict(head)


def _files_in(archive: zipfile.ZipFile, folder: Path) -> dict[Path, bytes]:
    """Give keys, suppressions and journals by the place that they belong to; what stands there is never overwritten."""
    files: dict[Path, bytes] = {}
    for name in archive.namelist():
        if not (name.startswith(("keys/", "journal/")) or name == FILE_NAME):
            continue
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise BackupFaulty(f"The backup holds '{name}', which leads out of the data folder. Nothing was changed.")
        files[target] = archive.read(name)
        if name != FILE_NAME and target.exists() and target.read_bytes() != files[target]:
            raise BackupFaulty(f"{target} exists and differs from the backup's. Nothing was changed.")
    return files


def _make_sure_of_keys(files: Mapping[Path, bytes], folder: Path, owner: Owner) -> None:
    """Raise KeysWrong where the backup's keys are not those of its rows."""
    with TemporaryDirectory() as place:
        for name in _KEYS:
            if content := files.get((folder / "keys" / name).resolve()):
                (Path(place) / name).write_bytes(content)
        read_keys(Path(place), owner.keys_fingerprint)


def _put_files(files: Mapping[Path, bytes], folder: Path) -> None:
    for target, content in files.items():
        if target.name == FILE_NAME:
            append_missing(folder, content)
        elif not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o600)
            target.write_bytes(content)


def _put_rows(archive: zipfile.ZipFile, model: type[models.Model]) -> int:
    name = f"tables/{model._meta.model_name}.jsonl"
    count = 0
    try:
        with archive.open(name) as member:
            for batch in sql.batches(read_rows(model, member)):
                model._default_manager.bulk_create(batch)
                count += len(batch)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as fault:
        raise BackupFaulty(f"{name} in the backup can't be read: {fault}. No row was put back.") from None
    return count
