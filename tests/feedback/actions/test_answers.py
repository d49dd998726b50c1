"""An answer leaves at most once, to a person, and only while it is still right."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from goodterms.artefacts.models import Artefact
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import Answered, Letter
from goodterms.erasure.actions import erase
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.actions.answers import send_answers
from goodterms.feedback.actions.choices import choose
from goodterms.feedback.actions.opt_ins import page_token
from goodterms.feedback.letters import confirming_words, exit_words, languages
from goodterms.feedback.models import Answer
from goodterms.feedback.parsers.assent import Assent, assent_in
from goodterms.feedback.parsers.exit_words import exit_in
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from tests.delivery.network import FAST
from tests.feedback.postman import Postman, answer, complaint
from tests.servers.mail import Fault, Mail, MailServer, Stage


@pytest.fixture(autouse=True)
def _wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODTERMS_CONFIRM_EXITS", "yes")
    monkeypatch.setenv("GOODTERMS_AUTHSERV_ID", "mx.owner.test")


@pytest.fixture
def bob(postman: Postman) -> Person:
    (bob,) = postman.network.add("bob")
    return bob


def send(postman: Postman, server: MailServer, **more: str) -> Counter[str]:
    transport = SmtpTransport(read_server(server.url), timeouts=FAST)
    return send_answers(postman.office, transport, clock=postman.network.clock, **more)


def asks_for_mail(postman: Postman, person: Person, address: str = "bob@home.test") -> None:
    token = page_token(postman.office, person)
    choose(postman.office, token, PersonsChoice.EMAIL, address=address, now=postman.network.clock())


def told(server: MailServer) -> list[tuple[tuple[str, ...], str]]:
    return [(mail.receivers, str(mail.message["Subject"])) for mail in server.received]


def test_an_exit_by_mail_is_confirmed_once(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    postman.read(answer("stop", Message_ID="<m1@people.test>"), answer("STOP!!!"), answer("please remove me"))

    assert send(postman, mail_server) == Counter(sent=1)
    assert send(postman, mail_server) == Counter()
    (mail,) = mail_server.received
    assert mail.receivers == ("bob@people.test",)
    headers = {name: str(mail.message[name]) for name in ("Auto-Submitted", "In-Reply-To", "References", "From")}
    assert headers == {
        "Auto-Submitted": "auto-replied",
        "In-Reply-To": "<m1@people.test>",
        "References": "<m1@people.test>",
        "From": "Ann <ann@owner.test>",
    }
    assert "you get no more updates from me" in mail.message.get_content()
    entry = entries_of(postman.office.owner, [bob.pk])[-1]
    assert (entry.kind, entry.evidence) == (Kind.ANSWERED, (Answer.objects.get().sha256,))
    kept = Artefact.objects.get(sha256=entry.evidence[0])
    assert (kept.person, kept.kind) == (bob, "answer")


def test_it_is_in_the_language_of_the_words(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    postman.read(answer("Bitte keine weiteren Mails mehr, danke."))
    send(postman, mail_server)

    assert told(mail_server) == [(("bob@people.test",), "Du bekommst keine Neuigkeiten mehr")]


def test_nothing_is_answered_unless_the_owner_wants_it(
    postman: Postman, bob: Person, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOODTERMS_CONFIRM_EXITS")
    postman.read(answer("stop"))

    assert send(postman, mail_server) == Counter()
    assert told(mail_server) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk"},
        {"List_Id": "<news.people.test>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "All"},
        {"sender": "no-reply@people.test"},
    ],
)
def test_machines_and_lists_are_never_answered(
    postman: Postman, mail_server: MailServer, headers: dict[str, str]
) -> None:
    person, copy = postman.add_and_send("bob")
    token = copy.message_id.strip("<>").partition("@")[0]
    assert person
    postman.read(answer("stop", to=f"<{token}@owner.test>", **headers))

    assert send(postman, mail_server) == Counter()


def test_whoever_reports_spam_is_not_answered(postman: Postman, mail_server: MailServer) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer("stop"), complaint(copy.message_id))

    assert send(postman, mail_server) == Counter(refused=1)
    assert told(mail_server) == []
    assert bob


def test_whoever_opted_in_again_and_leaves_again_hears_again(
    postman: Postman, bob: Person, mail_server: MailServer
) -> None:
    postman.read(answer("stop"))
    send(postman, mail_server)
    choose(postman.office, page_token(postman.office, bob), PersonsChoice.LINKEDIN, now=postman.network.clock())
    postman.read(answer("stop now"), answer("stop, I said"))
    send(postman, mail_server)

    assert len(mail_server.received) == 2


def confirm_token_in(mail: Mail) -> str:
    return str(mail.message.get_content()).partition("?subject=confirm%20")[2].split()[0]


def test_the_request_to_confirm_holds_every_way_to_do_so(
    postman: Postman, bob: Person, mail_server: MailServer
) -> None:
    asks_for_mail(postman, bob)
    send(postman, mail_server, public_url="https://ann.test/", reply_address="in@owner.test")
    (mail,) = mail_server.received
    token = confirm_token_in(mail)
    text = str(mail.message.get_content()).replace("\r\n", "\n")

    assert mail.receivers == ("bob@home.test",)
    assert f"https://ann.test/x/{token}\n" in text
    assert f"mailto:in@owner.test?subject=confirm%20{token}\n" in text
    assert entries_of(postman.office.owner, [bob.pk])[-1].kind is Kind.OPT_IN_ASKED
    postman.read(answer("yes", to=str(mail.message["Message-ID"]), sender="bob@home.test"))
    assert Kind.OPT_IN_CONFIRMED in [entry.kind for entry in entries_of(postman.office.owner, [bob.pk])][3:]


@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.LEFT, Kind.COMPLAINED])
def test_nobody_is_asked_to_confirm_what_they_took_back(
    postman: Postman, bob: Person, mail_server: MailServer, kind: Kind
) -> None:
    asks_for_mail(postman, bob)
    take_exit(postman.office, bob, kind, at=postman.network.clock(), now=postman.network.clock())

    assert send(postman, mail_server) == Counter(refused=1)
    assert told(mail_server) == []


def test_nobody_erased_is_answered(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    asks_for_mail(postman, bob)
    postman.read(answer("stop"))
    erase(postman.office, bob, now=postman.network.clock())

    assert send(postman, mail_server) == Counter(refused=2)
    assert told(mail_server) == []


def test_after_a_week_it_is_too_late(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    postman.read(answer("stop"))
    postman.network.clock.now += timedelta(days=8)

    assert send(postman, mail_server) == Counter(refused=1)


class _Crash(BaseException):
    pass


class _Crashing:
    """A transport in which the machine stops, before or after the bytes left."""

    window = 1

    def __init__(self) -> None:
        self.carried: list[Letter] = []

    def open(self) -> None:
        pass

    def carry(self, letters: Iterable[Letter]) -> Iterator[list[Answered]]:
        self.carried += letters
        yield from self._crash()

    @staticmethod
    def _crash() -> Iterator[list[Answered]]:
        raise _Crash

    def close(self) -> None:
        pass


def test_after_a_crash_it_is_not_sent_again(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    postman.read(answer("stop"))
    crashing = _Crashing()
    with pytest.raises(_Crash):
        send_answers(postman.office, crashing, clock=postman.network.clock)

    assert len(crashing.carried) == 1
    assert send(postman, mail_server) == Counter()
    assert Answer.objects.get().state == Answer.State.BEGUN
    assert told(mail_server) == []


def test_what_a_server_does_not_take_yet_waits(postman: Postman, bob: Person, mail_server: MailServer) -> None:
    postman.read(answer("stop"))
    mail_server.faults.append(Fault(Stage.RCPT, "451 4.3.0 Try later", times=1))

    assert send(postman, mail_server) == Counter(waiting=1)
    assert send(postman, mail_server) == Counter(sent=1)


def test_a_connection_that_breaks_after_the_last_byte_leaves_it_open(
    postman: Postman, bob: Person, mail_server: MailServer
) -> None:
    postman.read(answer("stop"))
    mail_server.faults.append(Fault(Stage.CONTENT, closes=True, keeps=True, times=1))

    assert send(postman, mail_server) == Counter(begun=1)
    assert send(postman, mail_server) == Counter()
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_words_are_whole_in_every_language(language: str) -> None:
    for leaves in (True, False):
        words = exit_words(language, owner="Ann Owner", leaves=leaves)
        assert "Ann Owner" in words.text
        assert words.subject
    asking = confirming_words(language, owner="Ann Owner", ways=("https://ann.test/x/1", "mailto:a@b"))
    assert "Ann Owner" in asking.subject
    assert "\nhttps://ann.test/x/1\nmailto:a@b\n" in asking.text
    assert "{" not in asking.text + asking.subject


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_word_that_is_asked_for_is_understood_as_a_yes_and_as_no_exit(language: str) -> None:
    asking = confirming_words(language, owner="Ann", ways=()).text.replace("«", '"').replace("»", '"')
    word = asking.split('"')[1].strip()

    assert assent_in(word) is Assent.YES
    assert exit_in(word).wish is None
