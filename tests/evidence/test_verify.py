"""The check of a dossier: whatever is altered in it is found, and so is what should not have been sent."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from goodterms.evidence.actions import prove
from goodterms.evidence.rules.conduct import misconduct
from goodterms.evidence.rules.findings import Part
from goodterms.evidence.rules.form import signed_bytes, write_json
from goodterms.evidence.rules.verify import verify_dossier
from goodterms.ledger.rules.facts import Entry, Scope
from goodterms.ledger.rules.heads import is_in_time, public_key_of, sign
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.canonical import canonical_json
from tests.evidence.made import BY_MAIL, DAY, fact, make_dossier, make_history
from tests.ledger.made import KEYS, NOON, OTHER_KEYS, record

Path = tuple[str | int, ...]


@pytest.fixture
def written(db: None) -> dict[str, Any]:
    """A dossier as it is read from its file."""
    found: dict[str, Any] = json.loads(make_dossier().json)
    return found


def leaves_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give the places of all values that are no mappings and lists, and of all lists and mappings as well."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from leaves_of(part, (*path, name))


def altered(value: Any) -> list[Any]:
    """Give other values of the same type, and of another."""
    if isinstance(value, str):
        flipped = ("0" if value[:1] != "0" else "1") + value[1:]
        return [flipped, value + " ", value.upper() if value != value.upper() else value + "A", None, 7]
    if isinstance(value, bool) or value is None:
        return [not value, "x"]
    if isinstance(value, int):
        return [value + 1, value - 1, str(value), float(value), True]
    if isinstance(value, list):
        return [value[:-1], [*value, *value[-1:]], value[::-1]]
    return [{}, {**value, "more": 1}]


def put(content: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(content)
    part = changed
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return changed


def forged(content: dict[str, Any]) -> dict[str, Any]:
    """Sign an altered dossier anew, as the holder of the key could."""
    return {**content, "signature": sign(signed_bytes(content), KEYS.seal)}


def said(content: dict[str, Any]) -> list[str]:
    return [str(finding) for finding in verify_dossier(write_json(content)).findings]


def test_every_alteration_of_every_field_is_found(written: dict[str, Any]) -> None:
    for path in leaves_of(written):
        value = written
        for name in path:
            value = value[name]  # type: ignore[index]
        for other in altered(value):
            if other != value or type(other) is not type(value):
                content = json.dumps(put(written, path, other)).encode()
                assert not verify_dossier(content).is_genuine, (path, other)


def test_not_even_the_holder_of_the_key_can_alter_what_was_sealed(written: dict[str, Any]) -> None:
    """Entries, heads and evidence are bound by the tree, whoever signs the dossier."""
    for path in leaves_of(written):
        bound = path[:1] in {("entries",), ("heads",)} or path[-1:] in {("content",), ("sha256",)}
        value = written
        for name in path:
            value = value[name]  # type: ignore[index]
        for other in altered(value) if bound else ():
            is_other = other != value or type(other) is not type(value)
            # Fewer entries or older heads are a dossier as well: it never shows that nothing was left out.
            if is_other and not (path == ("entries",) and len(other) < len(value)):
                content = json.dumps(forged(put(written, path, other))).encode()
                assert not verify_dossier(content).is_genuine, (path, other)


def test_names_that_stand_twice_and_other_numbers_are_refused(written: dict[str, Any]) -> None:
    text = json.dumps(written)
    for old, new in (('"version": 1', '"version": 2, "version": 1'), ('"version": 1', '"version": 1.0')):
        (finding,) = verify_dossier(text.replace(old, new).encode()).findings
        assert finding.part is Part.FILE


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_what_is_no_dossier_is_said_to_be_none(content: bytes) -> None:
    found = verify_dossier(content)
    assert not found.is_genuine
    assert found.public_key is None


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"\\ud800"',
        b'{"a": "\\ud800"}',
        b"9" * 5_000,
        b'{"a": 99999999999999999999}',
    ],
)
def test_a_file_made_to_break_the_check_does_not(content: bytes) -> None:
    assert not verify_dossier(content).is_genuine


@given(st.data())
def test_a_page_altered_anywhere_is_found(page: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(page) - 2))
    changed = page[:at] + bytes([page[at] ^ data.draw(st.integers(1, 127))]) + page[at + 1 :]
    assert not verify_dossier(changed).is_genuine


@pytest.fixture(scope="module")
def page(django_db_setup: None, django_db_blocker: Any) -> bytes:
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_dossier().html
        transaction.set_rollback(True)
    return made


def test_an_altered_page_is_told_from_altered_data(page: bytes) -> None:
    shown = page.replace(b"<h1>Alice", b"<h1>Carol")
    expected = "file: the page: its signature does not hold: what it shows may differ from the data in it"
    assert [str(finding) for finding in verify_dossier(shown).findings] == [expected]
    unsigned = page[: page.rindex(b"<!--")]
    assert [str(finding) for finding in verify_dossier(unsigned).findings] == [expected]


def test_another_key_than_expected_is_named(written: dict[str, Any]) -> None:
    found = verify_dossier(write_json(written), expected_key=public_key_of(OTHER_KEYS.seal))
    (finding,) = found.findings
    assert finding.where == "public_key"


def rewrite(written: dict[str, Any], place: int, **fields: Any) -> dict[str, Any]:
    """Change what an entry says, and leave all else."""
    body = orjson.loads(written["entries"][place]["body"]) | fields
    return forged(put(written, ("entries", place, "body"), canonical_json(body).decode()))


CASES: list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]], str]] = [
    (
        "a body",
        lambda d: rewrite(d, 2, actor="owner"),
        "commitment: entries[2]: body and salt do not hash to the commitment",
    ),
    (
        "a body taken away",
        lambda d: forged(put(put(d, ("entries", 3, "body"), None), ("entries", 3, "salt"), None)),
        "commitment: entries[3]: its body is missing, and nobody was erased",
    ),
    (
        "a salt taken away",
        lambda d: forged(put(d, ("entries", 3, "salt"), None)),
        "commitment: entries[3]: salt and body go together: one of them is missing",
    ),
    (
        "a path",
        lambda d: forged(put(d, ("entries", 4, "path", 0), "0" * 64)),
        "inclusion: entries[4]: it is not shown to be leaf 6 of the ledger",
    ),
    (
        "an order",
        lambda d: forged({**d, "entries": d["entries"][::-1]}),
        "order: entries[1]: it does not come after the one before",
    ),
    (
        "no heads",
        lambda d: forged({**d, "heads": []}),
        "heads: heads: there is none: nothing shows that the entries were sealed",
    ),
    (
        "a head left out",
        lambda d: forged({**d, "heads": [d["heads"][0], d["heads"][2]]}),
        "heads: heads[1]: it is not shown to begin with the one before: what was sealed was altered",
    ),
    (
        "heads in reverse",
        lambda d: forged({**d, "heads": d["heads"][::-1]}),
        "heads: heads[1]: it does not cover more than the one before",
    ),
    (
        "an artefact not listed",
        lambda d: forged({**d, "artefacts": d["artefacts"][:1]}),
        f"artefact: {'ab' * 32}: an entry names it as evidence; it is not listed",
    ),
    (
        "another person's number",
        lambda d: forged(put(d, ("person", "numbers"), [10**9])),
        "commitment: entries[2]: it is about somebody else",
    ),
    (
        "another owner",
        lambda d: forged(put(d, ("owner", "uid"), "0" * 32)),
        "commitment: entries[0]: it is of another owner's ledger",
    ),
]


@pytest.mark.parametrize(("alter", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_findings_say_what_is_wrong_and_where(
    written: dict[str, Any], alter: Callable[[dict[str, Any]], dict[str, Any]], expected: str
) -> None:
    assert expected in said(alter(written))


def test_a_backdated_entry_does_not_fit_the_heads() -> None:
    """An entry that says it was recorded before a head which lacks it came too late."""
    assert is_in_time(NOON, None, NOON)
    assert is_in_time(NOON, NOON, NOON + DAY)
    assert not is_in_time(NOON, NOON + DAY, NOON + 2 * DAY)
    assert not is_in_time(NOON + DAY, None, NOON)


# Conduct


def history(*kinds: Kind | tuple[Kind, int] | tuple[Kind, int, int], scope: Scope = BY_MAIL) -> list[Entry]:
    """Give entries a day after each other; a kind may come with the days it occurred and was recorded."""
    entries = []
    for place, told in enumerate(kinds):
        kind, occurred, recorded = (*told, told[1])[:3] if isinstance(told, tuple) else (told, place, place)
        entries.append(
            Entry(
                id=place,
                kind=kind,
                occurred_at=NOON + occurred * DAY,
                recorded_at=NOON + recorded * DAY,
                actor=Actor.SYSTEM,
                person=1,
                scope=scope if kind in {Kind.UPDATE_ACCEPTED, Kind.STOPPED} else Scope(),
                detail=_DETAILS.get(kind, {}),
            )
        )
    return entries


_DETAILS: dict[Kind, dict[str, Any]] = {
    Kind.CONNECTION_SEEN: {"connected_on": "2026-04-20"},
    Kind.TERMS_IN_FORCE: {"place": "profile"},
}
SEEN, SENT, STOPPED, LEFT = Kind.CONNECTION_SEEN, Kind.UPDATE_ACCEPTED, Kind.STOPPED, Kind.LEFT


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (history(SEEN, SENT), []),
        (history(SENT), ["without a basis"]),
        (history(SENT, SEEN), ["without a basis"]),
        (history(SEEN, SENT, STOPPED), []),
        (history(SEEN, STOPPED, SENT), ["already recorded"]),
        (history(SEEN, LEFT, SENT, SENT), ["already recorded", "already recorded"]),
        (history(SEEN, Kind.COMPLAINED, Kind.OPT_IN_CONFIRMED, SENT), ["already recorded"]),
        (history(SEEN, STOPPED, Kind.OPT_IN_CONFIRMED, SENT), []),
        (history(SEEN, LEFT, Kind.OPT_IN_CONFIRMED, SENT), []),
        (history(SEEN, LEFT, Kind.OPT_IN_GIVEN, SENT), ["already recorded"]),
        (history(SEEN, Kind.OPT_IN_CONFIRMED, STOPPED, SENT), ["already recorded"]),
        (history(SEEN, SENT, (STOPPED, 0, 5)), ["recorded only 2026-05-06"]),
        (history(SEEN, (SENT, 2), (STOPPED, 9, 1)), ["recorded"]),
        (history(SEEN, LEFT, Kind.WELCOME_SENT), ["already recorded"]),
        (history(SEEN, Kind.ERASED, Kind.UPDATE_CONFIRMED), ["already recorded"]),
    ],
)
def test_messages_against_exits_or_without_a_basis_are_found(entries: list[Entry], expected: list[str]) -> None:
    found = [finding.what for finding in misconduct(entries)]
    assert len(found) == len(expected)
    for what, part in zip(found, expected, strict=True):
        assert part in what


def test_a_stop_for_one_vehicle_leaves_the_others() -> None:
    by_hand = Scope(vehicles=frozenset({Vehicle.LINKEDIN}), purposes=frozenset({Purpose.NETWORKING}))
    entries = history(SEEN, STOPPED) + history(SEEN, SEEN, SENT, scope=by_hand)[2:]
    assert list(misconduct(entries)) == []


def test_commercial_messages_need_a_confirmed_opt_in() -> None:
    commercial = Scope(vehicles=frozenset({Vehicle.EMAIL}), purposes=frozenset({Purpose.COMMERCIAL}))
    (found,) = misconduct(history(SEEN, SENT, scope=commercial))
    assert "without a confirmed opt-in" in found.what
    assert list(misconduct(history(SEEN, Kind.OPT_IN_CONFIRMED, SENT, scope=commercial))) == []


def reconnected(day: str) -> Entry:
    (entry,) = history((SEEN, 9))
    return Entry(**{**entry.__dict__, "id": 9, "detail": {"connected_on": day}})


def test_whoever_left_is_back_by_a_new_connection_under_the_terms() -> None:
    """The connection made on 10 May is new; that of 20 April is the one they left."""
    before = [*history(Kind.TERMS_IN_FORCE, SEEN, LEFT)]
    (sent,) = history((SENT, 20))
    sent = Entry(**{**sent.__dict__, "id": 10})
    assert list(misconduct([*before, reconnected("2026-05-10"), sent])) == []
    assert len(list(misconduct([*before, reconnected("2026-04-20"), sent]))) == 1
    assert len(list(misconduct([*before[1:], reconnected("2026-05-10"), sent]))) == 1


def test_what_an_undone_export_told_is_no_basis() -> None:
    (connection, undone, sent) = history(SEEN, Kind.EXPORT_UNDONE, SENT)
    connection = Entry(**{**connection.__dict__, "source": 3})
    undone = Entry(**{**undone.__dict__, "detail": {"export": 3}})
    (found,) = misconduct([connection, undone, sent])
    assert "without a basis" in found.what


def test_conduct_leaves_a_dossier_genuine(db: None) -> None:
    owner, alice = make_history()
    late: datetime = NOON + 4 * DAY
    record(owner, [fact(Kind.UPDATE_ACCEPTED, late, alice, scope=BY_MAIL)], now=late)
    dossier = prove(owner, KEYS, alice, now=NOON + 5 * DAY)
    found = verify_dossier(dossier.json)
    assert found.is_genuine
    assert not found.is_clean
    assert [finding.part for finding in found.findings] == [Part.CONDUCT]
    assert "1 message(s) went out against it: leaf 8." in dossier.html.decode()
