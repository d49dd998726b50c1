"""Answering: that an exit was obeyed, where the owner wants that; and the request to confirm a yes.

Each is one short mail, sent at most once: it is marked as begun, for good, before its bytes leave. Whatever then
becomes of it, and whatever crashes, it is not begun again, unless a server said that it did not take it yet. Machines,
lists and null senders are never answered (RFC 3834 section 2).
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.delivery.rules.records import without_addresses
from goodterms.delivery.rules.replies import Reply, Result, judge
from goodterms.delivery.vehicles.transport import Transport, carry_one, letter_of
from goodterms.exits.queries import is_anothers
from goodterms.feedback.actions.opt_ins import confirm_token
from goodterms.feedback.letters import Words, confirming_words, exit_words, languages
from goodterms.feedback.models import Answer, OptIn
from goodterms.feedback.parsers.message import Incoming
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Vehicle
from goodterms.ledger.rules.standing import Standing
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.updates.message import AddressUnusable, Mailbox, Message, message_id, plain_message

State = Answer.State
_TOO_LATE = timedelta(days=7)
"""An answer that could not leave until then would puzzle whoever gets it."""


def queue_exit_answer(office: Office, person: Person, incoming: Incoming, *, language: str, now: datetime) -> None:
    """Let one answer confirm the exit that a mail asked for, if its sender may be answered.

    There is one to a person, and another one only if they opted in again meanwhile and left again. Call it inside the
    action that takes the exit.
    """
    address = normalise_email(incoming.from_address)
    if not incoming.is_answerable or not address or address == office.owner.email:
        return
    standing = standings_of(office.owner.pk, [person.pk]).get(person.pk, Standing())
    since = standing.opt_in_confirmed_at
    Answer.objects.get_or_create(
        owner=office.owner,
        kind=Answer.Kind.EXIT,
        about=f"exit of {person.pk} after {since:%Y-%m-%dT%H:%M:%S.%f}" if since else f"exit of {person.pk}",
        defaults={
            "person": person,
            "address": address,
            "language": language if language in languages() else "",
            "replies_to": incoming.message_id if incoming.message_id.isascii() else "",
            "state": State.WAITING,
            "asked_at": now,
        },
    )


def count_waiting(office: Office) -> int:
    """Count the answers that wait to be sent."""
    return Answer.objects.filter(owner=office.owner, state=State.WAITING).count()


def send_answers(
    office: Office,
    transport: Transport,
    *,
    public_url: str = "",
    reply_address: str = "",
    clock: Callable[[], datetime],
) -> Counter[str]:
    """Send the answers that wait; give how many were sent, refused, left open (begun) and still wait.

    `reply_address` takes mails with a signed subject; the owner's address where it is empty. Raises RunStopped where
    the server can't be reached or refuses the sender: what was not begun waits.
    """
    waiting = list(Answer.objects.filter(owner=office.owner, state=State.WAITING).order_by("asked_at", "id"))
    counts: Counter[str] = Counter()
    if not waiting:
        return counts
    transport.open()
    try:
        for answer in waiting:
            counts[_send(office, answer, transport, public_url, reply_address or office.owner.email, clock)] += 1
    finally:
        transport.close()
    return counts


def _send(  # noqa: PLR0917 -- what one answer needs, handed through from the door
    office: Office,
    answer: Answer,
    transport: Transport,
    public_url: str,
    reply_address: str,
    clock: Callable[[], datetime],
) -> str:
    now = clock()
    why = _why_not(answer, now)
    try:
        message = _message(office, answer, public_url, reply_address, now) if not why else None
    except AddressUnusable as fault:
        message, why = None, str(fault)
    if message is None:
        Answer.objects.filter(owner=answer.owner_id, pk=answer.pk, state=State.WAITING).update(
            state=State.REFUSED, reply=why[:500]
        )
        return State.REFUSED.value
    # Alone, and committed: from here on nobody else sends it, and neither does anybody after a crash.
    if not Answer.objects.filter(owner=answer.owner_id, pk=answer.pk, state=State.WAITING).update(
        state=State.BEGUN, begun_at=now
    ):
        return State.BEGUN.value
    reply = carry_one(transport, letter_of(message, _message_id(office, answer)))
    return _settle(office, answer, message, reply, now=clock()).value


def _why_not(answer: Answer, now: datetime) -> str:
    """Say why an answer is not sent after all; nothing where it may be."""
    root = Person.objects.get(owner=answer.owner_id, pk=root_id(answer.person))
    standing = standings_of(root.owner_id, [root.pk]).get(root.pk, Standing())
    if root.erased_at or standing.complained_at or not answer.address:
        return "The person complained or was erased."
    if now - answer.asked_at > _TOO_LATE:
        return "It could not be sent for a week."
    if answer.kind == Answer.Kind.EXIT:
        return ""
    opt_in = OptIn.objects.get(owner=answer.owner, uid=answer.about)
    if is_anothers(answer.owner, opt_in.address_key, root.pk):
        return "Somebody else by this address has left."
    exits = [standing.left_at, *(stop.at for stop in standing.stops)]
    return "They chose something else." if any(at and at > opt_in.given_at for at in exits) else ""


def _message(office: Office, answer: Answer, public_url: str, reply_address: str, now: datetime) -> Message:
    owner = office.owner
    words = _words(office, answer, public_url, reply_address)
    headers = {"Message-ID": _message_id(office, answer), "Auto-Submitted": "auto-replied"}
    if answer.replies_to:
        headers |= {"In-Reply-To": answer.replies_to, "References": answer.replies_to}
    return plain_message(
        words.text,
        sender=Mailbox(address=owner.email, name=owner.name),
        recipient=Mailbox(address=answer.address),
        subject=words.subject,
        headers=headers,
        now=now,
    )


def _words(office: Office, answer: Answer, public_url: str, reply_address: str) -> Words:
    owner = office.owner
    if answer.kind == Answer.Kind.EXIT:
        root = root_id(answer.person)
        leaves = standings_of(owner.pk, [root])[root].left_at is not None
        return exit_words(answer.language, owner=owner.name, leaves=leaves)
    token = confirm_token(office, OptIn.objects.get(owner=owner, uid=answer.about))
    page = (f"{public_url.rstrip('/')}/x/{token}",) if public_url else ()
    ways = (*page, f"mailto:{reply_address}?subject=confirm%20{token}")
    return confirming_words(answer.language, owner=owner.name, ways=ways)


def _message_id(office: Office, answer: Answer) -> str:
    """Give the Message-ID: of a request to confirm its token, so that an answer with a yes confirms."""
    domain = office.owner.email.rpartition("@")[2]
    if answer.kind == Answer.Kind.OPT_IN:
        return message_id(confirm_token(office, OptIn.objects.get(owner=office.owner, uid=answer.about)), domain)
    token = Token(owner_number=office.owner.pk, person_uid=answer.person.uid, act=Act.COPY)
    return message_id(f"{make_token(office.keys.token, token)}.{answer.pk}", domain)


@alone
def _settle(office: Office, answer: Answer, message: Message, reply: Reply, *, now: datetime) -> State:
    result = judge(reply).result
    said = without_addresses(str(reply))
    begun = Answer.objects.filter(owner=answer.owner_id, pk=answer.pk, state=State.BEGUN)
    if result in {Result.DEFERRED, Result.RETURNED}:
        begun.update(state=State.WAITING, reply=said)
        return State.WAITING
    if result is not Result.ACCEPTED:
        state = State.BEGUN if result is Result.UNKNOWN else State.REFUSED
        begun.update(state=state, reply=said)
        return state
    sha256 = sha256_hex(message.content)
    artefact = keep_artefacts(office.owner, "answer", {sha256: message.content})[sha256]
    assign_artefacts(office.owner, [(answer.person_id, artefact)])
    begun.update(state=State.SENT, reply=said, sha256=sha256)
    fact = Fact(
        kind=Kind.ANSWERED if answer.kind == Answer.Kind.EXIT else Kind.OPT_IN_ASKED,
        occurred_at=now,
        actor=Actor.SYSTEM,
        person=root_id(answer.person),
        scope=Scope(vehicles=frozenset({Vehicle.EMAIL})),
        detail={"channel": "email", "about": answer.about},
        evidence=(sha256,),
    )
    append(office.owner, [fact], now=now)
    return State.SENT
