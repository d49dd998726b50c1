"""Nobody who took a way out is ever written to again: random histories, played through the real actions.

The histories know what the system does not: which rows, addresses and messages are the same human's. A letter, or the
intention to send one by any vehicle, is a breach where

- an exit (stop, leave, complaint, erasure) covers its vehicle and purpose, and the letter goes to an address or to a
  profile that is the same human's as far as the system can know: any slug or address that a row of theirs showed, in
  archives old or new, undone or not; a slug never seen before with the name and the connection date, or the name and
  the company, of somebody who left; and whoever the owner once joined to them. What the exit covers only grows,
  whatever is undone, erased, forgotten by an older database or parted again;
- the person has not come back by their own act: a confirmed opt-in; or, after a leave, a new connection date under
  the terms, and then the welcome message first. Nothing lifts a complaint, and no act can reach who is erased;
- it is a commercial one to somebody who never confirmed an opt-in;
- the address, or the person as far as the system knows, has had the same update before.

The owner looks before releasing a hold: nobody is released whom the system only may take for somebody who left and
who is. What can't be known (another slug, another name and another company at once) is no breach.

Besides, the standings are the same as when made anew from the ledger, and the ledger verifies.
"""

import itertools
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goodterms.erasure.actions import erase
from goodterms.exits.actions.take import exit_by_name, take_exit
from goodterms.feedback.actions.exports import sync_and_obey
from goodterms.feedback.actions.read import read_mail
from goodterms.ledger.actions.append import append
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.facts import WHOLE, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.addresses import widen_email
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.people.queries import persons_by_key
from goodterms.policy.rulebook import read_rulebook
from goodterms.sync.actions.joining import merge, release, split
from goodterms.sync.actions.undo import NothingToUndo, undo
from goodterms.sync.models import Export
from goodterms.terms.actions import mark_welcomed, put_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_update, add_welcome
from tests.never_back.ground import Ground, Sent
from tests.never_back.house import House
from tests.never_back.humans import FAMILY, Archive, human_of, new_human, write_archive

NAMES = ("Ann Lee", "Bo Kern", "Ann Lee Kern")
COMPANIES = ("Acme", "Bolt", "")
CHANGES = (
    "slug", "slug", *NAMES[:2], *COMPANIES[:2], FAMILY, FAMILY, "-", "H{}+news@Mail.test", "h{}@other.test"
)  # fmt: skip
SCOPES = (
    WHOLE,
    WHOLE,
    Scope(vehicles=frozenset({Vehicle.EMAIL})),
    Scope(vehicles=frozenset({Vehicle.LINKEDIN})),
    Scope(purposes=frozenset({Purpose.COMMERCIAL})),
)
UPDATES = {
    "news": "---\nsubject: News\n---\nHello {{ first_name | default: 'you' }}\n",
    "offer": "---\nsubject: An offer\npurpose: commercial\n---\nBuy this\n",
}
WELCOME = "Thank you for connecting. My connections get a personal update from me now and then."
EXITS = (Kind.STOPPED, Kind.STOPPED, Kind.LEFT, Kind.LEFT, Kind.COMPLAINED)
WAYS = ("note", "address", "slug", "mail", "linkedin", "link", "link from elsewhere")
some = st.integers(min_value=0, max_value=20)


