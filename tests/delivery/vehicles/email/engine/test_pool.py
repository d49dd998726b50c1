"""Many letters under way at once, to a server that misbehaves at any point."""

import ssl
from collections import Counter
from contextlib import closing
from itertools import chain

import pytest

from goodterms.delivery.rules.replies import Reply, Result, Step, judge
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import Letter, RunStopped, carry_one
from tests.servers.certificates import Certificates
from tests.servers.sink import CLOSE, KEEP_AND_CLOSE, SILENCE, Script, Sink

FAST = Timeouts(connect=5, command=0.3, data_begin=0.3, data_end=0.3)
WIDE = Limits(connections=4, depth=16)
WAYS = {"one": ("PIPELINING", "CHUNKING"), "groups": ("CHUNKING",), "chunks": ()}
ways = pytest.mark.parametrize("without", WAYS.values(), ids=WAYS)


def letters(count: int, content: bytes = b"") -> list[Letter]:
    return [
        Letter(
            message_id=str(number),
            envelope_from="ann@owner.test",
            to=f"p{number}@people.test",
            content=content or b"Subject: %d\r\n\r\n.\r\n..dots\r\n" % number,
        )
        for number in range(count)
    ]


def carried(sink: Sink, count: int, limits: Limits = WIDE, tls: ssl.SSLContext | None = None) -> dict[str, Reply]:
    """Carry letters, again and again those that came back; give the reply to each."""
    transport = SmtpTransport(read_server(sink.url), timeouts=FAST, limits=limits, tls=tls)
    heard: dict[str, Reply] = {}
    with closing(transport):
        try:
            for letter, reply in chain.from_iterable(transport.carry(letters(count))):
                assert letter.to not in heard, "each letter comes back once"
                heard[letter.to] = reply
        except RunStopped:
            pass
    return heard


def results(heard: dict[str, Reply]) -> Counter[Result]:
    return Counter(judge(reply).result for reply in heard.values())


def on(command: str, count: int, said: bytes) -> Script:
    return lambda verb, number: said if (verb, number) == (command, count) else None


@ways
def test_every_letter_arrives_once_as_it_was(without: tuple[str, ...]) -> None:
    with Sink(without=without) as sink:
        heard = carried(sink, 300)

    assert results(heard) == {Result.ACCEPTED: 300}
    assert sink.receivers == Counter(letter.to for letter in letters(300))
    assert sorted(sink.contents) == sorted(letter.content for letter in letters(300))


def test_each_way_is_taken_only_where_it_is_offered() -> None:
    used = {}
    for name, without in WAYS.items():
        with Sink(without=without) as sink:
            carried(sink, 40)
        used[name] = (bool(sink.verbs["BDAT"]), bool(sink.verbs["DATA"]))

    assert used == {"one": (False, True), "groups": (False, True), "chunks": (True, False)}


def test_a_short_list_needs_one_connection_and_a_long_one_no_more_than_it_may() -> None:
    for count, most in ((3, 1), (300, 4)):
        with Sink(delay=0.001) as sink:
            carried(sink, count, limits=Limits(per_connection=1_000))
        assert sink.most_connections == most


@ways
def test_no_more_letters_are_under_way_than_the_window_says(without: tuple[str, ...]) -> None:
    with Sink(without=without) as sink:
        transport = SmtpTransport(read_server(sink.url), timeouts=FAST, limits=Limits(connections=4, depth=4))
        taken = back = 0

        def counted() -> object:
            nonlocal taken
            for letter in letters(200):
                taken += 1
                assert taken - back <= 16
                yield letter

        with closing(transport):
            for answered in transport.carry(counted()):  # type: ignore[arg-type]
                back += len(answered)
    assert back == 200


@ways
@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("MAIL", b"450 4.1.8 Not now", Result.DEFERRED),
        ("RCPT", b"550 5.1.1 Unknown", Result.REFUSED),
        ("RCPT", b"450 4.2.1 Busy", Result.DEFERRED),
        ("CONTENT", b"554 5.6.0 Odd", Result.REFUSED),
        ("BDAT", b"554 5.6.0 Odd", Result.REFUSED),
        ("DATA", b"451 4.3.0 Later", Result.DEFERRED),
    ],
)
def test_a_refusal_meets_its_own_letter_and_no_other(
    without: tuple[str, ...], command: str, answer: bytes, expected: Result
) -> None:
    with Sink(without=without, script=on(command, 20, answer)) as sink:
        heard = carried(sink, 60)
        was_asked = sink.verbs[command] >= 20

    wanted = Counter({Result.ACCEPTED: 59, expected: 1}) if was_asked else Counter({Result.ACCEPTED: 60})
    assert results(heard) == wanted
    accepted = {to for to, reply in heard.items() if judge(reply).result is Result.ACCEPTED}
    assert set(sink.receivers) == accepted
    assert set(sink.receivers.values()) == {1}


