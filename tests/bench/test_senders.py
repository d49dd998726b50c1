"""What sending is measured beside does send: else a comparison would flatter."""

import pytest
from bench.senders.others import Other, others

from tests.servers.sink import Sink


def sent_by(other: Other, *, without: tuple[str, ...] = ()) -> int:
    with Sink(without=without, keeps=False) as sink:
        other.send(sink.port, 5)
        return sink.receivers.total()


def test_each_other_sender_sends_all_that_it_is_asked_for() -> None:
    sent = {other.name: sent_by(other) for other in others()}
    assert sent == dict.fromkeys(sent, 5)


def test_the_client_in_c_sends_by_groups_as_well() -> None:
    clients = [other for other in others() if "C client" in other.name]
    assert [sent_by(client, without=("CHUNKING",)) for client in clients] == [5] * len(clients)


def test_a_program_that_is_not_there_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    names = [other.name for other in others()]
    assert not any(name.startswith(("smtp-source", "a pipelining C client")) for name in names)
    said = capsys.readouterr().err
    assert "smtp-source (Postfix) is not there and left out" in said
    assert "a C compiler is not there and left out" in said
