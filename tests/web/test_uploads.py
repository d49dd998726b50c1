"""Files that visitors send."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from goodterms.web.uploads import bounded, drop_upload, keep_upload, most_of


async def _reader(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer with how much was read, or 'cut' where the sender went."""
    read = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            await send({"type": "told", "body": "cut"})
            return
        read += len(message["body"])
        if not message["more_body"]:
            await send({"type": "told", "body": read})
            return


def ask(pieces: list[bytes], *, length: int | None = None) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    rest: Iterator[bytes] = iter(pieces)
    left = len(pieces)

    async def receive() -> dict[str, Any]:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": next(rest), "more_body": left > 0}

    async def send(message: Any) -> None:
        said.append(dict(message))

    async def serve() -> None:
        await bounded(_reader, lambda _scope: 10)({"type": "http", "headers": headers}, receive, send)

    headers = [(b"content-length", str(length).encode())] if length is not None else []
    asyncio.run(serve())
    return said


def test_what_fits_is_passed_on() -> None:
    assert ask([b"12345", b"67890"], length=10) == [{"type": "told", "body": 10}]


def test_what_says_that_it_is_too_large_is_refused_unread() -> None:
    first, second = ask([], length=11)
    assert first["status"] == 413
    assert b"Nothing was read" in second["body"]


def test_what_turns_out_too_large_is_cut_off() -> None:
    assert ask([b"12345", b"67890", b"1"]) == [{"type": "told", "body": "cut"}]


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/sync/upload/", [(b"content-length", b"5")], 1_000_000_000),
        ("/sync/upload/", [(b"transfer-encoding", b"chunked")], 5_000_000),
        ("/join/ann", [(b"content-length", b"5")], 5_000_000),
        ("/account/login/", [], 5_000_000),
        ("/api/v1/feedback", [(b"content-length", b"5")], 5_000_000),
    ],
)
def test_much_is_taken_only_where_files_are_given_by_whoever_says_how_much_it_is(
    path: str, headers: list[tuple[bytes, bytes]], most: int
) -> None:
    assert most_of({"path": path, "headers": headers}) == most


class _Sent(SimpleUploadedFile):
    """A file under a name that Django has not cleaned, which it does by taking the last part."""

    def _set_name(self, name: str) -> None:
        self._name = name

    name = property(lambda self: self._name, _set_name)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Basic_LinkedInDataExport_06-01-2026.zip", "Basic_LinkedInDataExport_06-01-2026.zip"),
        ("..\\..\\evil.zip", "evil.zip"),
        (".hidden.zip", "hidden.zip"),
        ("x" * 300 + ".zip", "x" * 146 + ".zip"),
    ],
)
def test_an_upload_is_kept_in_the_data_folder_under_a_name_that_leads_nowhere_else(
    tmp_path: Path, sent: str, kept: str
) -> None:
    upload = _Sent(sent, b"content")
    path = keep_upload(tmp_path, upload)
    assert path.read_bytes() == b"content"
    assert path.name == kept
    assert path.parent.parent == tmp_path / "uploads"
    drop_upload(path)
    assert list((tmp_path / "uploads").iterdir()) == []
