import io
import os
import struct
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from goodterms.sync.exports import archive as archive_module
from goodterms.sync.exports.archive import ExportUnreadable, open_archive
from goodterms.sync.exports.clocks import Rule
from goodterms.sync.exports.connections import CONNECTIONS as LAYOUT
from goodterms.sync.exports.reader import read_export
from tests.sync.exports.exports_at_hand import CONNECTIONS, write_csv, write_zip

NAME = "Basic_LinkedInDataExport_12-05-2025"


def is_csv(name: str) -> bool:
    return name.endswith(".csv")


def first_names(path: Path) -> list[str]:
    with read_export(path) as export:
        return [row.first_name for row in export.rows_of(LAYOUT)]


def refusal(path: Path) -> str:
    with pytest.raises(ExportUnreadable) as caught:
        first_names(path)
    return str(caught.value)


@pytest.mark.parametrize("name", [f"{NAME}.zip", f"{NAME}.zip.zip", f"{NAME}.zip (1).zip", "mine", "x.bin"])
@pytest.mark.parametrize("folder", ["", f"{NAME}/", "a/b/"])
def test_a_zip_is_known_by_its_content_flat_or_under_a_folder(tmp_path: Path, name: str, folder: str) -> None:
    path = write_zip(tmp_path / name, {f"{folder}Connections.csv": CONNECTIONS})

    assert first_names(path) == ["Ann"]


def test_a_zip_within_a_zip_is_read(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"Connections.csv": CONNECTIONS})
    outer = write_zip(tmp_path / f"{NAME}.zip.zip", {f"{NAME}.zip": inner.read_bytes()})

    assert first_names(outer) == ["Ann"]
    with read_export(outer) as export:
        assert export.sha256 == sha256(outer.read_bytes()).hexdigest()


def test_a_zip_within_a_zip_within_a_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"Connections.csv": CONNECTIONS})
    for name in ("b.zip", "c.zip"):
        path = write_zip(tmp_path / name, {"inner.zip": path.read_bytes()})

    assert "holds none of LinkedIn's tables" in refusal(path)


def test_an_unpacked_folder_is_read_also_from_the_folder_above(tmp_path: Path) -> None:
    folder = tmp_path / "above" / NAME
    folder.mkdir(parents=True)
    write_csv(folder, CONNECTIONS)

    assert first_names(folder) == first_names(folder.parent) == ["Ann"]


def test_a_folders_hash_is_of_its_tables_alone(tmp_path: Path) -> None:
    write_csv(tmp_path, CONNECTIONS)
    with open_archive(tmp_path, is_csv) as archive:
        before = archive.sha256
    (tmp_path / "notes.txt").write_text("mine")
    with open_archive(tmp_path, is_csv) as archive:
        assert archive.sha256 == before
    write_csv(tmp_path, CONNECTIONS.replace("Ann", "Eve"))
    with open_archive(tmp_path, is_csv) as archive:
        assert archive.sha256 != before


@pytest.mark.parametrize("name", ["Connections.csv", "connections (1).csv", "my network.txt"])
def test_a_single_csv_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = write_csv(tmp_path, CONNECTIONS, name)

    assert first_names(path) == ["Ann"]
    with read_export(path) as export:
        assert (export.name, export.sha256) == (name, sha256(path.read_bytes()).hexdigest())


def test_junk_of_other_systems_beside_the_tables_is_passed_over(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / "e.zip",
        {
            "Connections.csv": CONNECTIONS,
            "__MACOSX/._Connections.csv": b"\x00\x05\x16\x07",
            ".DS_Store": b"x",
        },
    )

    assert first_names(path) == ["Ann"]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = write_csv(tmp_path, CONNECTIONS)
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Connections.csv").symlink_to(secret)

    assert "holds none of LinkedIn's tables" in refusal(folder)


# When it was made


def test_the_name_tells_when_it_was_made_before_anything_else(tmp_path: Path) -> None:
    path = write_zip(tmp_path / f"{NAME}.zip", {"Connections.csv": CONNECTIONS})
    with read_export(path) as export:
        assert export.taken is not None
        assert (export.taken.at, export.taken.rule) == (datetime(2025, 12, 5, tzinfo=UTC), Rule.NAME)


def test_the_folder_inside_tells_it_where_the_zip_was_renamed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "linkedin.zip", {f"{NAME}/Connections.csv": CONNECTIONS})
    with read_export(path) as export:
        assert export.taken is not None
        assert (export.taken.on.isoformat(), export.taken.rule) == ("2025-12-05", Rule.NAME)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([(2025, 12, 5, 8, 0, 0), (2025, 12, 5, 8, 0, 2)], datetime(2025, 12, 5, 8, 0, 2, tzinfo=UTC)),
        ([(2025, 12, 5, 8, 0, 0), (2099, 1, 1, 0, 0, 0)], datetime(2025, 12, 5, 8, 0, 0, tzinfo=UTC)),
        ([(1980, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0)], None),
        ([(1980, 0, 0, 0, 0, 0), (1980, 0, 0, 0, 0, 0)], None),
    ],
)
def test_else_the_newest_plausible_member_tells_it(
    tmp_path: Path, times: list[tuple[int, ...]], expected: datetime | None
) -> None:
    path = tmp_path / "linkedin.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, when in zip(("Connections.csv", "Invitations.csv"), times, strict=True):
            info = zipfile.ZipInfo(name)
            info.date_time = when  # type: ignore[assignment]
            archive.writestr(info, CONNECTIONS)
    with open_archive(path, is_csv) as opened:
        taken = opened.taken

    assert (taken.at if taken else None) == expected
    assert taken is None or taken.rule is Rule.FILE


