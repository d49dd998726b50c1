"""A name server on this machine that knows TXT records, for whoever asks by dnspython."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

_PIECE = 255


@contextmanager
def running_dns(texts: Mapping[str, list[str]]) -> Iterator[dns.resolver.Resolver]:
    """Serve `texts` (by name, without the dot at the end) and give a resolver that asks this server and no other."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            content, socket = self.request
            socket.sendto(_answer(content, texts), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield _resolver(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def _answer(content: bytes, texts: Mapping[str, list[str]]) -> bytes:
    asked = dns.message.from_wire(content)
    name = asked.question[0].name
    found = texts.get(name.to_text(omit_final_dot=True).lower())
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    if found is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    for text in found or ():
        pieces = " ".join(f'"{text[at : at + _PIECE]}"' for at in range(0, len(text), _PIECE))
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", pieces))
    return answer.to_wire()


def _resolver(port: int) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    return resolver


def ask_only(patch: pytest.MonkeyPatch, resolver: Any) -> None:
    """Let every question of this process go to a resolver."""
    patch.setattr(dns.resolver, "default_resolver", resolver)
