"""Files that visitors send: bounded, streamed into the data folder, and gone when they were read."""

import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 1_000_000_000
"""Of a request that brings files. LinkedIn's archives of the largest networks have some tens of megabytes."""
MOST_OF_A_FORM = 5_000_000
"""Of any other request."""
_WITH_FILES = ("/sync/", "/inbox/", "/proof/", "/hooks/")
"""How the addresses begin that take files: archives, mail, dossiers; providers hand over mail with what hangs on it."""
_KEPT_SECONDS = 24 * 60 * 60
_LONGEST_NAME = 150

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def folder_of(home: Path) -> Path:
    """Give the folder that uploads are streamed to; it is made where it is missing."""
    folder = home / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_upload(home: Path, upload: "UploadedFile[bytes]") -> Path:
    """Keep an uploaded file under its own name, which tells an archive's day, until `drop_upload`; give its path."""
    _drop_old(home)
    path = Path(tempfile.mkdtemp(dir=folder_of(home))) / _safe_name(upload.name or "")
    with path.open("xb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def drop_upload(path: Path) -> None:
    """Remove an upload that was kept."""
    shutil.rmtree(path.parent, ignore_errors=True)


def _safe_name(name: str) -> str:
    bare = Path(name.replace("\\", "/")).name.replace("\x00", "").lstrip(".") or "upload"
    return bare[-_LONGEST_NAME:]


def _drop_old(home: Path) -> None:
    """Remove what an earlier process left behind."""
    for folder in folder_of(home).iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def most_of(scope: Message) -> int:
    """Give how many bytes a request may have.

    Browsers and providers say how long it is. Of what does not, Django holds all in memory, however much it is.
    """
    is_told = any(name == b"content-length" for name, _ in scope["headers"])
    return MOST_BYTES if is_told and scope["path"].startswith(_WITH_FILES) else MOST_OF_A_FORM


def bounded(application: Application, most_of: Callable[[Message], int] = most_of) -> Application:
    """Refuse requests that are larger than their address needs, before a byte of them is kept."""

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        most = most_of(scope)
        if _length(scope) > most:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]})
            words = f"This is larger than {most // 1_000_000:,} MB. Nothing was read."
            await send({"type": "http.response.body", "body": words.encode()})
            return
        await application(scope, _counted(receive, most), send)

    return serve


def _length(scope: Message) -> int:
    written = dict(scope["headers"]).get(b"content-length", b"0")
    return int(written) if written.isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    """Give the messages of a request, ended as if its sender had gone where it grows larger than it may."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return message if read <= most else {"type": "http.disconnect"}

    return counted
