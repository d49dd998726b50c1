"""One-click posts are answered before everything else; whatever is none goes on as it came."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goodterms.web.oneclick import ExitWriter, take_exits, with_one_click

LINK = "a" * 50
PLAIN = b"List-Unsubscribe=One-Click"
PARTS = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


class Asked:
    """An application and a writer that note what reaches them."""

    def __init__(self, *, carries: bool = True, breaks: bool = False) -> None:
        self.handed_on: list[bytes] = []
        self.taken: list[str] = []
        self.carries, self.breaks = carries, breaks

    async def app(self, _scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        self.handed_on.append(body)
        await send({"type": "http.response.start", "status": 299, "headers": []})

    def take(self, link: str) -> Any:
        from concurrent.futures import Future  # noqa: PLC0415

        self.taken.append(link)
        done: Future[bool] = Future()
        done.set_exception(OSError()) if self.breaks else done.set_result(self.carries)
        return done


def ask(asked: Asked, body: bytes, *, method: str = "POST", path: str = f"/x/{LINK}", size: int = 20) -> int:
    pieces = [body[place : place + size] for place in range(0, len(body), size)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": piece is not pieces[-1]} for piece in pieces]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        app = with_one_click(asked.app, asked)  # type: ignore[arg-type]
        await app({"type": "http", "method": method, "path": path}, receive, send)

    asyncio.run(run())
    return int(sent[0]["status"])


@pytest.mark.parametrize("body", [PLAIN, PARTS, b"a=b&List-Unsubscribe=One-Click"])
def test_a_one_click_post_is_taken(body: bytes) -> None:
    asked = Asked()
    assert ask(asked, body) == 200
    assert (asked.taken, asked.handed_on) == ([LINK], [])


@pytest.mark.parametrize(
    ("body", "method", "path"),
    [
        (b"choice=nothing", "POST", f"/x/{LINK}"),
        (b"List-Unsubscribe=One-Click", "GET", f"/x/{LINK}"),
        (PLAIN, "POST", f"/x/{LINK}/erase"),
        (PLAIN, "POST", "/people/"),
        (b"x" * 50_000, "POST", f"/x/{LINK}"),
        (b"", "POST", f"/x/{LINK}"),
    ],
)
def test_everything_else_goes_on_as_it_came(body: bytes, method: str, path: str) -> None:
    asked = Asked()
    assert ask(asked, body, method=method, path=path, size=3_000) == 299
    assert (asked.taken, asked.handed_on) == ([], [body])


def test_a_link_that_carries_no_exit_goes_on_to_the_pages() -> None:
    asked = Asked(carries=False)
    assert ask(asked, PLAIN) == 299
    assert asked.handed_on == [PLAIN]


def test_a_database_that_fails_is_no_answer_that_it_was_done() -> None:
    assert ask(Asked(breaks=True), PLAIN) == 503


def test_what_nobody_signed_takes_nobody_out(db: None, data_folder: Path) -> None:
    from goodterms.accounts.keys import make_keys  # noqa: PLC0415

    make_keys(data_folder / "keys")
    assert take_exits([LINK, "b" * 50]) == set()


def test_a_burst_is_taken_in_the_writers_thread(committed_db: dict[str, str]) -> None:
    from goodterms.exits.models import Suppression  # noqa: PLC0415 -- needs Django set up
    from goodterms.lib.tokens import Act, Token, make_token  # noqa: PLC0415
    from tests.delivery.network import Network  # noqa: PLC0415

    network = Network(Path(committed_db["GOODTERMS_HOME"]))
    people = network.add(*(f"p{number}" for number in range(20)))
    links = [
        make_token(network.keys.token, Token(owner_number=network.owner.pk, person_uid=one.uid, act=Act.STOP))
        for one in people
    ]
    writer = ExitWriter()
    futures = [writer.take(link) for link in [*links, *links]]
    assert all(future.result(30) for future in futures)
    assert set(Suppression.objects.values_list("person_id", flat=True)) == {one.pk for one in people}
