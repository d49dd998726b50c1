"""How long the server takes for each page, and for the search as one types, with 30,000 people.

The demo's story is played, everybody is given words with the owner, and every page that links lead to is asked for
again and again, with different people, updates and filters, each time on a new connection as from a server. The
reference is the promise itself: 100 ms a page, 50 ms a search. On SQLite, which works in the same process, the
processor's time is taken, so that other work on the machine does not show. Sizes above 1 add people around the story:
33.3 makes a million (on PostgreSQL: GOODTERMS_BENCH_DATABASE names an empty database).
"""

import importlib
import os
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from bench import Line
from goodterms import sql

_PEOPLE = 30_000
_TIMES = 40
_MOST_ADDRESSES = 12
_PAGE_SECONDS, _SEARCH_SECONDS = 0.1, 0.05
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
_FILTERS = (
    "", "state=ready", "state=held", "state=left", "basis=under_terms", "reach=email", "reach=linkedin", "tie=strong",
    "tie=weak", "tie=unknown", "sort=tie", "sort=last", "sort=connected", "sort=tie&page=300", "page=500",
    "tie=strong&sort=last&basis=under_terms", "company=gmbh",
)  # fmt: skip
_DICE = random.Random(1)


def measure(size: float) -> Iterator[Line]:
    """Play the story, then ask for every page and search for people."""
    count = int(_PEOPLE * size)
    _begin(min(count, _PEOPLE))
    office = _office()
    _add_people(office, count - min(count, _PEOPLE))
    _let_all_talk(office)
    sql.look_at_rows()
    ask = _visitor()
    slowest = {name: _p95(name, ask, addresses) for name, addresses in sorted(_every_page(ask, office).items())}
    worst = max(slowest, key=lambda name: slowest[name])
    yield Line(
        name=f"pages: {worst}, slowest of {len(slowest)}, p95", ours=slowest[worst], reference=_PAGE_SECONDS,
        beside=f"the promise for {count:,} people", goal=1.0,
    )  # fmt: skip
    yield Line(
        name="pages: search as one types, p95", ours=_p95("search", ask, _searches(office), htmx=True),
        reference=_SEARCH_SECONDS, beside=f"the promise for {count:,} people", goal=1.0,
    )  # fmt: skip


