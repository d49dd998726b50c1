"""What owners may choose for themselves, where the host of an installation has not fixed it for all of them."""

from enum import StrEnum

from goodterms.config import SettingsFaulty, read_settings


class Choice(StrEnum):
    """Something that an owner may choose; the installation's settings are what holds where they chose nothing."""

    MAIL = "mail"
    """How mail leaves, and where answers come."""
    LIST = "list"
    """The list that posts go to."""
    SIGNING = "signing"
    """The keys that sign mail."""
    PACE = "pace"
    """How fast mail leaves."""


class ChoiceFixed(SettingsFaulty):
    """The host of this installation has fixed something for all owners."""


def is_fixed(choice: Choice) -> bool:
    """Say whether GOODTERMS_FIXED keeps owners from choosing; what one chose before counts no more then."""
    written = read_settings()["GOODTERMS_FIXED"]
    fixed = {word.strip() for word in written.split(",") if word.strip()}
    strange = sorted(fixed - set(Choice))
    if strange:
        raise SettingsFaulty(
            f"GOODTERMS_FIXED names {', '.join(strange)}; it may name {', '.join(Choice)}. Nothing was done."
        )
    return choice in fixed


def make_sure_it_is_open(choice: Choice) -> None:
    """Raise ChoiceFixed where owners do not choose this."""
    if is_fixed(choice):
        raise ChoiceFixed(
            f"Whoever runs this installation has fixed the {choice} for everybody (GOODTERMS_FIXED). Nothing was "
            "changed. Ask them."
        )
