"""Updates by hand and eye: drafts, whom they may go to by name, test copies that leave no trace, sending."""

import re
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.test import Client

from tests.cli.conftest import Goodterms
from tests.servers.mail import Fault, MailServer, Stage


def test_a_draft_is_saved_as_one_writes_and_nothing_is_overwritten(network: Goodterms, visitor: Client) -> None:
    address = visitor.post("/updates/new/")["Location"]
    said = {"subject": "News", "body": "Hello {{ first_name }}\r\n\r\nI moved.", "purpose": "networking", "version": 1}

    beside = visitor.post(f"{address}save/", said, headers={"HX-Request": "true"}).content.decode()

    assert "As Alice Arden gets it" in beside
    assert 'name="version" value="2"' in beside
    assert "I moved." in visitor.get(address).content.decode()
    other = visitor.post(f"{address}save/", {**said, "body": "Other"}, headers={"HX-Request": "true"})
    assert other.status_code == 422
    assert "Nothing was overwritten" in other.content.decode()
    assert "I moved." in visitor.get(address).content.decode()


def test_a_draft_that_was_put_away_comes_back(network: Goodterms, visitor: Client) -> None:
    address = visitor.post("/updates/new/")["Location"]
    listed = visitor.post(f"{address}discard/")["Location"]
    assert visitor.get(address).status_code == 404
    assert "was put away" in visitor.get(listed).content.decode()
    assert visitor.post(f"{address}restore/")["Location"] == address
    assert visitor.get(address).status_code == 200


def test_findings_name_their_place_as_a_browser_counts_it(network: Goodterms, visitor: Client) -> None:
    address = visitor.post("/updates/new/")["Location"]
    body = "🎉 I moved.\n\nBuy now my book for $20."
    said = {"subject": "News", "body": body, "purpose": "networking", "version": 1}

    beside = visitor.post(f"{address}save/", said, headers={"HX-Request": "true"}).content.decode()

    start = len(body[: body.index("Buy")].encode("utf-16-le")) // 2
    assert f'data-select="#id_body" data-from="{start}" data-to="{start + 3}"' in beside


def test_the_text_of_an_update_is_that_of_the_draft(network: Goodterms, visitor: Client) -> None:
    address = visitor.post("/updates/new/")["Location"]
    said = {"subject": "News", "body": "Hello {{ first_name }}, I moved.", "purpose": "networking", "version": 1}

    added = visitor.post(f"{address}add/", said)["Location"]

    page = visitor.get(added).content.decode()
    assert "3 people" in page.replace('<span class="number">', "").replace("</span>", "")
    assert visitor.get(address).status_code == 404
    assert network("update", "list").said["updates"][0]["subject"] == "News"


def test_what_can_not_be_sent_is_not_added(network: Goodterms, visitor: Client) -> None:
    address = visitor.post("/updates/new/")["Location"]
    said = {"subject": "News", "body": "Hello {{ firstname }}", "purpose": "networking", "version": 1}
    refused = visitor.post(f"{address}add/", said)
    assert refused.status_code == 422
    assert "did you mean first_name?" in refused.content.decode()
    assert visitor.get(address).status_code == 200


def test_every_count_has_its_people_by_name(network: Goodterms, visitor: Client, update: str) -> None:
    def names(address: str) -> list[str]:
        page = visitor.get(f"/updates/{update}/people/{address}").content.decode()
        return [one for one in ("Alice", "Bob", "Carol", "Dave", "Eve", "Fay") if one in page]

    assert names("email/send/") == ["Alice", "Bob", "Fay"]
    assert names("linkedin/send/") == ["Alice", "Bob", "Eve", "Fay"]
    assert names("email/hold/?reason=welcome_due") == ["Carol"]
    assert names("email/hold/?reason=connected_before_terms") == ["Dave"]
    assert names("email/refuse/?reason=no_address") == ["Eve"]
    network("desk", "sent", update, "bob-birch")
    assert names("linkedin/refuse/?reason=already_sent") == ["Bob"]
    assert names("email/send/") == ["Alice", "Fay"]
    assert visitor.get(f"/updates/{update}/people/post/send/").status_code == 404


