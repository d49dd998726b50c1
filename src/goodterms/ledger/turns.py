"""Whose turn it is, where several write of one owner's people at once.

On SQLite there is one writer at a time. On PostgreSQL two that held people in different orders would wait for each
other, until the database ended one of them. So whatever writes of people begins with the owner's turn, before it holds
any row: what holds all that it needs at once and in one order, as a batch of copies that is settled, shares it with
others of its kind; what comes upon further people as it goes on, as an archive or an exit with its namesakes, waits
until nobody else has it. Whoever comes next waits for whoever waits already, so an exit is not put off by copies that
are settled one batch after the other. The turn ends with the transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from django.db import connection, transaction

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Entry

_TURN = 0x676F6F64
"""The first number of these locks; the owner's is the second."""


class _Owned(Protocol):
    @property
    def owner(self) -> Owner: ...


_Whose = TypeVar("_Whose", bound=Owner | _Owned)
_Given = ParamSpec("_Given")
_Done = TypeVar("_Done")


def alone(action: Callable[Concatenate[_Whose, _Given], _Done]) -> Callable[Concatenate[_Whose, _Given], _Done]:
    """Make an action one transaction in which nobody else writes of the same owner's people.

    Its first argument is the owner, or has one. Inside another transaction, that one has to have begun alone as well.
    """

    @wraps(action)
    def done(whose: _Whose, /, *args: _Given.args, **options: _Given.kwargs) -> _Done:
        with turn_of(whose if isinstance(whose, Owner) else whose.owner):
            return action(whose, *args, **options)

    return done


@contextmanager
def turn_of(owner: Owner) -> Iterator[None]:
    """Make a block such a transaction."""
    with transaction.atomic():
        take_turn(owner)
        yield


def take_turn(owner: Owner) -> None:
    """Wait until nobody writes of an owner's people, and let nobody else do until the transaction ends."""
    _begin(owner, "pg_advisory_xact_lock")


def share_turn(owner: Owner) -> None:
    """Wait while somebody is alone, and let nobody be until the transaction ends."""
    _begin(owner, "pg_advisory_xact_lock_shared")


def _begin(owner: Owner, lock: str) -> None:
    if sql.is_postgresql() and connection.in_atomic_block:
        # In the same breath, for it is asked for each batch of copies: that entries will be added has to be said
        # before they are numbered (see `sql.is_settled`).
        table = Entry._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
        sql.execute(f'SELECT {lock}({_TURN}, {owner.pk:d}); LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE')
