"""A small listmonk, as its API is described (listmonk.app/docs/apis, version 6.2, read in November 2026).

It can't be had from a package index. What of it matters to Goodterms is here: lists, subscribers with a subscription a
list, campaigns that go to whoever is enabled and subscribed when they start, and its refusals.
"""

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.http import HttpServer

USER, TOKEN = "goodterms", "made-up/token"


class Refused(Exception):
    """What the server answers instead of data."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Listmonk(HttpServer):
    """The server; use it in a with statement."""

    lists: dict[int, dict[str, Any]] = field(default_factory=dict)
    subscribers: dict[int, dict[str, Any]] = field(default_factory=dict)
    campaigns: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    silent_at: tuple[str, str] | None = None
    """A method and the beginning of a path that is done and never answered."""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"monk": self})

    def new_list(self, *, type_: str = "private", optin: str = "single") -> int:
        number = len(self.lists) + 1
        self.lists[number] = {"id": number, "name": f"List {number}", "type": type_, "optin": optin, "tags": []}
        return number

    def subscriber(self, email: str) -> dict[str, Any]:
        return next(row for row in self.subscribers.values() if row["email"] == email)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """Give the data of an answer; raises Refused."""
        for pattern, verb, act in (
            (r"/api/lists/(\d+)", "GET", self._get_list),
            (r"/api/lists/(\d+)", "PUT", self._put_list),
            (r"/api/subscribers", "GET", self._get_subscribers),
            (r"/api/subscribers", "POST", self._post_subscriber),
            (r"/api/subscribers/lists", "PUT", self._put_memberships),
            (r"/api/campaigns", "POST", self._post_campaign),
            (r"/api/campaigns/(\d+)/status", "PUT", self._put_status),
        ):
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                return act(*map(int, match.groups()), query=query, body=body)
        raise Refused(404, "Not Found")

    def _get_list(self, number: int, **_: Any) -> Any:
        if number not in self.lists:
            raise Refused(400, "List not found")
        return self.lists[number]

    def _put_list(self, number: int, *, body: Any, **_: Any) -> Any:
        self._get_list(number).update(body)
        return self.lists[number]

    def _get_subscribers(self, *, query: dict[str, list[str]], **_: Any) -> Any:
        rows = [self._shown(row) for row in self.subscribers.values()]
        if "list_id" in query:
            wanted = {int(number) for number in query["list_id"]}
            rows = [row for row in rows if wanted & {one["id"] for one in row["lists"]}]
        if "query" in query:
            match = re.fullmatch(r"subscribers\.email = '((?:[^']|'')*)'", query["query"][0])
            if match is None:
                raise Refused(400, "Error querying subscribers")
            rows = [row for row in rows if row["email"] == match[1].replace("''", "'")]
        page, per_page = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["20"])[0])
        results = rows[(page - 1) * per_page : page * per_page]
        return {"results": results, "query": "", "total": len(rows), "per_page": per_page, "page": page}

    def _post_subscriber(self, *, body: Any, **_: Any) -> Any:
        email = body["email"].strip().lower()
        if any(row["email"] == email for row in self.subscribers.values()):
            raise Refused(409, "E-mail already exists.")
        status = "confirmed" if body.get("preconfirm_subscriptions") else "unconfirmed"
        number = len(self.subscribers) + 1
        row = {"id": number, "email": email, "name": body["name"], "status": body["status"]}
        self.subscribers[number] = {**row, "lists": dict.fromkeys(body.get("lists", []), status)}
        return self._shown(self.subscribers[number])

    def _put_memberships(self, *, body: Any, **_: Any) -> Any:
        for number in body["ids"]:
            lists = self.subscribers[number]["lists"]
            for target in body["target_list_ids"]:
                if body["action"] == "add":
                    lists[target] = body.get("status", "unconfirmed")
                elif body["action"] == "remove":
                    lists.pop(target, None)
                elif body["action"] == "unsubscribe":
                    lists[target] = "unsubscribed"
                else:
                    raise Refused(400, "Invalid action")
        return True

    def _post_campaign(self, *, body: Any, **_: Any) -> Any:
        if body["type"] not in {"regular", "optin"} or not body["lists"]:
            raise Refused(400, "Invalid campaign")
        number = len(self.campaigns) + 1
        self.campaigns[number] = {**body, "id": number, "status": "draft", "sent_to": []}
        return self.campaigns[number]

    def _put_status(self, number: int, *, body: Any, **_: Any) -> Any:
        campaign = self.campaigns[number]
        if body["status"] == "running" and campaign["status"] not in {"draft", "paused"}:
            raise Refused(400, "Only paused campaigns and drafts can be started")
        campaign["status"] = body["status"]
        if body["status"] == "running":
            campaign["sent_to"] = [
                row["email"]
                for row in self.subscribers.values()
                if row["status"] == "enabled"
                and any(row["lists"].get(number, "unsubscribed") != "unsubscribed" for number in campaign["lists"])
            ]
        return campaign

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        lists = [{**self.lists[number], "subscription_status": status} for number, status in row["lists"].items()]
        return {**row, "lists": lists}


class _Handler(BaseHTTPRequestHandler):
    monk: Listmonk
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        parts = urlsplit(self.path)
        self.monk.asked.append((self.command, parts.path))
        try:
            self._authenticate()
            body = json.loads(content) if content else None
            data = self.monk.answer(self.command, parts.path, parse_qs(parts.query), body)
            status, answer = 200, {"data": data}
        except Refused as refusal:
            status, answer = refusal.status, {"message": refusal.message}
        silent = self.monk.silent_at
        if silent and self.command == silent[0] and parts.path.startswith(silent[1]):
            self.close_connection = True
            return
        written = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def _authenticate(self) -> None:
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or b64decode(text).decode() != f"{USER}:{TOKEN}":
            raise Refused(403, "invalid session")

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 -- the standard library names them so

    def log_message(self, *_: object) -> None:
        """Say nothing."""