def test_a_folders_file_times_tell_nothing(tmp_path: Path) -> None:
    os.utime(write_csv(tmp_path, CONNECTIONS), (1e9, 1e9))
    with read_export(tmp_path) as export:
        assert export.taken is None


# What is refused


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.zip' can't be opened" in refusal(tmp_path / "nowhere.zip")


def test_what_is_called_zip_and_is_none_is_refused(tmp_path: Path) -> None:
    assert "is not a zip archive" in refusal(write_csv(tmp_path, "<html>Please sign in</html>", "e.zip"))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_zip_is_refused(tmp_path: Path, kept: float) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS, "messages.csv": os.urandom(5_000)})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    assert "Download it from LinkedIn again; nothing was changed" in refusal(path)


def test_damage_within_a_member_is_told_while_reading(tmp_path: Path) -> None:
    body = "\n".join(f"Ann{number},Lee,,,,,05 Dec 2025" for number in range(2_000))
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": f"{CONNECTIONS}\n{body}"})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)

    assert "'Connections.csv' in 'e.zip' can't be unpacked" in refusal(path)


def flag_all_members(path: Path, flag: int) -> None:
    """Set a flag bit in all headers of a zip."""
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", content, place + offset)
            struct.pack_into("<H", content, place + offset, flags | flag)
            place = content.find(signature, place + 4)
    path.write_bytes(content)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS})
    flag_all_members(path, 0x1)

    assert "is encrypted" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": b"a" * (16 * 1024**2)})

    assert "a trap, not an export" in refusal(path)


def test_a_bomb_in_an_inner_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"inner.zip": b"PK" + b"\0" * (16 * 1024**2)})

    assert "a trap, not an export" in refusal(path)


def test_a_bomb_among_files_that_are_not_read_does_no_harm(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS, "Photos.bin": b"a" * (16 * 1024**2)})

    assert first_names(path) == ["Ann"]


def test_more_than_the_bound_in_all_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_BYTES", 1_000)
    content: dict[str, str | bytes] = {"Connections.csv": CONNECTIONS, "messages.csv": os.urandom(900)}

    assert "more than the 1,000 that are read" in refusal(write_zip(tmp_path / "e.zip", content))
    for name, text in content.items():
        write_csv(tmp_path, text, name)
    assert "more than the 1,000 that are read" in refusal(tmp_path)


def test_a_member_that_is_larger_than_it_says_is_cut_or_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS + "x" * 100_000})
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    struct.pack_into("<L", content, place + 24, 100)
    path.write_bytes(content)

    refusal(path)


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_MEMBERS", 3)
    path = write_zip(tmp_path / "e.zip", {f"{number}.txt": "" for number in range(4)})

    assert "no export of LinkedIn's has so many" in refusal(path)


@pytest.mark.parametrize(
    "name",
    [
        "../Connections.csv",
        "a/../../Connections.csv",
        "/etc/Connections.csv",
        "..\\Connections.csv",
        "C:/Connections.csv",
    ],
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "e.zip", {name: CONNECTIONS})

    assert "a link or a name that leads outside" in refusal(path)


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("Connections.csv")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")

    assert "a link or a name that leads outside" in refusal(tmp_path / "e.zip")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive, pytest.warns(UserWarning, match="Duplicate"):  # noqa: PT031
        archive.writestr("Connections.csv", CONNECTIONS)
        archive.writestr("Connections.csv", CONNECTIONS)

    assert "'Connections.csv' twice" in refusal(tmp_path / "e.zip")


def test_an_unknown_compression_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS})
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, content.find(b"PK\x01\x02") + 10, 99)
    path.write_bytes(content)

    assert "can't be unpacked" in refusal(path)


def test_a_folder_or_zip_without_our_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")

    assert "holds none of LinkedIn's tables" in refusal(tmp_path)
    assert "holds none of LinkedIn's tables" in refusal(write_zip(tmp_path / "e.zip", {"a.csv": "b"}))


def test_two_exports_in_one_folder_are_refused(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_csv(tmp_path / name, CONNECTIONS)

    assert "holds several exports: first, second" in refusal(tmp_path)


def test_nothing_is_written_beside_the_archive(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("Connections.csv", CONNECTIONS)
    path = write_zip(tmp_path / "e.zip", {"inner.zip": inner.getvalue()})
    first_names(path)

    assert list(tmp_path.iterdir()) == [path]
