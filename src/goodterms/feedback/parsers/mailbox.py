"""Giving the raw messages of an .eml, an mbox, a Maildir or a folder of .eml files. Nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

from goodterms.lib.faults import Fault

_SUFFIXES = {".eml", ".mbox", ".mbx"}


class MailboxUnreadable(Fault, ValueError):
    """A path holds no mail that can be read."""


def messages_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give the name and raw bytes of every message, in the order of their names; raise MailboxUnreadable."""
    if path.is_dir():
        yield from _in_folder(path)
    elif path.is_file():
        yield from _in_file(path)
    else:
        raise MailboxUnreadable(f"{path} does not exist. Nothing was read. Name an .eml, an mbox or a folder of mail.")


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    if is_maildir(folder):
        files = [file for name in ("cur", "new") if (folder / name).is_dir() for file in _sorted(folder / name)]
        yield from ((file.name, file.read_bytes()) for file in files)
        return
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix.lower() in _SUFFIXES]
    if not files:
        raise MailboxUnreadable(f"{folder} holds no mail: no Maildir and no .eml or .mbox files. Nothing was read.")
    for file in files:
        yield from _in_file(file)


def is_maildir(folder: Path) -> bool:
    """Say whether a folder is a Maildir."""
    return (folder / "cur").is_dir() or (folder / "new").is_dir()


def _sorted(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))


def _in_file(file: Path) -> Iterator[tuple[str, bytes]]:
    with file.open("rb") as opened:
        is_mbox = opened.read(5) == b"From "
    if is_mbox:
        yield from ((f"{file.name}#{number}", raw) for number, raw in enumerate(_in_mbox(file), 1))
    else:
        yield file.name, file.read_bytes()


def _in_mbox(file: Path) -> Iterator[bytes]:
    """Give the messages of an mbox (RFC 4155); lines quoted as >From are given back as they were (mboxrd)."""
    lines: list[bytes] = []
    after_blank = True
    with file.open("rb") as opened:
        for line in opened:
            if after_blank and line.startswith(b"From "):
                if lines:
                    yield _joined(lines)
                lines = []
            else:
                lines.append(line[1:] if line.lstrip(b">").startswith(b"From ") and line[:1] == b">" else line)
            after_blank = not line.strip()
    if lines:
        yield _joined(lines)


def _joined(lines: list[bytes]) -> bytes:
    # The blank line before the next From belongs to the mbox, not to the message.
    return b"".join(lines[:-1] if not lines[-1].strip() else lines)
