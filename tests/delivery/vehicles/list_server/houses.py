"""A list on each of the servers, for tests that hold for all of them."""

import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from tests.servers import listmonk, mailman


class House(Protocol):
    """A list, seen from the server's side."""

    @property
    def url(self) -> str: ...

    def members(self) -> set[str]: ...

    def join(self, address: str) -> None: ...

    def leave(self, address: str) -> None: ...

    def got(self, count: int) -> list[str]:
        """Give who got a post, once so many did."""


@dataclass
class MailmanHouse:
    server: mailman.MailmanServer
    address: str

    @property
    def url(self) -> str:
        user, password = quote(mailman.USER, safe=""), quote(mailman.PASSWORD, safe="")
        return f"mailman+http://{user}:{password}@127.0.0.1:{self.server.port}/{self.address}"

    @property
    def _id(self) -> str:
        return self.address.replace("@", ".")

    def members(self) -> set[str]:
        answer = self.server.ask("GET", f"/lists/{self._id}/roster/member")
        return {entry["email"] for entry in answer.get("entries", [])}

    def join(self, address: str) -> None:
        done = {"pre_verified": True, "pre_confirmed": True, "pre_approved": True, "send_welcome_message": False}
        self.server.ask("POST", "/members", list_id=self._id, subscriber=address, **done)

    def leave(self, address: str) -> None:
        entries = self.server.ask("GET", f"/lists/{self._id}/roster/member")["entries"]
        (number,) = [entry["member_id"] for entry in entries if entry["email"] == address]
        self.server.ask("DELETE", f"/members/{number}")

    def posts(self) -> list[tuple[tuple[str, ...], bytes]]:
        """Give what went out with its receivers; what an earlier test's list sends out late is not among it."""
        mine = f"List-Id: <{self._id}>".encode()
        return [(receivers, content) for receivers, content in self.server.sink.letters if mine in content]

    def got(self, count: int) -> list[str]:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            arrived = sorted(address for receivers, _ in self.posts() for address in receivers)
            if arrived and len(set(arrived)) >= count:
                return arrived
            time.sleep(0.1)
        raise AssertionError(f"the post did not arrive at {count}: {self.server.sink.receivers}")


@dataclass
class ListmonkHouse:
    server: listmonk.Listmonk
    number: int

    @property
    def url(self) -> str:
        token = quote(listmonk.TOKEN, safe="")
        return f"listmonk+http://{listmonk.USER}:{token}@127.0.0.1:{self.server.port}/{self.number}"

    def members(self) -> set[str]:
        rows = self.server.subscribers.values()
        return {row["email"] for row in rows if row["lists"].get(self.number, "unsubscribed") != "unsubscribed"}

    def join(self, address: str) -> None:
        body: dict[str, Any] = {"email": address, "name": "x", "status": "enabled", "lists": [self.number]}
        self.server.answer("POST", "/api/subscribers", {}, {**body, "preconfirm_subscriptions": True})

    def leave(self, address: str) -> None:
        self.server.subscriber(address)["lists"][self.number] = "unsubscribed"

    def got(self, count: int) -> list[str]:
        found = [address for campaign in self.server.campaigns.values() for address in campaign["sent_to"]]
        assert len(found) == count
        return sorted(found)
