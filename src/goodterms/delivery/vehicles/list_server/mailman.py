"""GNU Mailman 3 by its REST API (docs.mailman3.org, API 3.1, read in November 2026; tried with 3.3.10).

Members are added confirmed and without a greeting, for they agreed elsewhere; whoever leaves does so at Mailman, by its
own List-Unsubscribe, and is found to be gone at the next look.
"""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from goodterms.delivery.rules.lists import Presence
from goodterms.delivery.vehicles.list_server.http import Api
from goodterms.delivery.vehicles.list_server.server import Post

_PAGE = 500
_BATCH = 200
# What a list of updates needs: nobody writes to all but the owner, nobody is greeted, nothing is shown to the world.
_WANTED: dict[str, Any] = {
    "advertised": False,
    "archive_policy": "never",
    "default_member_action": "discard",
    "default_nonmember_action": "discard",
    "digests_enabled": False,
    "include_rfc2369_headers": True,
    "max_message_size": 0,
    "reply_goes_to_list": "no_munging",
    "send_goodbye_message": False,
    "send_welcome_message": False,
    "subject_prefix": "",
    "subscription_policy": "moderate",
    "unsubscription_policy": "open",
}


class Mailman:
    """A list of GNU Mailman 3. See goodterms.delivery.vehicles.list_server.server."""

    def __init__(self, api: Api, list_id: str) -> None:
        self._api = api
        # A list is named by its posting address or by its id, which has a dot in place of the @.
        self._id = list_id.replace("@", ".", 1)
        self._path = f"/lists/{quote(self._id)}"

    @property
    def name(self) -> str:
        """The list's id."""
        return self._id

    def posting_address(self, sender: str) -> str:
        """Give the address that posts are written to."""
        del sender
        found: str = self._api.expect("GET", self._path)["fqdn_listname"]
        return found

    def addresses(self) -> dict[str, Presence]:
        """Give the members; Mailman forgets whoever leaves."""
        found: dict[str, Presence] = {}
        page = 1
        while True:
            answer = self._api.expect("GET", f"{self._path}/roster/member", query={"count": _PAGE, "page": page})
            entries = answer.get("entries", [])
            found |= {entry["email"]: Presence.MEMBER for entry in entries}
            if len(entries) < _PAGE:
                return found
            page += 1

    def add(self, address: str, name: str) -> None:
        """Subscribe an address as confirmed, without a greeting."""
        form = {
            "list_id": self._id,
            "subscriber": address,
            "display_name": name,
            "pre_verified": "true",
            "pre_confirmed": "true",
            "pre_approved": "true",
            "send_welcome_message": "false",
        }
        status, answer = self._api.ask("POST", "/members", form=form)
        if status not in {201, 409}:  # 409: is subscribed already
            raise self._api.refusal("POST", "/members", status, answer)

    def remove(self, addresses: Collection[str]) -> None:
        """Unsubscribe addresses without a farewell."""
        wanted = sorted(addresses)
        for place in range(0, len(wanted), _BATCH):
            self._api.expect("DELETE", f"{self._path}/roster/member", form={"emails": wanted[place : place + _BATCH]})

    def flaws(self, sender: str) -> list[str]:
        """Give the settings that must be otherwise."""
        there = self._api.expect("GET", f"{self._path}/config")
        found = [f"{key} is {there.get(key)}, not {value}" for key, value in _WANTED.items() if there.get(key) != value]
        if sender not in there.get("accept_these_nonmembers", []):
            found.append(f"accept_these_nonmembers lacks {sender}")
        return found

    def mend(self, sender: str) -> None:
        """Set them right."""
        values = {key: str(value).lower() if isinstance(value, bool) else value for key, value in _WANTED.items()}
        self._api.expect("PATCH", f"{self._path}/config", form={**values, "accept_these_nonmembers": sender})

    def post(self, post: Post) -> str:
        """Put the message into Mailman's incoming queue, as if it had come by mail from the owner."""
        text = post.content.decode("utf-8")
        self._api.expect("POST", "/queues/in", form={"list_id": self._id, "text": text})
        return f"queued at {self._id}"
