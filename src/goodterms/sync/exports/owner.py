"""Profile, Profile Summary, Email Addresses and Registration.csv: what the export says of the owner."""

from dataclasses import dataclass

from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_address, read_when
from goodterms.sync.exports.tables import RawRow, Remark


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """The owner's profile on the day of the export: the place where the terms may stand."""

    line: int
    raw: str
    first_name: str
    last_name: str
    headline: str
    summary: str
    industry: str
    location: str
    websites: str


@dataclass(frozen=True, slots=True)
class ProfileSummaryRow:
    """The owner's "About" text, in exports that keep it apart."""

    line: int
    raw: str
    summary: str


@dataclass(frozen=True, slots=True)
class EmailAddressRow:
    """An address of the owner's."""

    line: int
    raw: str
    email: str | None
    email_raw: str
    is_confirmed: bool
    is_primary: bool
    updated: Told | None


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """When the owner joined LinkedIn."""

    line: int
    raw: str
    registered: Told | None


def _read_profile(raw: RawRow, cells: tuple[str, ...], _remark: Remark) -> ProfileRow:
    return ProfileRow(raw.line, raw.text, *(cell.strip() for cell in cells[:-1]))


def _read_summary(raw: RawRow, cells: tuple[str, ...], _remark: Remark) -> ProfileSummaryRow:
    return ProfileSummaryRow(raw.line, raw.text, cells[0].strip())


def _read_email(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> EmailAddressRow:
    email, confirmed, primary, updated, _ = cells
    updated = "" if updated.strip().casefold() == "not available" else updated
    return EmailAddressRow(
        raw.line,
        raw.text,
        read_address(raw, email, remark),
        email,
        _is_yes(confirmed),
        _is_yes(primary),
        read_when(raw, updated, remark),
    )


def _is_yes(cell: str) -> bool:
    return cell.strip().casefold() in {"yes", "true"}


def _read_registration(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> RegistrationRow:
    return RegistrationRow(raw.line, raw.text, read_when(raw, cells[0], remark))


PROFILE = Layout(
    FileKind.PROFILE,
    frozenset({"profile"}),
    columns(
        first_name="firstname",
        last_name="lastname",
        headline="headline",
        summary="summary",
        industry="industry",
        location="geolocation",
        websites="websites",
    ),
    frozenset({"first_name", "last_name", "headline"}),
    _read_profile,
)

PROFILE_SUMMARY = Layout(
    FileKind.PROFILE_SUMMARY,
    frozenset({"profilesummary"}),
    columns(summary="profilesummary|summary"),
    frozenset({"summary"}),
    _read_summary,
)

EMAIL_ADDRESSES = Layout(
    FileKind.EMAIL_ADDRESSES,
    frozenset({"emailaddresses"}),
    columns(email="emailaddress", confirmed="confirmed", primary="primary", updated="updatedon"),
    frozenset({"email", "confirmed"}),
    _read_email,
)

REGISTRATION = Layout(
    FileKind.REGISTRATION,
    frozenset({"registration"}),
    columns(registered="registeredat|registrationdate"),
    frozenset({"registered"}),
    _read_registration,
)
