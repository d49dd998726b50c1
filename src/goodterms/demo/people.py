"""Made-up people, each from a seed and a number alone, so that a million need no memory."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from goodterms.demo import names
from goodterms.demo.dice import Dice

_COMMON_REGIONS = 5
_FORMER_SHARE = 0.02
_SLUG_STEP = 0x9E3779B97  # odd, so that times it no two numbers below 2**36 meet
_REPEATED = tuple(
    region for place, region in enumerate(names.NAMES) for _ in range(3 if place < _COMMON_REGIONS else 1)
)
_PLAIN = str.maketrans({"Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "ß": "ss", "ı": "i"})
_BOLD = {ord(sign): 0x1D5D4 + place for place, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {
    ord(sign): 0x1D5EE + place for place, sign in enumerate("abcdefghijklmnopqrstuvwxyz")
}


@dataclass(frozen=True, slots=True)
class Talk:
    """A message between the owner and a member."""

    at: datetime
    is_from_owner: bool
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody the owner is connected to, as LinkedIn knows them."""

    number: int
    first_name: str
    last_name: str
    slug: str
    email: str | None
    company: str
    position: str
    accepted_at: datetime
    invited_at: datetime
    is_invited_by_owner: bool
    note: str
    """What stood in the invitation; mostly nothing."""
    is_former: bool
    """Whether the account is closed: exports keep nothing but the date."""

    @property
    def name(self) -> str:
        """The full name as messages and invitations show it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def connected_on(self) -> date:
        """The UTC day of the connection."""
        return self.accepted_at.date()


@dataclass(frozen=True, slots=True)
class Change:
    """How often a member took another slug and another job since the first export."""

    renamed: int = 0
    moved: int = 0


UNCHANGED = Change()


def make_member(
    seed: int, number: int, connected_on: date, *, email_share: float = 0.0, change: Change = UNCHANGED
) -> Member:
    """Make up the member with this number; the same again for the same seed, but for what changed."""
    dice = Dice(seed, "member", number)
    first, last = _make_name(dice)
    plain = plain_name(first, last)
    slug = _make_slug(dice, number, (first, last), change.renamed)
    # Every throw is made, used or not: the next ones must not depend on it.
    has_email, host = dice.falls(email_share), dice.pick(names.MAIL_HOSTS)
    company, position = _make_job(dice)
    if change.moved:
        company, position = _make_job(Dice(seed, "job", number, change.moved))
    accepted_at = datetime.combine(connected_on, time(), UTC) + timedelta(seconds=dice.roll(86_400))
    waited = timedelta(minutes=2 + dice.roll(1_440) * (1 + dice.roll(6) ** 2))
    return Member(
        number,
        *_decorate(dice, first, last),
        slug,
        f"{plain.replace('-', '.')}{number}@{host}" if has_email else None,
        company,
        position,
        accepted_at,
        accepted_at - waited,
        dice.falls(0.6),
        dice.pick(names.INCOMING_NOTES) if dice.falls(0.1) else "",
        dice.falls(_FORMER_SHARE),
    )


def _make_name(dice: Dice) -> tuple[str, str]:
    firsts, lasts = dice.pick(_REPEATED)
    return dice.pick(firsts), dice.pick(lasts)


def _make_job(dice: Dice) -> tuple[str, str]:
    company, position, odd = (
        dice.pick(names.COMPANIES),
        dice.pick(names.POSITIONS),
        dice.pick(names.FORMULA_LIKE),
    )
    return company, odd if dice.falls(0.005) else position


def plain_name(first: str, last: str) -> str:
    """Give a name in ASCII as far as it goes, else "member"."""
    text = unicodedata.normalize("NFKD", f"{first}-{last}".translate(_PLAIN)).encode("ascii", "ignore").decode().lower()
    parts = ("".join(filter(str.isalnum, part)) for part in text.replace(" ", "-").split("-"))
    return "-".join(filter(None, parts)) or "member"


def _make_slug(dice: Dice, number: int, name: tuple[str, str], renamed: int) -> str:
    is_native, is_custom = dice.falls(0.09), dice.falls(0.5)
    native = "-".join(name).replace(" ", "-").replace("'", "").lower()
    base = native if is_native else plain_name(*name)
    base = unicodedata.normalize("NFC", base)
    if renamed:
        return f"{base}-{number}-{'abcdefgh'[renamed % 8]}{renamed}"
    return f"{base}-{number}" if is_custom else f"{base}-{number * _SLUG_STEP % 2**36:09x}"


def _decorate(dice: Dice, first: str, last: str) -> tuple[str, str]:
    """Give a name as some people write theirs: with titles, nicknames, emoji, odd letters and blanks."""
    chance = dice.roll(1_000)
    title, nickname, emoji, invisible = map(dice.pick, (names.TITLES, names.NICKNAMES, names.EMOJI, names.INVISIBLE))
    forms = (
        (30, first, last + title),
        (40, f"{first} {nickname}", last),
        (47, first, f"{last} {emoji}"),
        (55, first, f"{last[0]}."),
        (58, first.translate(_BOLD), last.translate(_BOLD)),
        (61, first + invisible, last),
        (85, first, f"{last} "),
    )
    return next(((one, other) for limit, one, other in forms if chance < limit), (first, last))
