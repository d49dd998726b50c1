"""Planning, claiming and finishing a hundred thousand deliveries and ten times that: is the tenth as dear a copy?

On PostgreSQL, where GOODTERMS_BENCH_DATABASE is the address of an empty database, with 2 and 4 worker processes too;
else on SQLite with one. Letters go nowhere: a transport in the process takes them all, so that rows, ledger and journal
are what is measured, and not a network.
"""

import os
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bench import Line, ground
from goodterms import sql

_WORKERS = (1, 2, 4)


def measure(size: float) -> Iterator[Line]:
    """Measure at a tenth and at the whole; the goals are sameness, of time a copy and of memory, and 120 MB."""
    ground.begin()
    whole = int(1_000_000 * size)
    small, large = _Mailing(whole // 10), _Mailing(whole)
    first, second = small.go(workers=1), large.go(workers=1)
    yield Line(
        name=f"scale: seconds per 1,000 copies, {whole:,}", ours=second.per_thousand, reference=first.per_thousand,
        beside=f"{whole // 10:,}", goal=1.3,
    )  # fmt: skip
    yield Line(
        name=f"scale: memory, {whole:,} copies", ours=second.megabytes, reference=first.megabytes,
        beside=f"{whole // 10:,}", goal=1.2, unit="MB",
    )  # fmt: skip
    yield Line(
        name=f"scale: memory, {whole:,} copies", ours=second.megabytes, reference=120, beside="the promise", goal=1,
        unit="MB",
    )  # fmt: skip
    if sql.is_postgresql():
        for workers in _WORKERS[1:]:
            shared = _Mailing(whole // 10).go(workers=workers)
            yield Line(
                name=f"scale: {workers} workers, seconds per 1,000", ours=shared.per_thousand,
                reference=first.per_thousand, beside="1 worker", goal=1.0,
            )  # fmt: skip


class _Result:
    def __init__(self, count: int, seconds: float, megabytes: float) -> None:
        self.per_thousand, self.megabytes = 1_000 * seconds / count, megabytes


class _Mailing:
    """An owner of its own with people who may all be written to, and an update planned for them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.uid = made(count)

    def go(self, *, workers: int) -> _Result:
        """Plan, and let so many processes send; give the time of both, and the largest memory.

        How long a process takes until it can begin is not in it.
        """
        planning = _in_processes(self.uid, "plan", 1)[0]
        sending = _in_processes(self.uid, "send", workers)
        ends, seconds = sending[1], planning + sending[0]
        told = [line.split() for end in ends for line in end.splitlines()]
        accepted, megabytes = sum(int(line[0]) for line in told), max(float(line[1]) for line in told)
        assert accepted == self.count, (accepted, self.count)
        worked = sum(float(line[2]) for line in told)
        print(f"  {self.count:,} copies, {workers} workers: planned in {planning:.1f} s, sent in {sending[0]:.1f} s, "
              f"{self.count / sending[0]:,.0f}/s, {1e6 * worked / self.count:.0f} us of processor in the workers, "
              f"{megabytes:.0f} MB", file=sys.stderr, flush=True)  # fmt: skip
        return _Result(self.count, seconds, megabytes)


def _in_processes(uid: str, what: str, count: int) -> tuple[float, list[str]]:
    """Let processes do it, all beginning when the last is ready; give the seconds, and what each printed at its end."""
    command = [sys.executable, "-m", "bench.scale", what, uid]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    begun = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    ends = [process.communicate()[0] for process in processes]
    return time.perf_counter() - begun, ends


def made(count: int) -> str:
    """Make an owner with so many people, and an update; give the owner's uid."""
    from goodterms.accounts.keys import make_keys  # noqa: PLC0415 - the tables exist once Django is set up
    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.config import home  # noqa: PLC0415
    from goodterms.updates.models import Update  # noqa: PLC0415

    uid = uuid.uuid4().hex
    owner = Owner.objects.create(
        uid=uid, name="Alice", email=f"{uid}@home.example", strategy="connection_opt_in",
        keys_fingerprint=make_keys(home() / "keys").fingerprint, created_at=ground.NOW,
    )  # fmt: skip
    Update.objects.create(
        owner=owner, uid=uid, kind="update", purpose="networking", subject="News", topics=[],
        body="Hello {{ first_name }}, I have moved to Lyon.", footer="Connecting means news.", sha256=uid * 2,
        created_at=ground.NOW,
    )  # fmt: skip
    ground.add_willing_people(owner.pk, count)
    return uid


class _Nowhere:
    """A transport that takes every letter."""

    window = 256

    def open(self) -> None:
        """Nothing is to be opened."""

    def close(self) -> None:
        """Nor closed."""

    def carry(self, letters: Iterable[object]) -> Iterator[list[tuple[object, object]]]:
        """Accept everything."""
        from goodterms.delivery.rules.replies import Reply, Step  # noqa: PLC0415

        accepted = Reply(code=250, text="2.0.0 ok", step=Step.END)
        for letter in letters:
            yield [(letter, accepted)]


def _send(uid: str) -> int:
    from goodterms.delivery.actions.pacing import Pacer  # noqa: PLC0415
    from goodterms.delivery.actions.run import run  # noqa: PLC0415
    from goodterms.delivery.means import Means  # noqa: PLC0415

    owner, update, copies, book = _ground(uid)
    from goodterms.config import home  # noqa: PLC0415

    means = Means(
        transport=_Nowhere(),  # type: ignore[arg-type]
        render=lambda copy: copies.render(copy, now=ground.NOW),
        rulebook=book,
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- a door of its own
        folder=home(),
        worker=f"bench-{os.getpid()}",
        pacer=Pacer(owner=owner),
    )
    return run(owner, update, means).accepted


def _plan(uid: str) -> int:
    from goodterms.delivery.actions.plan import plan  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415

    owner, update, copies, book = _ground(uid)
    now = datetime.now(UTC)  # noqa: TID251
    return plan(owner, update, Vehicle.EMAIL, now=now, rulebook=book, message_id=copies.message_id).queued


def _ground(uid: str):  # type: ignore[no-untyped-def]
    from goodterms.accounts.keys import read_keys  # noqa: PLC0415
    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.config import home  # noqa: PLC0415
    from goodterms.delivery.copies import Copies  # noqa: PLC0415
    from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415
    from goodterms.updates.models import Update  # noqa: PLC0415

    owner = Owner.objects.get(uid=uid)
    update = Update.objects.get(owner=owner, uid=uid)
    return owner, update, Copies(update=update, token_key=read_keys(home() / "keys").token), read_rulebook()


def main(what: str, uid: str) -> None:
    """Be one of the processes; print how many copies, the largest memory in MB, and the seconds of the processor."""
    import django  # noqa: PLC0415

    django.setup()
    _ground(uid)
    print("ready", flush=True)
    sys.stdin.readline()
    before = time.process_time()
    count = {"plan": _plan, "send": _send}[what](uid)
    worked = time.process_time() - before
    print(count, f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}", f"{worked:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
