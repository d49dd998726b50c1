"""The owner's keys: made once, read back, and nothing is done with wrong ones."""

from pathlib import Path

import pytest

from goodterms.accounts.keys import KeysWrong, make_keys, read_keys


def test_keys_are_made_once_and_only_for_their_user(tmp_path: Path) -> None:
    made = make_keys(tmp_path / "keys")

    assert make_keys(tmp_path / "keys").fingerprint == made.fingerprint == read_keys(tmp_path / "keys").fingerprint
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "keys").iterdir()] == [0, 0, 0]
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_no_two_installations_have_the_same_keys(tmp_path: Path) -> None:
    one, other = make_keys(tmp_path / "one"), make_keys(tmp_path / "other")

    assert one.fingerprint != other.fingerprint
    assert len({one.identity, one.token, other.identity, other.token}) == 4


def test_the_fingerprint_tells_no_key(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    assert keys.identity.hex() not in keys.fingerprint
    assert keys.token.hex() not in keys.fingerprint


@pytest.mark.parametrize("name", ["identity", "token", "seal"])
def test_a_key_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    make_keys(tmp_path)
    (tmp_path / f"{name}.key").unlink()

    with pytest.raises(KeysWrong, match=rf"{name}\.key is missing\. Nothing was done"):
        read_keys(tmp_path)


@pytest.mark.parametrize("content", ["", "no key", "ab" * 31, "ab" * 33, "é" * 64])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    make_keys(tmp_path)
    (tmp_path / "identity.key").write_text(content, encoding="utf-8")

    with pytest.raises(KeysWrong, match=r"identity\.key is no key.*Nothing was done"):
        read_keys(tmp_path)


@pytest.mark.parametrize("name", ["identity", "token", "seal"])
def test_keys_of_another_database_are_refused(tmp_path: Path, name: str) -> None:
    expected = make_keys(tmp_path).fingerprint
    (tmp_path / f"{name}.key").write_text("cd" * 32, encoding="ascii")

    with pytest.raises(KeysWrong, match="not those that this database was made with"):
        read_keys(tmp_path, expected)
