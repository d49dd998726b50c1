"""Sending an update through TLS, beside aiosmtplib through TLS, at one sink in the same run."""

import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from tests.servers.certificates import make_certificates

from bench import Line
from bench.senders import WAYS, running_sink
from bench.senders.others import Other, send_by_aiosmtplib
from bench.senders.ours import Ours


def measure(size: float) -> Iterator[Line]:
    """Send to 10,000 people at 16 connections with TLS from the first byte on (RFC 8314), on loopback."""
    ours = Ours(int(10_000 * size))
    certificates = make_certificates(Path(settings.GOODTERMS_HOME))
    tls = ssl.create_default_context(cafile=certificates.authority)
    send = partial(send_by_aiosmtplib, tls=tls)
    beside = Other(name="aiosmtplib and email.message through TLS", send=send)
    for way, options in WAYS:
        with running_sink("--tls", str(certificates.server), *options) as port:
            spent = ours.send(f"smtps://localhost:{port}", tls)
            yield beside.line(f"tls: {ours.count:,} copies, {way}, loopback", ours.count, spent, port, 0.1)[0]
