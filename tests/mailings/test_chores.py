"""What workers do beside sending."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from goodterms.accounts.office import Office
from goodterms.config import SettingsFaulty
from goodterms.ledger.rules.kinds import Kind
from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.chores import Chores, welcome_newcomers
from goodterms.mailings.models import Mailing
from goodterms.people.models import Person
from tests.delivery.network import RULEBOOK, Network
from tests.mailings.workshop import office_of, outfit_for
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db
UNSET = dict.fromkeys(
    (
        "GOODTERMS_WELCOME",
        "GOODTERMS_IMAP_URL",
        "GOODTERMS_IMAP_TOKEN_COMMAND",
        "GOODTERMS_IMAP_FLAG",
        "GOODTERMS_IMAP_MOVE_TO",
    ),
    "",
)


def newcomer(network: Network, name: str) -> Person:
    """Add somebody who has connected under the terms lately, shows an address and was not welcomed."""
    (person,) = network.add(name)
    return person


def chores(network: Network, said: list[str], **settings: str) -> Chores:
    def offices(_numbers: Iterable[int] | None) -> list[Office]:
        return [office_of(network)]

    return Chores(UNSET | settings, offices, rulebook=lambda _office: RULEBOOK, clock=network.clock, say=said.append)


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
def test_nobody_is_welcomed_unless_the_owner_has_said_so(network: Network, setting: str, asked: int) -> None:
    newcomer(network, "alice")
    said: list[str] = []

    chores(network, said, GOODTERMS_WELCOME=setting)()

    assert (Mailing.objects.count(), said) == (asked, [])


def test_a_setting_that_is_none_of_both_is_refused_at_the_start(network: Network) -> None:
    with pytest.raises(SettingsFaulty, match="hourly or never"):
        chores(network, [], GOODTERMS_WELCOME="sometimes")


def test_a_mailbox_out_of_reach_is_told_once_and_keeps_nothing_else_from_being_done(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_IMAP_URL", "imap://ann:secret@127.0.0.1:9")
    newcomer(network, "alice")
    said: list[str] = []
    both = chores(network, said, GOODTERMS_WELCOME="hourly")

    both()
    both()

    assert len(said) == 1
    assert "127.0.0.1" in said[0]
    assert Mailing.objects.count() == 1
