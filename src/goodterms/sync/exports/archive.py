"""Opening what LinkedIn gave: a zip, a zip in a zip, a folder or one CSV; nothing is unpacked by name."""

import hashlib
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import DEFAULT_BUFFER_SIZE, BufferedReader, RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, Self

from goodterms.lib.canonical import canonical_json, sha256_hex
from goodterms.lib.faults import Fault
from goodterms.sync.exports.clocks import Rule, Told, read_archive_name

MOST_BYTES = 2 * 1024**3
"""Unpacked, all tables together. The largest seen had 8 MiB; a million connections make 150 MiB."""
MOST_RATIO = 200
"""Unpacked to packed. LinkedIn's tables shrink 3 to 10 times, a bomb 1,000 times."""
RATIO_FROM = 8 * 1024**2
"""Smaller members are not asked for their ratio: they can do no harm."""
MOST_MEMBERS = 20_000
"""An archive has some 50 members; one with every photo of a busy member a few thousand."""
MOST_DEPTH = 3
"""Folders inside: exports lie flat or one folder down; a folder above is searched too, a whole disk isn't."""

_JUNK = {"__MACOSX", ".DS_Store"}
_FIRST_YEAR = 2003  # LinkedIn opened in May 2003; zip's own zero is 1980


class ExportUnreadable(Fault):
    """What was given is not an export that can be read; the message says why, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One table file in an archive; opened when needed, streamed, never unpacked to disk."""

    path: str
    size: int
    modified_at: datetime | None
    open: Callable[[], BufferedReader]

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.path).name

    @property
    def folder(self) -> str:
        """The folders above it in the archive."""
        return str(PurePosixPath(self.path).parent)

    def sha256(self) -> str:
        """Give the SHA-256 of the unpacked bytes in hexadecimal."""
        with self.open() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Archive:
    """An opened export: its name and hash as evidence, and the CSV files in it."""

    path: Path
    sha256: str
    members: tuple[Member, ...]
    is_single: bool

    @property
    def name(self) -> str:
        """The name under which it was given."""
        return self.path.name

    @property
    def taken(self) -> Told | None:
        """When LinkedIn made it: told by its name, else by the newest member of a zip, else None."""
        named = read_archive_name(self.name)
        return named or next(filter(None, map(_named, self.members)), None) or self._newest()

    def _newest(self) -> Told | None:
        known = [member.modified_at for member in self.members if member.modified_at]
        return Told(self.name, max(known), Rule.FILE) if known else None


def _named(member: Member) -> Told | None:
    return read_archive_name(member.folder)


@contextmanager
def open_archive(path: Path, wanted: Callable[[str], bool]) -> Iterator[Archive]:
    """Open a zip, a folder or a single CSV, with the CSV files whose bare name is wanted.

    A single CSV is taken whatever its name. Raises ExportUnreadable. Nothing outside `path` is read, and
    nothing is written but a nameless temporary file for a zip inside a zip.
    """
    with ExitStack() as stack:
        yield _open(path, wanted, stack)


def _open(path: Path, wanted: Callable[[str], bool], stack: ExitStack) -> Archive:
    if path.is_dir():
        return _open_folder(path, wanted)
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
            stream.seek(0)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ExportUnreadable(f"'{path}' can't be opened: {error.strerror or error}. Check the name.") from None
    if start.startswith(b"PK"):
        members = _zip_members(path, path.name, wanted, stack)
        return Archive(path, sha256, _one_export(members, path.name), is_single=False)
    if path.suffix.lower() == ".zip":
        raise ExportUnreadable(f"'{path.name}' is not a zip archive, though its name says so. Download it again.")
    return Archive(path, sha256, (_file_member(path, path.name),), is_single=True)


# Folders


def _open_folder(folder: Path, wanted: Callable[[str], bool]) -> Archive:
    found = [_file_member(path, path.relative_to(folder).as_posix()) for path in _walk(folder, MOST_DEPTH)]
    members = _one_export([member for member in found if wanted(member.name)], folder.name)
    _check_total(members, folder.name)
    listing = [[member.path, member.sha256()] for member in members]
    return Archive(folder.resolve(), sha256_hex(canonical_json(listing)), members, is_single=False)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Give the plain files below a folder, in order; links are not followed."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _JUNK or path.name.startswith("."):
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and depth:
            yield from _walk(path, depth - 1)


def _file_member(path: Path, name: str) -> Member:
    # A file's own time says when it was unpacked or copied, not when LinkedIn wrote it.
    return Member(name, path.stat().st_size, None, lambda: path.open("rb"))


# Zips


def _zip_members(
    source: Path | IO[bytes],
    name: str,
    wanted: Callable[[str], bool],
    stack: ExitStack,
    *,
    nested: bool = False,
) -> list[Member]:
    archive = _read_directory(source, name, stack)
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _check_names(infos, name)
    ours = [info for info in infos if _is_ours(info, wanted)]
    if not ours and not nested and (inner := _only_zip(infos)):
        copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        _unpack(archive, inner, name, copy)
        return _zip_members(copy, inner.filename, wanted, stack, nested=True)
    latest = _latest(source)
    members = [_zip_member(archive, info, name, latest) for info in ours]
    for info in ours:
        _check_member(info, name)
    _check_total(members, name)
    return members


