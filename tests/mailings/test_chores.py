"""What workers do beside sending."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from goodterms.accounts.habits import set_habits
from goodterms.accounts.office import Office
from goodterms.config import SettingsFaulty
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.feedback.actions.answers import send_answers
from goodterms.feedback.models import Answer
from goodterms.ledger.queries.proofs import last_seal
from goodterms.ledger.rules.kinds import Kind
from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.chores import Chores, welcome_newcomers
from goodterms.mailings.models import Mailing
from goodterms.people.models import Person
from tests.delivery.network import RULEBOOK, Network
from tests.feedback.postman import Postman, answer
from tests.mailings.workshop import office_of, outfit_for
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, USER, Dovecot, DovecotMissing, running_dovecot
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db


def newcomer(network: Network, name: str) -> Person:
    """Add somebody who has connected under the terms lately, shows an address and was not welcomed."""
    (person,) = network.add(name)
    return person


def keep_habits(network: Network, *, welcomes: bool | None) -> None:
    texts = {"authserv_id": "", "read_flag": "", "read_folder": ""}
    set_habits(network.owner, **texts, confirms_exits=None, welcomes=welcomes, now=network.clock())


def chores(network: Network, said: list[str], url: str = "") -> Chores:
    """Give the chores of a worker; with the address of a mail server, short answers leave by it."""

    def offices(_numbers: Iterable[int] | None) -> list[Office]:
        return [office_of(network)]

    def answer(office: Office) -> Counter[str]:
        return send_answers(office, SmtpTransport(read_server(url)), clock=network.clock) if url else Counter()

    return Chores(
        offices,
        rulebook=lambda _office: RULEBOOK,
        answer=answer,
        clock=network.clock,
        say=said.append,
    )


def test_what_goes_wrong_for_one_owner_keeps_no_other_waiting(network: Network) -> None:
    asked: list[int] = []

    def answer(_office: Office) -> Counter[str]:
        asked.append(len(asked))
        if len(asked) % 2:
            raise ValueError("made up")
        return Counter(sent=1)

    said: list[str] = []
    do = Chores(
        lambda _numbers: [office_of(network), office_of(network)],
        rulebook=lambda _office: RULEBOOK,
        answer=answer,
        clock=network.clock,
        say=said.append,
    )
    do()
    assert asked == [0, 1]
    assert said == [
        f"A chore failed that should not (answers {network.owner.pk}: ValueError); the log has more.",
        "Short answers that left: 1.",
    ]


def test_newcomers_are_welcomed_once_where_the_owner_wants_it(network: Network, mail_server: MailServer) -> None:
    alice = newcomer(network, "alice")
    outfit = outfit_for(network, mail_server.url)

    first = welcome_newcomers(office_of(network), RULEBOOK, now=network.clock())
    assert first is not None
    assert welcome_newcomers(office_of(network), RULEBOOK, now=network.clock()) is None, "it is asked for already"
    for mailing in tend(office_of(network), outfit):
        send_stint(office_of(network), mailing, outfit)
    tend(office_of(network), outfit)

    assert mail_server.receivers() == ["alice@people.test"]
    assert len(network.told(alice, Kind.WELCOME_SENT)) == 1
    network.clock.now += timedelta(days=1)
    assert welcome_newcomers(office_of(network), RULEBOOK, now=network.clock()) is None, "nobody waits for it"
    newcomer(network, "bob")
    assert welcome_newcomers(office_of(network), RULEBOOK, now=network.clock()) is not None


@pytest.mark.parametrize(("setting", "asked"), [("", 0), ("never", 0), ("hourly", 1)])
def test_nobody_is_welcomed_unless_the_owner_has_said_so(
    network: Network, monkeypatch: pytest.MonkeyPatch, setting: str, asked: int
) -> None:
    monkeypatch.setenv("GOODTERMS_WELCOME", setting)
    newcomer(network, "alice")
    said: list[str] = []

    chores(network, said)()

    assert (Mailing.objects.count(), said) == (asked, [])


def test_the_owners_own_word_on_welcomes_goes_before_the_setting(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_WELCOME", "hourly")
    newcomer(network, "alice")
    for welcomes, asked in ((False, 0), (True, 1)):
        keep_habits(network, welcomes=welcomes)
        chores(network, [])()
        assert Mailing.objects.count() == asked


def test_a_setting_that_is_none_of_both_is_refused_at_the_start(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_WELCOME", "sometimes")
    with pytest.raises(SettingsFaulty, match="hourly or never"):
        chores(network, [])


def test_a_mailbox_out_of_reach_is_told_once_and_keeps_nothing_else_from_being_done(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_IMAP_URL", "imap://ann:secret@127.0.0.1:9")
    newcomer(network, "alice")
    said: list[str] = []
    monkeypatch.setenv("GOODTERMS_WELCOME", "hourly")
    both = chores(network, said)

    both()
    both()

    assert len(said) == 1
    assert "127.0.0.1" in said[0]
    assert Mailing.objects.count() == 1


@pytest.fixture
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    try:
        with running_dovecot(certificates) as found:
            yield found
    except DovecotMissing as missing:
        pytest.skip(str(missing))


def test_what_the_mailbox_brought_is_obeyed_answered_and_sealed_by_the_same_worker(
    data_folder: Path, dovecot: Dovecot, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    postman = Postman(data_folder)
    monkeypatch.setenv("GOODTERMS_CONFIRM_EXITS", "yes")
    address = f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{dovecot.port}"
    monkeypatch.setenv("GOODTERMS_IMAP_URL", address)
    bob, copy = postman.add_and_send("bob")
    dovecot.deliver(answer("Please stop", to=copy.message_id))
    said: list[str] = []
    work = chores(postman.network, said, mail_server.url)

    work()
    work()

    assert postman.standing(bob).stops
    assert mail_server.receivers() == ["bob@people.test"]
    assert Answer.objects.get().state == Answer.State.SENT
    sealed = last_seal(postman.network.owner)
    assert sealed is not None
    assert sealed.size > 0
    assert said[-1] == "Short answers that left: 1."
