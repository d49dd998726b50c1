"""Writing a draft, with what is found in it, whom it may go to and what one of them will get beside the text."""

from dataclasses import dataclass
from typing import Any

from csp.decorators import csp
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from goodterms import doors
from goodterms.delivery.actions.try_out import send_test_copy
from goodterms.delivery.queries import facts_of, texts_sent_before
from goodterms.ledger.rules.kinds import Purpose, Vehicle
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.people.queries import search_people
from goodterms.policy.queries.audiences import audience, people_decided
from goodterms.policy.queries.decisions import Question, Served
from goodterms.policy.rules import Verdict
from goodterms.review.queries import review_of
from goodterms.review.rules import Finding
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import (
    Written,
    add_draft,
    begin_draft,
    discard_draft,
    restore_draft,
    save_draft,
)
from goodterms.updates.fields import FIELDS, FILTERS
from goodterms.updates.models import Draft, Update
from goodterms.updates.queries import as_update
from goodterms.web.access.visit import OWNER, Visit, number_in, page
from goodterms.web.pages.updates.forms import DraftForm

MAIL_POLICY = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]}
"""What a mail may load when it is shown: nothing; the styles written into it count."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finding, with its place as a browser counts it."""

    finding: Finding
    quoted: str
    """Empty where it is about the whole."""
    field: str
    """Subject or body."""
    start: int
    """In UTF-16 units of the field, as scripts count."""
    end: int


@page(OWNER, writes=True)
def new(visit: Visit) -> HttpResponse:
    """Begin a draft."""
    return _opened(begin_draft(visit.office.owner, Written(), by=_name(visit), now=visit.now))


@page(OWNER, writes=True)
def again(visit: Visit, number: int) -> HttpResponse:
    """Begin a draft from an update's text."""
    update = get_object_or_404(Update, owner=visit.office.owner, pk=number)
    written = Written(subject=update.subject, body=update.body, purpose=Purpose(update.purpose))
    return _opened(begin_draft(visit.office.owner, written, by=_name(visit), now=visit.now))


@page(OWNER)
def write(visit: Visit, number: int) -> HttpResponse:
    """Show a draft to be written on."""
    draft = _open(visit, number)
    form = DraftForm.of(draft)
    return visit.show(
        "updates/write.html", draft=draft, form=form, fields=FIELDS, filters=FILTERS, **_beside(visit, draft)
    )


@page(OWNER, writes=True)
def save(visit: Visit, number: int) -> HttpResponse:
    """Save what was written; htmx gets what stands beside it."""
    draft = _saved(visit, _open(visit, number))
    if not visit.is_fragment:
        chosen = visit.request.POST.get("choose") or visit.request.POST.get("as", "")
        return redirect(reverse("updates-write", args=[draft.pk]) + (f"?as={chosen}" if number_in(chosen) else ""))
    return visit.show("updates/beside.html", draft=draft, is_saved=True, **_beside(visit, draft))


@page(OWNER, writes=True)
def add(visit: Visit, number: int) -> HttpResponse:
    """Make the draft an update, whose text does not change any more."""
    draft = _saved(visit, _open(visit, number))
    terms = text_in_force(visit.office.owner, Place.UPDATE, visit.now)
    return redirect("updates-update", add_draft(draft, terms=terms, now=visit.now).pk)


@page(OWNER, writes=True)
def test(visit: Visit, number: int) -> HttpResponse:
    """Send the owner a test copy of the draft."""
    draft = _saved(visit, _open(visit, number))
    send_test(visit, _as_update(visit, draft), _chosen(visit))
    chosen = _chosen(visit)
    return redirect(reverse("updates-write", args=[draft.pk]) + (f"?as={chosen.pk}" if chosen else ""))


@page(OWNER, writes=True)
def discard(visit: Visit, number: int) -> HttpResponse:
    """Put a draft away; the list offers to bring it back."""
    draft = discard_draft(_open(visit, number), now=visit.now)
    return redirect(reverse("updates") + f"?discarded={draft.pk}")


@page(OWNER, writes=True)
def restore(visit: Visit, number: int) -> HttpResponse:
    """Bring a draft back that was put away."""
    draft = get_object_or_404(Draft, owner=visit.office.owner, pk=number)
    return _opened(restore_draft(draft))