def _begin(count: int) -> None:
    """Play the story into a folder of its own and set Django up for the pages on it."""
    folder = Path(os.environ["GOODTERMS_HOME"]) / "story"
    database = os.environ.get("GOODTERMS_DATABASE_URL", "")
    chosen = ["--database", database] if database else []
    command = [sys.executable, "-m", "goodterms", "demo", "--size", str(count), "--folder", str(folder), *chosen]
    subprocess.run([*command, "--json"], check=True, stdout=subprocess.DEVNULL)
    os.environ |= {"GOODTERMS_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "goodterms.web.settings"}
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _office() -> Any:
    from goodterms import doors  # noqa: PLC0415 - the tables exist once Django is set up
    from goodterms.accounts.models import Owner  # noqa: PLC0415

    return doors.office_of(Owner.objects.get())


def _visitor() -> Callable[..., Any]:
    importlib.import_module("goodterms.web.asgi")  # which readies the process as that of a server
    from django.test import Client  # noqa: PLC0415

    from goodterms import doors  # noqa: PLC0415
    from goodterms.accounts.actions import the_laptops_user  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(the_laptops_user(now=doors.now()), backend="django.contrib.auth.backends.ModelBackend")

    def ask(address: str, *, htmx: bool = False) -> Any:
        return client.get(address, headers={"HX-Request": "true"} if htmx else {})

    return ask


def _every_page(ask: Callable[..., Any], office: Any) -> dict[str, list[str]]:
    """Give for each page's name some of the addresses that links lead to."""
    waiting = ["/", *(f"/people/?{words}" for words in _FILTERS), *(f"/people/{n}/" for n in _some_people(office))]
    waiting += [f"/x/{link}" for link in _links(office)]
    found: defaultdict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    while waiting:
        address = waiting.pop(0)
        name = _name_of(address)
        if address in seen or not name or len(found[name]) >= max(_MOST_ADDRESSES, len(_FILTERS)):
            continue
        seen.add(address)
        answer = ask(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found[name].append(address)
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(answer.content.decode())]
    return {name: addresses for name, addresses in found.items() if addresses}


def _name_of(address: str) -> str:
    from django.urls import Resolver404, resolve  # noqa: PLC0415

    try:
        return resolve(address.partition("?")[0]).url_name or ""
    except Resolver404:
        return ""


def _p95(name: str, ask: Callable[..., Any], addresses: Iterable[str], *, htmx: bool = False) -> float:
    took = sorted((_time(ask, address, htmx=htmx), address) for address in islice(cycle(addresses), _TIMES))
    late, where = took[int(0.95 * len(took))]
    told = f"{name:<24} p50 {took[len(took) // 2][0] * 1e3:7.1f} ms   p95 {late * 1e3:7.1f} ms, {where[:60]}"
    print(f"  {told}", file=sys.stderr, flush=True)
    return late


def _time(ask: Callable[..., Any], address: str, *, htmx: bool) -> float:
    from django.db import connection  # noqa: PLC0415

    # Of this thread alone: what a page leaves to a job is drawn beside it.
    clock = time.perf_counter if sql.is_postgresql() else time.thread_time
    if not sql.is_postgresql():
        connection.close()
    begun = clock()
    answer = ask(address, htmx=htmx)
    spent = clock() - begun
    assert answer.status_code == 200, (address, answer.status_code)
    return spent


def _searches(office: Any) -> list[str]:
    """Give what is asked for while people's names and companies are typed."""
    from goodterms.people.models import Person  # noqa: PLC0415

    people = Person.objects.filter(pk__in=_some_people(office))
    words = [text for person in people for text in (person.last_name, person.company, person.name)]
    typed = [text[:length] for text in words for length in (1, 2, 3, 5, len(text)) if text[:length].strip()]
    return [f"/people/?q={text}" for text in _DICE.sample(typed, min(len(typed), _TIMES))]


def _some_people(office: Any) -> list[int]:
    from goodterms.people.models import Person  # noqa: PLC0415

    numbers = list(Person.objects.filter(owner=office.owner, merged_into=None).values_list("pk", flat=True))
    return _DICE.sample(numbers, min(len(numbers), _MOST_ADDRESSES))


def _links(office: Any) -> list[str]:
    from goodterms.lib.tokens import Act, Token, make_token  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.updates.models import Update  # noqa: PLC0415

    update = Update.objects.filter(owner=office.owner, kind="update").order_by("id")[0]
    persons = Person.objects.filter(pk__in=_some_people(office))
    owner, named = office.owner.pk, update.uid
    tokens = (Token(owner_number=owner, person_uid=one.uid, update_uid=named, act=Act.CHOOSE) for one in persons)
    return [make_token(office.keys.token, token) for token in tokens]


def _let_all_talk(office: Any) -> None:
    """Give everybody five words with the owner over the last years."""
    from django.db import transaction  # noqa: PLC0415

    from goodterms import doors  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.ties.actions import Exchanged, keep_exchanges  # noqa: PLC0415
    from goodterms.ties.models import Exchange  # noqa: PLC0415

    now = doors.now()
    numbers = Person.objects.filter(owner=office.owner, merged_into=None).order_by("id").values_list("pk", flat=True)
    said = (
        Exchanged(
            person=person, kind=Exchange.Kind.MESSAGE, by_owner=_DICE.random() < 0.5, clock="utc", text="How are you?",
            at=now - timedelta(minutes=_DICE.randrange(3_000_000)), export=None, artefact=None, key=f"{person}-{turn}",
        )
        for person in numbers.iterator()
        for turn in range(5)
    )  # fmt: skip
    with transaction.atomic():
        keep_exchanges(office.owner, said, now=now)


def _add_people(office: Any, count: int) -> None:
    """Add people who are connected, with what the ledger has of them."""
    from django.db import transaction  # noqa: PLC0415

    from goodterms import doors  # noqa: PLC0415
    from goodterms.demo.people import make_member  # noqa: PLC0415
    from goodterms.ledger.actions.append import append  # noqa: PLC0415
    from goodterms.ledger.rules.facts import Fact  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Actor, Kind  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.people.rules import folded, name_key  # noqa: PLC0415

    now = doors.now()
    columns = (
        "id", "owner_id", "uid", "first_name", "last_name", "company", "position", "slug", "email", "connected_on",
        "name_key", "folded", "created_at",
    )  # fmt: skip
    for batch in sql.batches(range(count), 10_000):
        with transaction.atomic():
            numbers = sql.reserve_ids(Person, len(batch))
            rows, facts = [], []
            for number, made in zip(numbers, batch, strict=True):
                on = (now - timedelta(days=made % 5_000)).date()
                one = make_member(2, made, on, email_share=0.04)
                texts = {"first_name": one.first_name, "last_name": one.last_name, "company": one.company,
                         "position": one.position, "slug": one.slug, "email": one.email or ""}  # fmt: skip
                key = name_key(office.keys.identity, one.first_name, one.last_name)
                rows.append((number, office.owner.pk, -made - 1, *texts.values(), on.isoformat(), key, folded(**texts),
                             sql.moment(now)))  # fmt: skip
                facts.append(Fact(kind=Kind.CONNECTION_SEEN, occurred_at=now, actor=Actor.SYSTEM, person=number,
                                  detail={"connected_on": on.isoformat()}))  # fmt: skip
            sql.insert_rows(Person, columns, rows)
            append(office.owner, facts, now=now)
