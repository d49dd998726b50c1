"""Sending an update with rows, journal and ledger, beside the other programs that send, at one sink in the same run."""

from collections.abc import Iterator

from bench import Line
from bench.senders import CONNECTIONS, WAYS, running_sink
from bench.senders.others import others
from bench.senders.ours import Ours

_DELAY_SECONDS = 0.02


def measure(size: float) -> Iterator[Line]:
    """Send to 10,000 people at 16 connections, by groups and by chunks, on loopback and with a delay of 20 ms.

    Rows, both journals and the ledger are written as always; the others keep nothing.
    """
    ours = Ours(int(10_000 * size))
    beside = list(others())
    for way, options in WAYS:
        place = int(way == "BDAT")
        with running_sink(*options) as port:
            spent, name = ours.send(f"smtp://127.0.0.1:{port}"), f"sending: {ours.count:,} copies, {way}, loopback"
            for other in (other for other in beside if other.goals):
                line, its = other.line(name, ours.count, spent, port, other.goals[place])
                yield line
                if other.cpu_goal:
                    yield Line(
                        name=f"{name}, CPU", ours=spent.cpu_seconds, reference=its.cpu_seconds, beside=other.name,
                        goal=other.cpu_goal,
                    )  # fmt: skip
        with running_sink("--delay", f"{1_000 * _DELAY_SECONDS:g}", *options) as port:
            spent, name = ours.send(f"smtp://127.0.0.1:{port}"), f"sending: {ours.count:,} copies, {way}, 20 ms"
            bound = _DELAY_SECONDS * ours.count / CONNECTIONS
            yield Line(
                name=name, ours=spent.seconds, reference=bound, beside="one round trip a copy, 16 connections",
                goal=(1.11, 0.1)[place],
            )  # fmt: skip
            for other in (other for other in beside if other.delayed_goals):
                yield other.line(name, ours.count, spent, port, other.delayed_goals[place])[0]