@ways
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "CONTENT", "BDAT"])
@pytest.mark.parametrize("said", [CLOSE, KEEP_AND_CLOSE, SILENCE, b"what is this", b"250-never ending", b"299 odd"])
@pytest.mark.parametrize("count", [1, 30])
def test_whatever_happens_nothing_is_accepted_that_did_not_arrive_and_nothing_arrives_twice(
    without: tuple[str, ...], command: str, said: bytes, count: int
) -> None:
    with Sink(without=without, script=on(command, count, said)) as sink:
        heard = carried(sink, 60)

    accepted = {to for to, reply in heard.items() if judge(reply).result is Result.ACCEPTED}
    waiting = {to for to, reply in heard.items() if judge(reply).result is Result.RETURNED}
    assert len(heard) == 60
    if not said.startswith(b"2"):  # such a server says yes and does not keep it
        assert accepted <= set(sink.receivers)
    assert not waiting & set(sink.receivers), "what is said to wait did not arrive"
    assert set(sink.receivers.values()) <= {1}
    assert results(heard)[Result.UNKNOWN] <= 16


@ways
def test_an_answer_421_closes_the_connection_and_the_others_go_by_a_new_one(without: tuple[str, ...]) -> None:
    def script(command: str, count: int) -> bytes | None:
        return b"421 4.3.2 Enough" if command == "MAIL" and count % 10 == 0 else None

    with Sink(without=without, script=script) as sink:
        heard = carried(sink, 60)

    accepted = {to for to, reply in heard.items() if judge(reply).result is Result.ACCEPTED}
    assert len(heard) == 60
    assert accepted == set(sink.receivers)
    assert results(heard)[Result.UNKNOWN] == 0
    assert len(accepted) >= 40


def test_a_server_that_does_not_understand_the_chunks_it_offers_gets_none() -> None:
    def script(command: str, _count: int) -> bytes | None:
        return b"502 5.5.1 Not implemented" if command == "BDAT" else None

    with Sink(script=script) as sink:
        heard = carried(sink, 40)

    assert results(heard) == {Result.ACCEPTED: 40}
    assert sink.verbs["BDAT"] == 1


def test_a_server_that_breaks_on_chunks_gets_no_more_and_one_letter_is_unknown() -> None:
    with Sink(script=lambda command, _count: CLOSE if command == "BDAT" else None) as sink:
        heard = carried(sink, 40)

    assert results(heard) == {Result.ACCEPTED: 39, Result.UNKNOWN: 1}


def test_chunks_can_be_forbidden() -> None:
    with Sink() as sink:
        carried(sink, 10, Limits(chunks=False))

    assert not sink.verbs["BDAT"]


def test_where_no_more_connections_are_let_in_the_ones_at_hand_do_the_work() -> None:
    def script(command: str, count: int) -> bytes | None:
        return b"421 4.7.0 Too many connections" if command == "CONNECT" and count > 2 else None

    with Sink(script=script, delay=0.001) as sink:
        heard = carried(sink, 100)

    assert results(heard) == {Result.ACCEPTED: 100}


def test_connections_are_renewed_in_the_midst_of_a_run() -> None:
    with Sink() as sink:
        heard = carried(sink, 100, Limits(connections=2, depth=4, per_connection=7))

    assert results(heard) == {Result.ACCEPTED: 100}
    assert sink.verbs["CONNECT"] >= 100 / 7


def test_a_letter_larger_than_the_server_takes_is_not_sent() -> None:
    with Sink() as sink:
        transport = SmtpTransport(read_server(sink.url), timeouts=FAST)
        with closing(transport):
            (letter,) = letters(1, b"x" * 76 + b"\r\n" + b"y" * 10_000_000)
            reply = carry_one(transport, letter)

    assert (reply.code, reply.step) == (552, Step.MAIL)
    assert not sink.verbs["MAIL"]


def test_through_tls_all_is_the_same_and_a_dropped_connection_too(certificates: Certificates) -> None:
    trusted = ssl.create_default_context(cafile=str(certificates.authority))
    for script, least in ((on("NONE", 1, b""), 100), (on("RCPT", 40, CLOSE), 80)):
        with Sink(tls=certificates.server_context(), script=script) as sink:
            heard = carried(sink, 100, tls=trusted)
        assert results(heard)[Result.ACCEPTED] >= least
        assert {to for to, reply in heard.items() if judge(reply).result is Result.ACCEPTED} <= set(sink.receivers)


def test_a_server_that_closes_while_nothing_is_under_way_is_reached_anew() -> None:
    with Sink() as sink:
        transport = SmtpTransport(read_server(sink.url), timeouts=FAST)
        with closing(transport):
            for round_ in range(3):
                replies = [reply for _, reply in chain.from_iterable(transport.carry(letters(5)))]
                assert [reply.code for reply in replies] == [250] * 5, round_
                sink.drop_all()