def test_a_copy_is_shown_in_a_frame_that_loads_nothing(network: Goodterms, visitor: Client, update: str) -> None:
    answer = visitor.get(f"/updates/{update}/copy/?as={_somebody(network)}")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_test_copy_goes_to_oneself_and_leaves_no_trace(
    network: Goodterms, visitor: Client, update: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    entries = network("ledger", "verify").said

    visitor.post(f"/updates/{update}/test/", {"as": str(_somebody(network))})

    [mail] = mail_server.received
    assert mail.receivers == ("olga@owner.test",)
    text = mail.content.decode()
    assert "Subject: [Test] News" in text
    assert "Hello " in text
    assert network("update", "list").said["updates"][0]["copies"] == {}
    assert network("ledger", "verify").said == entries


@pytest.mark.parametrize("address", ["/updates/", "/desk/", "/inbox/", "/inbox/decide/", "/inbox/leaving/"])
def test_pages_say_what_to_do_where_there_is_nothing(owner: Goodterms, visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_a_long_list_costs_no_more_queries(
    network: Goodterms, visitor: Client, django_assert_max_num_queries: Callable[..., Any], update: str
) -> None:
    for number in range(12):
        visitor.post(f"/updates/{update}/again/")
        visitor.post(
            f"/updates/drafts/{number + 1}/add/",
            {"subject": f"News {number}", "body": "I moved again.", "purpose": "networking", "version": 1},
        )
    with django_assert_max_num_queries(25):
        assert "News 11" in visitor.get("/updates/").content.decode()
    with django_assert_max_num_queries(35):
        visitor.get(f"/updates/{update}/")


def test_a_forecast_is_drawn_beside_the_pages(network: Goodterms, visitor: Client, update: str) -> None:
    address = f"/updates/{update}/forecast/email/"
    page = visitor.get(address, headers={"HX-Request": "true"}).content.decode()
    for _ in range(600):
        if "Being drawn" not in page:
            break
        Event().wait(0.1)
        page = visitor.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "complaint" in page
    assert "<svg" in page
    assert visitor.get(f"/updates/{update}/forecast/post/").status_code == 404


def test_a_held_update_goes_to_all_once_somebody_says_why(network: Goodterms, visitor: Client, update: str) -> None:
    from goodterms.forecast.queries import acceptance_of  # noqa: PLC0415 -- needs Django set up
    from goodterms.updates.models import Update  # noqa: PLC0415

    one, address = Update.objects.get(pk=update), f"/updates/{update}/forecast/email/accept/"
    assert visitor.post(address, {"text": " "}).status_code == 422
    assert acceptance_of(one.owner, one) is None
    assert visitor.post(address, {"text": "They all know me."})["Location"] == f"/updates/{update}/"
    assert acceptance_of(one.owner, one) == "They all know me."
    assert visitor.post(f"/updates/{update}/forecast/post/accept/", {"text": "x"}).status_code == 404


def test_sending_is_left_to_the_workers_and_can_be_paused_and_called_off(
    network: Goodterms, visitor: Client, update: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    page = f"/updates/{update}/"

    assert "Send to" in visitor.get(f"{page}send/").content.decode()
    assert mail_server.received == []
    visitor.post(f"{page}send/")
    assert "Begins in a moment" in visitor.get(page).content.decode()
    visitor.post(f"{page}pause/")
    assert "Paused" in visitor.get(page).content.decode()
    network("work", "--once", GOODTERMS_SMTP_URL=mail_server.url)
    assert mail_server.received == []
    visitor.post(f"{page}cancel/")
    network("work", "--once", GOODTERMS_SMTP_URL=mail_server.url)
    assert "Called off" in visitor.get(page).content.decode()
    assert mail_server.received == []
    visitor.post(f"{page}send/")
    network("work", "--once", GOODTERMS_SMTP_URL=mail_server.url)
    assert len(mail_server.received) == 3
    assert "got it" in visitor.get(f"{page}progress/", headers={"HX-Request": "true"}).content.decode()
    assert "Alice" in visitor.get(f"{page}copies/got/").content.decode()


def test_an_update_can_wait_for_its_time(
    network: Goodterms, visitor: Client, update: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    page = f"/updates/{update}/"

    for at in ("2020-01-01T10:00", "2126-02-30T10:00", "tomorrow"):
        refused = visitor.post(f"{page}send/", {"at": at})
        assert refused.status_code == 422
        assert "is no moment to come" in refused.content.decode()
    visitor.post(f"{page}send/", {"at": "2126-01-01T10:00"})
    network("work", "--once", GOODTERMS_SMTP_URL=mail_server.url)
    assert "To be sent" in visitor.get(page).content.decode()
    assert mail_server.received == []
    visitor.post(f"{page}resume/")
    network("work", "--once", GOODTERMS_SMTP_URL=mail_server.url)
    assert len(mail_server.received) == 3


def test_what_reads_mixed_is_explained_before_it_is_sent(
    network: Goodterms, visitor: Client, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    address = visitor.post("/updates/new/")["Location"]
    news = "I moved to the harbour and I weave again. I spent the summer at my loom. I met Ana. I love it here.\n\n"
    said = {"subject": "News", "body": f"{news * 3}Buy my book.", "purpose": "networking", "version": 1}
    page = visitor.post(f"{address}add/", said)["Location"]

    assert "say in a sentence why it is networking" in visitor.get(page).content.decode()
    assert visitor.get(f"{page}send/")["Location"] == page
    visitor.post(f"{page}explain/", {"text": "It is news of my work."})
    assert "You said: “It is news of my work.”" in visitor.get(page).content.decode()
    assert "Send to" in visitor.get(f"{page}send/").content.decode()


def test_a_copy_that_nobody_knows_of_is_settled_by_the_owner(
    network: Goodterms, visitor: Client, update: str, mail_server: MailServer
) -> None:
    mail_server.faults.append(Fault(Stage.CONTENT, closes=True, times=1))
    network("send", update, "--vehicle", "email", GOODTERMS_SMTP_URL=mail_server.url)
    [copy] = network("unknown").said["unknown"]
    page = visitor.get(f"/updates/{update}/copies/unknown/").content.decode()
    assert copy["name"] in page
    number = re.search(rf"/updates/{update}/resolve/(\d+)/", page)
    assert number
    visitor.post(number[0], {"as": "accepted"})
    assert network("unknown").said["unknown"] == []


def _somebody(network: Goodterms) -> int:
    return int(network("people").said["people"][0]["person"])
