"""Recommendations and endorsements, given and received: signs of a strong tie."""

from dataclasses import dataclass
from functools import partial

from goodterms.lib.addresses import normalise_profile
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_when
from goodterms.sync.exports.tables import RawRow, Remark


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """A recommendation; the export names the other person without their profile."""

    line: int
    raw: str
    is_given: bool
    first_name: str
    last_name: str
    company: str
    position: str
    text: str
    created: Told | None
    status: str


@dataclass(frozen=True, slots=True)
class EndorsementRow:
    """A skill endorsed."""

    line: int
    raw: str
    is_given: bool
    first_name: str
    last_name: str
    slug: str | None
    skill: str
    endorsed: Told | None
    status: str


def _read_recommendation(raw: RawRow, cells: tuple[str, ...], remark: Remark, *, is_given: bool) -> RecommendationRow:
    first, last, company, position, text, created, status, _ = (cell.strip() for cell in cells)
    told = read_when(raw, created, remark)
    return RecommendationRow(raw.line, raw.text, is_given, first, last, company, position, text, told, status.upper())


def _read_endorsement(raw: RawRow, cells: tuple[str, ...], remark: Remark, *, is_given: bool) -> EndorsementRow:
    first, last, url, skill, endorsed, status, _ = (cell.strip() for cell in cells)
    slug = normalise_profile(url)
    told = read_when(raw, endorsed, remark)
    return EndorsementRow(raw.line, raw.text, is_given, first, last, slug, skill, told, status.upper())


_RECOMMENDATION = columns(
    first_name="firstname",
    last_name="lastname",
    company="company",
    position="jobtitle",
    text="text",
    created="creationdate",
    status="status",
)


def _endorsement_columns(other: str) -> dict[str, tuple[str, ...]]:
    return columns(
        first_name=f"{other}firstname",
        last_name=f"{other}lastname",
        url=f"{other}publicurl",
        skill="skillname",
        endorsed="endorsementdate",
        status="endorsementstatus",
    )


RECOMMENDATIONS_GIVEN = Layout(
    FileKind.RECOMMENDATIONS_GIVEN,
    frozenset({"recommendationsgiven"}),
    _RECOMMENDATION,
    frozenset({"first_name", "last_name", "text"}),
    partial(_read_recommendation, is_given=True),
)

RECOMMENDATIONS_RECEIVED = Layout(
    FileKind.RECOMMENDATIONS_RECEIVED,
    frozenset({"recommendationsreceived"}),
    _RECOMMENDATION,
    frozenset({"first_name", "last_name", "text"}),
    partial(_read_recommendation, is_given=False),
)

ENDORSEMENTS_GIVEN = Layout(
    FileKind.ENDORSEMENTS_GIVEN,
    frozenset({"endorsementgiveninfo", "endorsementsgiven"}),
    _endorsement_columns("endorsee"),
    frozenset({"first_name", "last_name", "skill"}),
    partial(_read_endorsement, is_given=True),
)

ENDORSEMENTS_RECEIVED = Layout(
    FileKind.ENDORSEMENTS_RECEIVED,
    frozenset({"endorsementreceivedinfo", "endorsementsreceived"}),
    _endorsement_columns("endorser"),
    frozenset({"first_name", "last_name", "skill"}),
    partial(_read_endorsement, is_given=False),
)