def _read_directory(source: Path | IO[bytes], name: str, stack: ExitStack) -> zipfile.ZipFile:
    try:
        return stack.enter_context(zipfile.ZipFile(source))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise ExportUnreadable(
            f"'{name}' is cut short or damaged: its table of contents can't be read. "
            "Download it from LinkedIn again; nothing was changed."
        ) from None


def _check_names(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MOST_MEMBERS:
        raise ExportUnreadable(f"'{name}' holds {len(infos):,} files; no export of LinkedIn's has so many.")
    seen: set[str] = set()
    for info in infos:
        path = info.filename
        if _leads_outside(path) or stat.S_ISLNK(info.external_attr >> 16):
            raise ExportUnreadable(
                f"'{name}' holds '{path[:100]}', a link or a name that leads outside the archive. "
                "LinkedIn writes no such thing: use the archive as LinkedIn gave it."
            )
        if path in seen:
            raise ExportUnreadable(f"'{name}' holds '{path[:100]}' twice. Use the archive as LinkedIn gave it.")
        seen.add(path)


def _leads_outside(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or parts[0].endswith(":") or "\0" in path


def _is_ours(info: zipfile.ZipInfo, wanted: Callable[[str], bool]) -> bool:
    path = PurePosixPath(info.filename)
    return wanted(path.name) and not _JUNK & set(path.parts) and not path.name.startswith(".")


def _only_zip(infos: list[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    zips = [info for info in infos if info.filename.lower().endswith(".zip") and not info.filename.startswith("__")]
    return zips[0] if len(zips) == 1 else None


def _check_member(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        raise ExportUnreadable(f"'{name}' is encrypted ('{info.filename}'). Unpack it with its password first.")
    if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size):
        raise ExportUnreadable(
            f"'{info.filename}' in '{name}' would unpack from {info.compress_size:,} to "
            f"{info.file_size:,} bytes: a trap, not an export. It was not unpacked."
        )


def _check_total(members: Iterable[Member], name: str) -> None:
    total = sum(member.size for member in members)
    if total > MOST_BYTES:
        raise ExportUnreadable(
            f"The tables in '{name}' are {total:,} bytes long, more than the {MOST_BYTES:,} that are read."
        )


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, copy: IO[bytes]) -> None:
    _check_member(info, name)
    if info.file_size > MOST_BYTES:
        raise ExportUnreadable(f"'{info.filename}' in '{name}' is too large: {info.file_size:,} bytes.")
    with _MemberStream(archive, info, name) as packed:
        shutil.copyfileobj(packed, copy)
    copy.seek(0)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, latest: datetime | None) -> Member:
    def stream() -> BufferedReader:
        return BufferedReader(_MemberStream(archive, info, name), 8 * DEFAULT_BUFFER_SIZE)

    return Member(info.filename, info.file_size, _plausible(info, latest), stream)


def _latest(source: Path | IO[bytes]) -> datetime | None:
    """Give the last moment a member can have been written: no archive holds anything newer than itself.

    Zip times carry no zone, hence the day more.
    """
    if not isinstance(source, Path):
        return None
    return datetime.fromtimestamp(source.stat().st_mtime, UTC) + timedelta(days=1)


def _plausible(info: zipfile.ZipInfo, latest: datetime | None) -> datetime | None:
    try:
        found = datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR and (latest is None or found <= latest) else None


class _MemberStream(RawIOBase):
    """A member's bytes, with damage told in words and never more bytes than the contents table promised."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> None:
        self._place = f"'{info.filename}' in '{name}'"
        try:
            self._inner = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> ExportUnreadable:
        return ExportUnreadable(
            f"{self._place} can't be unpacked ({error}). The archive is damaged or made by another program: "
            "download it from LinkedIn again; nothing was changed."
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        try:
            content = self._inner.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise self._damaged(error) from None
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        inner = getattr(self, "_inner", None)
        if inner is not None:
            inner.close()
        super().close()

    def __enter__(self) -> Self:
        return self


# One export at a time


def _one_export(members: list[Member], name: str) -> tuple[Member, ...]:
    """Give the members if they are of one export: all in one folder."""
    folders = sorted({member.folder for member in members})
    if not folders:
        raise ExportUnreadable(
            f"'{name}' holds none of LinkedIn's tables (Connections.csv and its like). Give the zip as "
            "LinkedIn sent it, the folder it was unpacked to, or one CSV of it."
        )
    if len(folders) > 1:
        raise ExportUnreadable(
            f"'{name}' holds several exports: {', '.join(folders[:5])}. Give one at a time, the oldest first."
        )
    return tuple(members)
