"""Telling whoever watches a worker how far the mailings are."""

from datetime import timedelta

from goodterms.mailings.models import Mailing
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.queries import mailings_under_way, owners_to_tend, progress_of
from goodterms.mailings.rules import Progress

EVERY = timedelta(seconds=10)


class Teller:
    """Looks now and then, and says what has changed since the last look."""

    def __init__(self, outfit: Outfit) -> None:
        self._outfit = outfit
        self._last: dict[int, Progress] = {}
        self._next_at = outfit.clock() + EVERY

    def tell_where_due(self) -> None:
        """Say how far the mailings are, if the last time is long enough ago."""
        now = self._outfit.clock()
        if now < self._next_at:
            return
        self._next_at = now + EVERY
        for mailing in mailings_under_way(owners_to_tend(now=now)):
            found = progress_of(mailing, now=now)
            before = self._last.get(mailing.pk)
            self._last[mailing.pk] = found
            if before is None or before.finished != found.finished:
                self._outfit.say(line(mailing, found, found.rate_since(before) if before else None))


def line(mailing: Mailing, found: Progress, rate: float | None) -> str:
    """Give how far a mailing is in a line; the rate in copies a second."""
    counts = {word: getattr(found, word) for word in ("accepted", "deferred", "refused", "unknown")}
    parts = [f"{word} {count:,}" for word, count in counts.items() if count or word == "accepted"]
    parts.append(f"{found.left:,} left")
    if rate is not None:
        parts.append(f"{rate:.1f} a second")
        left = found.time_left(rate)
        parts += [f"about {left} to go"] if left is not None else []
    return f"Update {mailing.update_id}, '{mailing.update.subject}': {', '.join(parts)}."
