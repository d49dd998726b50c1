"""A backup holds everything, can be put back elsewhere, and destroying leaves nothing."""

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from goodterms.exits.file import count_lines, read_file
from tests.cli.conftest import Goodterms, network, owner, update

__all__ = ["network", "owner", "update"]


def test_a_backup_put_back_is_the_same_network_with_the_same_proof(
    network: Goodterms, update: str, tmp_path: Path
) -> None:
    left = network("people").said["people"][0]
    assert network("exit", left["person"], "--stop").status == 0
    before = _everything(network)
    assert network("backup", tmp_path / "all.zip").said["rows"] > 50
    _destroy(keeps_exits=False)
    assert network("restore", tmp_path / "all.zip").status == 0
    assert _everything(network) == before
    assert network("ledger", "verify").said["sound"] is True
    assert network("why", left["person"]).said["reason"] == "stopped"
    # New rows get numbers of their own.
    assert network("note", before["people"][1]["person"], "Met in Graz").status == 0


def test_it_is_put_back_into_an_empty_place_alone(network: Goodterms, tmp_path: Path) -> None:
    network("backup", tmp_path / "all.zip")
    answer = network("restore", tmp_path / "all.zip")
    assert answer.status == 1
    assert "There is an owner here already" in answer.messages


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_what_is_no_backup_changes_nothing(goodterms: Goodterms, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    answer = goodterms("restore", tmp_path / "file")
    assert answer.status == 1
    assert "Nothing was changed" in answer.messages


@pytest.mark.parametrize("head", ["", "[]", "{}", '{"form": 1}', "no JSON"])
def test_a_zip_of_something_else_changes_nothing(goodterms: Goodterms, tmp_path: Path, head: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("goodterms-backup.json" if head else "readme.txt", head)
    answer = goodterms("restore", tmp_path / "other.zip")
    assert answer.status == 1
    assert "so it is no backup. Nothing was changed" in answer.messages


def test_a_torn_table_leaves_no_row_behind(network: Goodterms, tmp_path: Path) -> None:
    network("backup", tmp_path / "all.zip")
    torn = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "all.zip") as old, zipfile.ZipFile(torn, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-20] if name == "tables/standing.jsonl" else content)
    (tmp_path / "torn.zip").write_bytes(torn.getvalue())
    _destroy(keeps_exits=True)
    answer = network("restore", tmp_path / "torn.zip")
    assert answer.status == 1
    assert "tables/standing.jsonl" in answer.messages
    assert "There is no owner yet" in network("status").messages


def test_a_path_that_leads_out_of_the_folder_is_refused(network: Goodterms, tmp_path: Path) -> None:
    network("backup", tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip", "a") as archive:
        archive.writestr("journal/../../outside.jsonl", b"x")
    _destroy(keeps_exits=True)
    assert "leads out of the data folder" in network("restore", tmp_path / "all.zip").messages
    assert not (tmp_path / "outside.jsonl").exists()


def test_whoever_begins_anew_keeps_those_out_who_left(network: Goodterms, tmp_path: Path) -> None:
    left = network("people").said["people"][0]
    network("exit", left["person"], "--stop")
    _destroy(keeps_exits=True)
    assert network("init", "--name", "Olga", "--email", "olga@owner.test").status == 0
    named = left["profile"]
    assert network("why", named).said["reason"] == "suppressed"


def test_a_file_of_suppressions_that_stands_here_gets_what_it_lacks_and_nothing_twice(
    network: Goodterms, committed_db: dict[str, str], tmp_path: Path
) -> None:
    home = Path(committed_db["GOODTERMS_HOME"])
    first, second, *_ = network("people").said["people"]
    network("exit", first["person"], "--stop")
    network("backup", tmp_path / "all.zip")
    lines = read_file(home)
    network("exit", second["person"], "--stop")
    _destroy(keeps_exits=True)
    assert network("restore", tmp_path / "all.zip").status == 0
    found = read_file(home)
    assert found[: len(lines)] == lines
    assert len({one.line() for one in found}) == len(found) == count_lines(home)
    assert network("why", second["person"]).said["reason"] == "stopped"


def test_keys_that_are_not_those_of_the_rows_change_nothing(
    network: Goodterms, committed_db: dict[str, str], tmp_path: Path
) -> None:
    home = Path(committed_db["GOODTERMS_HOME"])
    network("backup", tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as old, zipfile.ZipFile(tmp_path / "wrong.zip", "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "keys/token.key":
                content = b"0" * 64 + b"\n"
            new.writestr(member, content)
    _destroy(keeps_exits=False)
    shutil.rmtree(home / "keys")
    answer = network("restore", tmp_path / "wrong.zip")
    assert answer.status == 1
    assert "not those that this database was made with" in answer.messages
    assert not (home / "keys" / "seal.key").exists()
    assert "There is no owner yet" in network("status").messages


def _everything(network: Goodterms) -> dict[str, Any]:
    return {name: network(*name.split()).said for name in ("people", "status", "update list", "terms list")} | {
        "people": network("people").said["people"]
    }


def _destroy(*, keeps_exits: bool) -> None:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415
    from goodterms.backup.actions import destroy_everything  # noqa: PLC0415
    from goodterms.models import Entry, Owner, Person  # noqa: PLC0415

    destroy_everything(doors.open_office(the_owner(), tell=print), keeps_exits=keeps_exits)
    assert not any(model.objects.exists() for model in (Owner, Person, Entry))
