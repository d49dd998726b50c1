"""Making dossiers: all about one person, nothing about anybody else."""

import json
from hashlib import sha256
from typing import Any

import orjson
import pytest

from goodterms.artefacts.models import Artefact
from goodterms.evidence.actions import NothingToProve, prove
from goodterms.evidence.rules import claims
from goodterms.evidence.rules.verify import verify_dossier
from goodterms.ledger.models import Payload
from goodterms.ledger.rules.heads import name_of_key, public_key_of
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.people.models import Identity
from tests.evidence.made import DAY, ROW, fact, keep, make_dossier, make_history
from tests.ledger.made import KEYS, NOON, OTHER_KEYS, make_owner, make_person, record, seen

pytestmark = pytest.mark.django_db


def kinds_of(content: Any) -> list[str]:
    return [orjson.loads(entry["body"])["kind"] for entry in content["entries"] if entry["body"]]


def test_a_dossier_has_the_whole_story_and_what_it_rests_on() -> None:
    dossier = make_dossier()
    assert kinds_of(dossier.content) == [
        "terms_in_force", "export_imported", "connection_seen", "welcome_sent", "update_accepted", "stopped",
    ]  # fmt: skip
    assert [head["size"] for head in dossier.content["heads"]] == [5, 7, 8]
    shown, withheld = sorted(dossier.content["artefacts"], key=lambda found: found["content"] is None)
    assert (shown["sha256"], shown["content"]) == (sha256(ROW).hexdigest(), ROW.decode())
    assert (withheld["sha256"], withheld["withheld"]) == ("ab" * 32, claims.NOT_KEPT)
    (delivery,) = dossier.content["deliveries"]
    assert (delivery["message_id"], delivery["state"]) == ("<1@owner.test>", "accepted")


def test_a_dossier_verifies_as_json_and_as_a_page() -> None:
    dossier = make_dossier()
    for content in (dossier.json, dossier.html, json.dumps(json.loads(dossier.json)).encode()):
        found = verify_dossier(content, expected_key=public_key_of(KEYS.seal))
        assert found.findings == ()
        assert found.is_clean
        assert (found.fingerprint, found.entries, found.messages) == (
            name_of_key(public_key_of(KEYS.seal)),
            6,
            2,
        )


def test_the_page_holds_the_very_same_json_and_nothing_from_elsewhere() -> None:
    dossier = make_dossier()
    page = dossier.html
    assert dossier.json in page
    for forbidden in (b"http://", b"src=", b"@import", b"url(", b"onclick", b"<script>"):
        assert forbidden not in page
    assert page.count(b"<script") == 1


def test_the_page_tells_the_story_and_claims_no_more() -> None:
    page = make_dossier().html.decode()
    assert "Alice Example" in page
    assert "connection (courtesy basis), made while the terms stood" in page
    assert "Recorded 2026-05-04 12:00:00 UTC; no message shown here went out against it." in page
    assert "Example &amp; Co,&quot;Baker &lt;chief&gt;&quot;" in page
    assert claims.DOES_NOT_SHOW[1] in page
    for word in ("compliant", "consent"):
        assert word not in page.lower()


def test_nothing_about_anybody_else_is_in_it() -> None:
    owner, alice = make_history()
    digest = keep(owner, None, b"Bob,Example,bob@example.test")
    record(owner, [fact(Kind.EXCHANGE_SEEN, NOON, alice, evidence=(digest,))], now=NOON + 4 * DAY)
    dossier = prove(owner, KEYS, alice, now=NOON + 5 * DAY)
    assert b"Bob" not in dossier.html + dossier.json
    (withheld,) = [found for found in dossier.content["artefacts"] if found["sha256"] == digest]
    assert (withheld["content"], withheld["withheld"]) == (None, claims.ABOUT_OTHERS)
    assert verify_dossier(dossier.json).is_clean


def test_whoever_was_found_to_be_the_same_person_is_in_it() -> None:
    owner, alice = make_history()
    twin = make_person(owner, "Alicia", merged_into=alice)
    record(owner, [fact(Kind.LEFT, NOON, twin, actor=Actor.PERSON)])
    for asked in (alice, twin):
        dossier = prove(owner, KEYS, asked, now=NOON + 5 * DAY)
        assert dossier.content["person"]["numbers"] == sorted([alice.pk, twin.pk])
        assert "left" in kinds_of(dossier.content)


def test_of_an_erased_person_the_commitments_remain() -> None:
    owner, alice = make_history()
    erased_at = NOON + 4 * DAY
    record(owner, [fact(Kind.ERASED, erased_at, alice)], now=erased_at)
    Payload.objects.filter(person=alice).exclude(entry__kind=Kind.ERASED).delete()
    Artefact.objects.filter(person=alice).update(content=None)
    Identity.objects.filter(person=alice).delete()
    alice.first_name, alice.last_name, alice.erased_at = "", "", erased_at
    alice.save()
    dossier = prove(owner, KEYS, alice, now=NOON + 5 * DAY)
    assert kinds_of(dossier.content) == ["terms_in_force", "erased"]
    assert sum(entry["body"] is None for entry in dossier.content["entries"]) == 4
    assert b"Alice" not in dossier.html
    assert "4 earlier entries remain as commitments" in dossier.html.decode()
    assert verify_dossier(dossier.html).is_clean


def test_an_empty_ledger_proves_nothing() -> None:
    owner = make_owner()
    with pytest.raises(NothingToProve, match="holds nothing yet"):
        prove(owner, KEYS, make_person(owner), now=NOON)


def test_a_ledger_sealed_with_another_key_before_says_so() -> None:
    owner, alice = make_history()
    prove(owner, OTHER_KEYS, alice, now=NOON + 4 * DAY)
    record(owner, seen(alice))
    found = verify_dossier(prove(owner, KEYS, alice, now=NOON + 5 * DAY).json)
    assert "heads: heads[2]: it was signed with another key than the dossier" in map(str, found.findings)
    assert not found.is_genuine
