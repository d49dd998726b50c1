"""listmonk by its API (listmonk.app/docs/apis, read in November 2026, version 6.2).

listmonk keeps whoever left, as unsubscribed or blocked; such an address is never made a member again by Goodterms.
"""

from collections.abc import Collection, Iterator
from typing import Any

from goodterms.delivery.rules.lists import Presence
from goodterms.delivery.vehicles.list_server.http import Api
from goodterms.delivery.vehicles.list_server.server import ListServerRefused, Post

_PAGE = 500


class Listmonk:
    """A list of listmonk. See goodterms.delivery.vehicles.list_server.server."""

    def __init__(self, api: Api, number: int) -> None:
        self._api = api
        self._number = number

    @property
    def name(self) -> str:
        """The list's number and where it is: numbers are not unique across servers."""
        return f"{self._api.host}/{self._number}"

    def posting_address(self, sender: str) -> str:
        """Give the sender's address: listmonk writes to each member itself."""
        return sender

    def addresses(self) -> dict[str, Presence]:
        """Give every address on the list, those included that have unsubscribed or were blocked."""
        return {row["email"]: self._presence(row) for row in self._rows()}

    def add(self, address: str, name: str) -> None:
        """Subscribe an address as confirmed; one that has unsubscribed since is left alone."""
        body = {
            "email": address,
            "name": name or address,
            "status": "enabled",
            "lists": [self._number],
            "preconfirm_subscriptions": True,
        }
        status, answer = self._api.ask("POST", "/subscribers", body=body)
        if status == 409:  # known already, from this list or another
            self._add_known(address)
        elif not 200 <= status < 300:
            raise self._api.refusal("POST", "/subscribers", status, answer)

    def remove(self, addresses: Collection[str]) -> None:
        """Take members off the list, which does not mark them as having unsubscribed."""
        wanted = set(addresses)
        numbers = [row["id"] for row in self._rows() if row["email"] in wanted]
        if numbers:
            self._change("remove", numbers)

    def flaws(self, sender: str) -> list[str]:
        """Give the settings that must be otherwise."""
        del sender
        there = self._api.expect("GET", f"/lists/{self._number}")["data"]
        found = []
        if there["type"] != "private":
            found.append(f"the list is {there['type']}, not private: anybody could join it")
        if there["optin"] != "single":
            found.append(f"the list's opt-in is {there['optin']}, not single: members would be asked once more")
        return found

    def mend(self, sender: str) -> None:
        """Set them right."""
        del sender
        there = self._api.expect("GET", f"/lists/{self._number}")["data"]
        body = {"name": there["name"], "type": "private", "optin": "single", "tags": there.get("tags") or []}
        self._api.expect("PUT", f"/lists/{self._number}", body=body)

    def post(self, post: Post) -> str:
        """Make a campaign and start it."""
        body = {
            "name": f"{post.subject} {post.message_id}",
            "subject": _literally(post.subject),
            "lists": [self._number],
            "from_email": f"{post.sender_name} <{post.sender}>" if post.sender_name else post.sender,
            "type": "regular",
            "content_type": "html",
            "body": _literally(post.html),
            "altbody": _literally(post.text),
            "messenger": "email",
        }
        number = self._api.expect("POST", "/campaigns", body=body)["data"]["id"]
        self._api.expect("PUT", f"/campaigns/{number}/status", body={"status": "running"})
        return f"campaign {number}"

    def _rows(self) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            query = {"list_id": self._number, "page": page, "per_page": _PAGE, "order_by": "created_at", "order": "ASC"}
            rows = self._api.expect("GET", "/subscribers", query=query)["data"]["results"]
            yield from rows
            if len(rows) < _PAGE:
                return
            page += 1

    def _presence(self, row: dict[str, Any]) -> Presence:
        mine = [one["subscription_status"] for one in row["lists"] if one["id"] == self._number]
        left = row["status"] == "blocklisted" or "unsubscribed" in mine
        return Presence.LEFT if left else Presence.MEMBER

    def _add_known(self, address: str) -> None:
        quoted = address.replace("'", "''")
        query = {"query": f"subscribers.email = '{quoted}'", "per_page": 2}
        rows = self._api.expect("GET", "/subscribers", query=query)["data"]["results"]
        if len(rows) != 1 or self._presence(rows[0]) is Presence.LEFT:
            raise ListServerRefused(f"{self._api} knows {address} as somebody who has left. They were not added.")
        self._change("add", [rows[0]["id"]])

    def _change(self, action: str, numbers: list[int]) -> None:
        body: dict[str, Any] = {"ids": numbers, "action": action, "target_list_ids": [self._number]}
        if action == "add":
            body["status"] = "confirmed"
        self._api.expect("PUT", "/subscribers/lists", body=body)


def _literally(text: str) -> str:
    """Give a text in which listmonk's templates find nothing to fill in."""
    return text.replace("{{", '{{ "{{" }}')
