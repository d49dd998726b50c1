"""The inbox: mail in files is obeyed at once, complaints are answered, connections to break are seen gone."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, BOB


def _mail(sender: str, words: str) -> SimpleUploadedFile:
    raw = f"From: <{sender}>\nTo: olga@owner.test\nMessage-ID: <{len(words)}@x.test>\n\n{words}"
    return SimpleUploadedFile("mail.eml", raw.encode())


def test_mail_in_files_is_obeyed_at_once(network: Goodterms, visitor: Client) -> None:
    said = visitor.post("/inbox/upload/", {"files": [_mail(BOB.email, "Please unsubscribe me.")]}).content.decode()
    assert "no more updates" in said
    assert network("why", BOB.slug).said["reason"] == "stopped"
    assert "Bob Birch" in visitor.get("/inbox/?kind=exit_stop").content.decode()
    again = visitor.post("/inbox/upload/", {"files": [_mail(BOB.email, "Please unsubscribe me.")]}).content.decode()
    assert '<span class="number">0</span> messages were new' in again
    assert visitor.post("/inbox/upload/").status_code == 422


def test_words_that_came_by_mail_stay_words(network: Goodterms, visitor: Client) -> None:
    visitor.post(
        "/inbox/upload/", {"files": [_mail(ALICE.email, "Please cancel our call. <img src=x onerror=alert(1)>")]}
    )
    page = visitor.get("/inbox/decide/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_complaint_is_an_exit_and_has_its_reply(network: Goodterms, visitor: Client) -> None:
    said = {"person": ALICE.email, "source": "linkedin", "ticket": "LI-7", "words": "Spam!", "cause": "An old address."}
    case = visitor.post("/inbox/complaints/add/", said)["Location"]
    assert network("why", ALICE.slug).said["reason"] == "complained"
    page = visitor.get(case).content.decode()
    assert "Your reference: LI-7" in page
    assert "An old address." in page
    visitor.post(f"{case}replied/")
    assert network("complaint", "list", "--unanswered").said["complaints"] == []
    unknown = visitor.post("/inbox/complaints/add/", said | {"person": "nobody@away.test"}).content.decode()
    assert "Nobody is known by this" in unknown


def test_whoever_wants_to_leave_stays_listed_until_an_archive_shows_it(network: Goodterms, visitor: Client) -> None:
    network("exit", BOB.slug, "--leave")
    page = visitor.get("/inbox/leaving/").content.decode()
    assert BOB.url in page
    number = network("why", BOB.slug).said["person"]
    visitor.post(f"/inbox/leaving/{number}/done/")
    assert "the next archive shows it" in visitor.get("/inbox/leaving/").content.decode()


def test_the_mailbox_is_checked_only_where_there_is_one(network: Goodterms, visitor: Client) -> None:
    answer = visitor.post("/inbox/check/")
    assert answer.status_code == 422
    assert "No mailbox to read is set" in answer.content.decode()
    assert "Set up your mailbox" in visitor.get("/inbox/").content.decode()
