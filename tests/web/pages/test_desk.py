"""The desk: never a text for somebody who may not get it, and who may do what there."""

from pathlib import Path

import pytest
from django.test import Client

from tests.cli.conftest import Goodterms


def test_the_text_is_shown_only_while_the_decision_says_send(network: Goodterms, visitor: Client, update: str) -> None:
    page = visitor.get(f"/desk/{update}/").content.decode()
    assert 'rel="noopener noreferrer"' in page
    name = next(one for one in ("Alice", "Bob", "Eve", "Fay") if f"Hello {one}" in page)
    person = {"Alice": "alice-arden", "Bob": "bob-birch", "Eve": "eve-elm", "Fay": "fay-fir"}[name]
    network("exit", person, "--leave")
    assert f"Hello {name}" not in visitor.get(f"/desk/{update}/").content.decode()


def test_somebody_who_left_since_the_page_was_shown_is_not_marked(
    network: Goodterms, visitor: Client, update: str
) -> None:
    number = network("why", "eve-elm").said["person"]
    network("exit", "eve-elm", "--stop")
    refused = visitor.post(f"/desk/{update}/sent/{number}/")
    assert refused.status_code == 422
    assert "asked for no more updates" in refused.content.decode()
    assert network("desk", "list").said["sent"] == []


def test_the_allowance_of_the_day_can_be_stretched_knowingly(
    network: Goodterms, visitor: Client, update: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook = tmp_path / "rules.toml"
    rulebook.write_text("[by_hand]\nmessages_a_day = 1\n")
    monkeypatch.setenv("GOODTERMS_RULEBOOK", str(rulebook))
    number = network("why", "eve-elm").said["person"]
    visitor.post(f"/desk/{update}/sent/{number}/")
    assert "That is enough for today" in visitor.get(f"/desk/{update}/").content.decode()
    assert "Copy and open profile" in visitor.get(f"/desk/{update}/?more=11").content.decode()


def test_a_note_stays_with_the_person(network: Goodterms, visitor: Client, update: str) -> None:
    number = network("why", "eve-elm").said["person"]
    visitor.post(f"/desk/{update}/note/{number}/", {"text": "Met in Lisbon"})
    assert [note["text"] for note in network("tie", "eve-elm").said["ties"][0]["notes"]] == ["Met in Lisbon"]


def test_what_was_marked_in_error_is_put_right(network: Goodterms, visitor: Client, update: str) -> None:
    number = network("why", "eve-elm").said["person"]
    visitor.post(f"/desk/{update}/sent/{number}/")
    page = visitor.get("/desk/sent/").content.decode()
    assert "Eve Elm" in page
    address = page.partition('action="/desk/not-sent/')[2].partition('"')[0]
    visitor.post(f"/desk/not-sent/{address}")
    assert network("desk", "list").said["sent"] == []
    assert visitor.post(f"/desk/not-sent/{address}").status_code == 404
