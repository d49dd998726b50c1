"""What decisions, rows, both journals and the ledger cost: an update beside its ready letters through the engine alone.

The letters are the same ones, made before; the engine hands them over and nothing is written down.
"""

from collections.abc import Iterator

from bench import Line
from bench.senders import WAYS, running_sink
from bench.senders.ours import Ours, hand_over


def measure(size: float) -> Iterator[Line]:
    """Send to 10,000 people at 16 connections, by groups and by chunks, on loopback."""
    ours = Ours(int(10_000 * size))
    for way, options in WAYS:
        with running_sink(*options) as port:
            url, name = f"smtp://127.0.0.1:{port}", f"state: {ours.count:,} copies, {way}, loopback"
            whole = ours.send(url)
            alone = hand_over(ours.letters(), url)
            beside = "our engine alone, with ready letters"
            yield Line(name=name, ours=whole.seconds, reference=alone.seconds, beside=beside, goal=1.25)