class History(Ground):
    """One owner, their network, and what happens."""

    @initialize(strategy=st.sampled_from(["connection_opt_in", "opt_out_list"]), with_terms=st.booleans())
    def begins(self, strategy: str, with_terms: bool) -> None:
        self.rulebook = read_rulebook("", strategy)
        if with_terms:
            self.adds_terms(30)
        for name in NAMES:
            self.connects(name, "Acme", shared=False)
            self.house.tick(days=1)
        self.exports_and_reads()
        self.cares()

    # The world

    @precondition(lambda self: len(self.humans) < 6)
    @rule(name=st.sampled_from(NAMES), company=st.sampled_from(COMPANIES), shared=st.booleans())
    def connects(self, name: str, company: str, shared: bool) -> None:
        number = len(self.humans)
        email = FAMILY if shared else f"h{number}@mail.test"
        on = self.house.tick().date()
        self.humans.append(new_human(number, name=name, company=company, email=email, on=on))
        self._lives_at(self.humans[-1])

    @rule(who=some, what=st.sampled_from(CHANGES))
    def changes(self, who: int, what: str) -> None:
        human = self._human(who)
        if what == "slug":
            human.take_another_slug()
        elif what in NAMES:
            human.change(name=what)
        elif what in COMPANIES:
            human.change(company=what)
        else:
            human.change(email=what.format(human.shown.human).strip("-"))
            self._lives_at(human)

    @rule(who=some, connects_anew=st.booleans())
    def vanishes_or_comes_back(self, who: int, connects_anew: bool) -> None:
        human = self._human(who)
        human.is_listed = not human.is_listed
        if human.is_listed and connects_anew:
            human.change(connected_on=self.house.tick().date())

    # Archives

    @rule(update=st.sampled_from(["news", "news", "offer"]))
    def another_month_goes_by(self, update: str) -> None:
        """The same again: it is what mostly happens."""
        self.a_month_goes_by(update)

    @rule(update=st.sampled_from(["news", "news", "offer"]))
    def a_month_goes_by(self, update: str) -> None:
        """The owner does what they should: reads the newest archive, welcomes, looks at who is held, sends."""
        self.house.tick(days=30)
        self.exports_and_reads()
        self.cares()
        self.sends_welcomes()
        self.sends(update)

    def cares(self) -> None:
        """Release whom the owner may, and welcome everybody by hand."""
        self.releases(True)
        for person in Person.objects.filter(merged_into=None, erased_at=None).order_by("id"):
            self._welcome(person)

    @rule(days=st.integers(min_value=0, max_value=9))
    def exports(self, days: int) -> None:
        at = self.house.tick(days=days, minutes=1)
        folder = self.house.folder / f"archive{len(self.archives)}"
        self.archives.append(write_archive(folder, self.humans, at))

    def exports_and_reads(self) -> None:
        self.exports(0)
        self._read(self.archives[-1])

    @rule(which=some)
    def reads(self, which: int) -> None:
        self._read(self.archives[which % len(self.archives)])

    def _read(self, archive: Archive) -> None:
        report = sync_and_obey(
            self.house.office,
            archive.path,
            now=self.house.tick(),
            dry_run=False,
            accept_departures=True,
            progress=lambda _step: None,
        )
        if not report.applied:
            return
        newest = Export.objects.order_by("-id")[0].is_newest
        for row in archive.rows:
            is_met = self._number(row.slug) in {old.uid for old in self.sent}
            self.known.read(row, is_newest=newest, is_met=is_met)
        for message in archive.messages:
            if message.slug in self.known.links.shown:
                kind = Kind.LEFT if "disconnect" in message.text else Kind.STOPPED
                self._left(kind, {message.slug}, at=message.at, humans={message.human})

    @rule()
    def undoes(self) -> None:
        try:
            undo(self.house.office, now=self.house.tick())
        except NothingToUndo:
            hypothesis.event("nothing to undo")

    # Ways out

    @precondition(lambda self: len(self.known.exits) < 4)
    @rule(who=some, how=st.sampled_from(WAYS), kind=st.sampled_from(EXITS), scope=st.sampled_from(SCOPES))
    def takes_a_way_out(self, who: int, how: str, kind: Kind, scope: Scope) -> None:
        leaves = kind is not Kind.STOPPED
        if how == "note":
            self.tells_the_owner(who, kind, scope)
        elif how in {"address", "slug"}:
            self.is_noted_by_name(who, how == "address", Kind.LEFT if leaves else kind)
        elif how == "mail":
            self.writes_a_mail(who, leaves)
        elif how == "linkedin":
            self._human(who).say("Please disconnect me." if leaves else "Please unsubscribe me.", self.house.tick())
        elif self.sent:
            self.uses_a_link_of_an_old_mail(who, leaves, how == "link from elsewhere")

    def tells_the_owner(self, who: int, kind: Kind, scope: Scope) -> None:
        person = self._person(who)
        if person is None or person.erased_at:
            return
        now = self.house.tick()
        take_exit(self.house.office, person, kind, at=now, now=now, actor=Actor.OWNER, scope=scope)
        self._left(kind, self._slugs(person), at=now, scope=scope, emails=self._emails(person))

    def is_noted_by_name(self, who: int, by_mail: bool, kind: Kind) -> None:
        """The owner notes an exit of whoever has an address or slug, known or a stranger."""
        row = self._human(who).shown
        text = row.email if by_mail and row.email else row.slug
        holders = persons_by_key(self.house.office.owner, self._key(text))
        if len(holders) > 1 or any(person.erased_at for person in holders):
            return
        now = self.house.tick()
        person = exit_by_name(self.house.office, text, kind, at=now, now=now, actor=Actor.OWNER)
        humans = {row.human}
        self._left(kind, self._slugs(person), at=now, emails=self._emails(person), humans=humans)

    def writes_a_mail(self, who: int, leaves: bool) -> None:
        row = self._human(who).shown
        if row.email:
            words = "Please disconnect me." if leaves else "Please unsubscribe me."
            self._mail(row.email, "Re: News", words, kind=Kind.LEFT if leaves else Kind.STOPPED, writer=row.human)

    def uses_a_link_of_an_old_mail(self, which: int, leaves: bool, from_elsewhere: bool) -> None:
        old = self.sent[which % len(self.sent)]
        act = Act.LEAVE if leaves else Act.STOP
        token = Token(owner_number=self.house.office.owner.pk, person_uid=old.uid, update_uid=old.update_uid, act=act)
        signed = make_token(self.house.office.keys.token, token)
        address = "phone@else.test" if from_elsewhere else old.address
        kind = Kind.LEFT if leaves else Kind.STOPPED
        self._mail(address, f"{act} {signed}", "", kind=kind, old=old)

    def _mail(
        self, address: str, subject: str, words: str, *, kind: Kind, writer: int | None = None, old: Sent | None = None
    ) -> None:
        now = self.house.tick(minutes=2)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = address, "olga@owner.test", subject
        mail["Date"], mail["Message-ID"] = format_datetime(now), f"<{now.timestamp()}@mail.test>"
        mail.set_content(words)
        owner = self.house.office.owner
        concerned = {person.pk for person in persons_by_key(owner, self._key(address))}
        named = Person.objects.filter(owner=owner, uid=old.uid).first() if old else None
        concerned |= {named.merged_into_id or named.pk} if named else set()
        read_mail(self.house.office, [mail.as_bytes()], now=now)
        persons = list(Person.objects.filter(pk__in=concerned, erased_at=None))
        slugs = set().union(*(self._slugs(person) for person in persons))
        emails = set().union({widen_email(address)}, *(self._emails(person) for person in persons))
        self._left(kind, slugs, at=now, emails=emails, humans=set() if writer is None else {writer})
        if old and named is None:
            self._left_unknown(kind, old, at=now)

    def _left_unknown(self, kind: Kind, old: Sent, *, at: datetime) -> None:
        """An older database does not know whose the link was: the slug that gave the number is covered all the same."""
        hypothesis.event("a stranger's link")
        first = {slug for slug in old.slugs if self._number(slug) == old.uid}
        humans = {human_of(slug) for slug in old.slugs}
        self._left(kind, first, at=at, humans=humans, is_strangers=True)

    @rule(who=some)
    def opts_in(self, who: int) -> None:
        person = self._person(who)
        if person is None or person.erased_at:
            return
        now = self.house.tick()
        fact = Fact(kind=Kind.OPT_IN_CONFIRMED, occurred_at=now, actor=Actor.PERSON, person=person.pk)
        with transaction.atomic():
            append(self.house.office.owner, [fact], now=now)
        self.known.opted_in |= dict.fromkeys(self._whose(person), now)

    # The owner's hand

    @rule(who=some, other=some, parts=st.booleans())
    def joins_or_parts(self, who: int, other: int, parts: bool) -> None:
        if parts:
            self.parts(who)
        else:
            self.joins(who, other)

    def joins(self, who: int, other: int) -> None:
        one, two = self._person(who), self._person(other)
        if not one or not two or one == two or one.erased_at or two.erased_at:
            return
        merge(self.house.office, one, two, now=self.house.tick())
        self.merged.append(self.known.merge(self._slugs(one)))

    def parts(self, who: int) -> None:
        roots = Person.objects.filter(merged__isnull=False, erased_at=None).distinct().order_by("id")
        if roots:
            person = roots[who % len(roots)]
            slugs = self._slugs(person)
            split(self.house.office, person, now=self.house.tick())
            self.known.split(slugs, self.merged)

    @precondition(lambda self: len(self.known.exits) < 4)
    @rule(who=some)
    def erases(self, who: int) -> None:
        person = self._person(who)
        if person is None or person.erased_at:
            return
        slugs, emails, now = self._slugs(person), self._emails(person), self.house.tick()
        erase(self.house.office, person, now=now)
        self._left(Kind.ERASED, slugs, at=now, emails=emails)

    @rule(who=some, what=st.sampled_from(["terms", "welcome", "release", "include"]))
    def does_by_hand(self, who: int, what: str) -> None:
        if what == "terms":
            self.adds_terms(who)
        elif what == "welcome":
            self.marks_welcomed(who)
        else:
            self.releases(what == "include")

    def adds_terms(self, days_ago: int) -> None:
        now = self.house.tick()
        from_at = now - timedelta(days=days_ago)
        put_in_force(self.house.office.owner, Place.PROFILE, WELCOME, from_at=from_at, until_at=None, now=now)
        self.known.terms_from.append(from_at)

    def marks_welcomed(self, who: int) -> None:
        person = self._person(who)
        if person and not person.erased_at:
            self._welcome(person)

    def _welcome(self, person: Person) -> None:
        now = self.house.tick()
        mark_welcomed(self.house.office.owner, person.pk, at=now, now=now)
        self._welcomed(person, now)

    def releases(self, include: bool) -> None:
        """The owner looks: who only may be somebody that left, and is, stays held."""
        roots = Person.objects.filter(merged_into=None, erased_at=None).order_by("id")
        seen = [person for person in roots if not self._may_be_a_leaver(person)]
        release(self.house.office, seen, include=include, now=self.house.tick())

    def _may_be_a_leaver(self, person: Person) -> bool:
        standing = Standing.objects.filter(person=person).first()
        is_certain = standing is not None and not standing.bearing.startswith("none|")
        return not is_certain and any(exit_.humans & self._whose(person) for exit_ in self.known.exits)

    @rule(puts_back=st.booleans())
    def keeps_a_backup(self, puts_back: bool) -> None:
        if puts_back and self.backup:
            self.puts_the_backup_back()
        else:
            self.backs_up()

    def backs_up(self) -> None:
        self.house.back_up()
        self.backup = (self.known.links, list(self.merged))

    def puts_the_backup_back(self) -> None:
        assert self.backup
        self.house.put_back()
        self.known.links, self.merged = self.backup[0], list(self.backup[1])

    # Sending

    @rule(name=st.sampled_from(["news", "news", "offer", "welcome"]))
    def sends_by_mail(self, name: str) -> None:
        if name == "welcome":
            self.sends_welcomes()
        else:
            self.sends(name)

    def sends(self, name: str) -> None:
        update = add_update(self.house.office.owner, UPDATES[name], f"{name}.md", terms=WELCOME, now=self.house.tick())
        self._send(name, update, welcome=False)

    def sends_welcomes(self) -> None:
        update = add_welcome(self.house.office.owner, WELCOME, terms=WELCOME, now=self.house.tick())
        self._send("welcome", update, welcome=True)


@pytest.mark.django_db
def test_the_model_begins_where_the_database_does() -> None:
    """A plain test of the database: where none is in a session, pytest-django migrates nothing to be copied."""
    assert not Person.objects.exists()


@pytest.mark.slow
def test_nobody_who_took_a_way_out_is_written_to_again(
    committed_db: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    template = request.getfixturevalue("_database_template")
    numbers = itertools.count()
    History.make_house = staticmethod(lambda: House(template, tmp_path / f"house{next(numbers)}"))
    run_state_machine_as_test(History, settings=_settings())


def _settings() -> hypothesis.settings:
    """A history costs more than half a second, so there are fewer than of a plain property, and none are shrunk.

    To shrink one that fails, add hypothesis.Phase.shrink to the phases and wait.
    """
    chosen = hypothesis.settings()
    return hypothesis.settings(
        chosen,
        max_examples=max(5, chosen.max_examples * 3 // 10),
        stateful_step_count=30,
        report_multiple_bugs=False,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