@csp(MAIL_POLICY)
@xframe_options_sameorigin
@page(OWNER)
def copy(visit: Visit, number: int) -> HttpResponse:
    """Give the HTML of one person's copy of a draft, for the frame in which it is shown."""
    person = _chosen(visit)
    if person is None:
        raise Http404
    update = _as_update(visit, _open(visit, number))
    return HttpResponse(doors.copies_of(visit.office, update).copy(person).html)


def send_test(visit: Visit, update: Update, person: Person | None) -> None:
    """Send the owner what a person would get, and say so."""
    office = visit.office
    send_test_copy(doors.copies_of(office, update), doors.transport_for(office), person, now=visit.now)
    visit.say(f"A test copy is on its way to {office.owner.email}. Its ways out lead nowhere.")


def somebody(visit: Visit, asked: Question, *, served: Served | None) -> Person | None:
    """Give the first who may have an update, or the first of all, to show a copy of."""
    owner = visit.office.owner
    return people_decided(owner, asked, Verdict.SEND, served=served).first() or search_people(owner).first()


def findings_shown(update: Update, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Give findings with their places in subject and body, as a browser counts them; and those without a place."""
    text = f"{update.subject}\n{update.body}"
    found = [_found(one, text, len(update.subject) + 1) for one in findings] if update.body.strip() else []
    return {"findings": found, "general": [one for one in found if not one.quoted]}


def preview_of(visit: Visit, update: Update, person: Person | None) -> dict[str, Any]:
    """Give what a template needs to show one person's copy, or why there is none."""
    if person is None:
        return {"person": None}
    try:
        copies = doors.copies_of(visit.office, update)
        return {"person": person, "copy": copies.copy(person), "message": copies.message(person)}
    except Fault as fault:
        return {"person": person, "unshown": str(fault).replace(" Nothing was stored.", "")}


def _beside(visit: Visit, draft: Draft) -> dict[str, Any]:
    owner, update = visit.office.owner, _as_update(visit, draft)
    found = review_of(update, earlier=texts_sent_before(owner))
    questions = [
        Question(facts=facts_of(update), vehicle=vehicle, rulebook=visit.rulebook, now=visit.now)
        for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN)
    ]
    person = _chosen(visit) or somebody(visit, questions[1], served=None)
    return {
        "review": found,
        **findings_shown(update, found.findings),
        "audiences": [(asked.vehicle, audience(owner, asked)) for asked in questions],
        "most_signs": visit.rulebook.by_hand.most_signs,
        **preview_of(visit, update, person),
    }


def _found(finding: Finding, text: str, body_at: int) -> Found:
    in_body = finding.start >= body_at
    is_whole = in_body and text[body_at:].strip() in text[finding.start : finding.end]
    begin = body_at if in_body else 0
    return Found(
        finding=finding,
        quoted="" if is_whole else " ".join(text[finding.start : finding.end].split())[:80],
        field="body" if in_body else "subject",
        start=_units(text[begin : finding.start]),
        end=_units(text[begin : finding.end]),
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _saved(visit: Visit, draft: Draft) -> Draft:
    form = DraftForm(visit.request.POST)
    if not form.is_valid():
        raise Http404
    if form.written() == Written(subject=draft.subject, body=draft.body, purpose=Purpose(draft.purpose)):
        return draft
    version = form.cleaned_data["version"]
    return save_draft(draft, form.written(), version=version, by=_name(visit), now=visit.now)


def _as_update(visit: Visit, draft: Draft) -> Update:
    return as_update(draft, text_in_force(visit.office.owner, Place.UPDATE, visit.now))


def _chosen(visit: Visit) -> Person | None:
    asked = visit.request.POST if visit.request.method == "POST" else visit.request.GET
    return visit.person_given(asked.get("choose") or asked.get("as", ""))


def _open(visit: Visit, number: int) -> Draft:
    drafts = Draft.objects.select_related("owner")
    return get_object_or_404(drafts, owner=visit.office.owner, pk=number, update=None, discarded_at=None)


def _opened(draft: Draft) -> HttpResponse:
    return redirect("updates-write", draft.pk)


def _name(visit: Visit) -> str:
    return visit.membership.user.username
