"""review; and update explain."""

from pathlib import Path
from typing import Any

import click

from goodterms.accounts.models import Owner
from goodterms.cli.commands.updates import update_
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, strong, table
from goodterms.config import read_settings
from goodterms.delivery.queries import texts_sent_before
from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.actions import explain
from goodterms.review.draft import Draft, draft_of, read_draft
from goodterms.review.filters.queries import FiltersSaid, ask_filters
from goodterms.review.queries import explanation_of, review_of
from goodterms.review.reviewing import Review, review
from goodterms.review.rulebooks import law_books
from goodterms.review.rules import Finding
from goodterms.review.setting import Setting
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.queries import get_update

JURISDICTIONS = click.option(
    "--jurisdiction",
    "jurisdictions",
    multiple=True,
    type=click.Choice(sorted(law_books())),
    help="Where the receivers are; may be given again. Left out: unknown, so every rulebook counts.",
)


@command("review")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@JURISDICTIONS
def review_(path: Path, jurisdictions: tuple[str, ...]) -> None:
    """Review the draft in FILE: its purpose, and findings with place, rule, reason and remedy. Nothing is kept."""
    office = open_office()
    owner = office.owner
    setting = Setting(
        owner_name=owner.name or owner.email,
        postal_address=owner.postal_address,
        terms=text_in_force(owner, Place.UPDATE, now()),
        jurisdictions=jurisdictions,
    )
    draft = read_draft(path.read_bytes(), str(path))
    said = _asked(draft, owner)
    found = review(draft, setting).beside(said.findings)
    answer({**_values(found), "filters": said.answers}, *_lines(found, draft.text, said))


@command("review")
@click.argument("update")
@JURISDICTIONS
def review_update(update: str, jurisdictions: tuple[str, ...]) -> None:
    """Review UPDATE as it is stored, beside what was sent before."""
    office = open_office()
    one = get_update(office.owner, update)
    draft = draft_of(one.subject, one.body, Purpose(one.purpose))
    said = _asked(draft, office.owner)
    found = review_of(one, jurisdictions=jurisdictions, earlier=texts_sent_before(office.owner, one))
    found = found.beside(said.findings)
    explanation = explanation_of(office.owner, one)
    values = {**_values(found), "filters": said.answers, "explanation": explanation}
    answer(values, *_lines(found, draft.text, said))


def _asked(draft: Draft, owner: Owner) -> FiltersSaid:
    return ask_filters(draft, read_settings(), sender=owner.email, now=now())


@command("explain")
@click.argument("update")
@click.argument("text")
def explain_(update: str, text: str) -> None:
    """Say why UPDATE is networking though it reads mixed; it goes into the ledger.

    What reads commercial goes to confirmed opt-ins only, whatever is explained.
    """
    office = open_office()
    one = get_update(office.owner, update)
    explain(office.owner, one, text, now=now())
    answer({"update": one.pk, "explanation": text.strip()}, f"Kept in the ledger for update {one.pk}.")


def _values(found: Review) -> dict[str, Any]:
    purpose = found.purpose
    return {
        "purpose": purpose.reads.value,
        "declared": found.declared.value,
        "needs_explanation": found.needs_explanation,
        "likely": {name: round(value, 3) for name, value in purpose.likely.items()},
        "share": round(purpose.share, 3),
        "first_at": None if purpose.first_at is None else round(purpose.first_at, 3),
        "tests": [
            {"law": test.law, "test": test.test, "commercial": test.is_commercial, "reason": test.reason}
            for test in purpose.tests
        ],
        "findings": [_finding(finding) for finding in found.findings],
        "rulebooks": found.rulebooks,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "start": finding.start,
        "end": finding.end,
        "reason": finding.reason,
        "remedy": finding.remedy,
    }


def _lines(found: Review, text: str, said: FiltersSaid) -> list[Any]:
    rows = [
        (text.count("\n", 0, one.start) + 1, one.severity.value, one.rule, one.reason, one.remedy)
        for one in found.findings
    ]
    return [
        strong(f"Reads {found.purpose.reads.value}, declared {found.declared.value}."),
        table(["line", "", "rule", "why", "what to do"], rows),
        table(["rulebook", "says"], list(found.rulebooks.items())),
        *([table(["filter", "counts"], list(said.answers.items()))] if said.answers else []),
    ]


for _command in (review_update, explain_):
    update_.add_command(_command)

COMMANDS = (review_,)
"""`update review` and `update explain` stand beside the other commands about updates."""
