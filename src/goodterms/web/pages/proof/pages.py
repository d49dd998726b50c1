"""The ledger's state and its check, dossiers in every form, and the check of a dossier that somebody sends."""

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from goodterms.evidence.actions import Dossier, prove
from goodterms.evidence.pdf import pdf_of
from goodterms.evidence.rules.verify import verify_dossier
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.entries import count_entries
from goodterms.ledger.queries.proofs import last_seal, seals_newest_first
from goodterms.ledger.queries.verify import Findings, verify_ledger
from goodterms.ledger.rules.heads import name_of_key, public_key_of
from goodterms.people.queries import search_people
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.jobs import JOBS, Job

_MOST_FOUND = 20
_MOST_SEALS = 30
_LARGEST_DOSSIER = 20_000_000
_FORMS = {"page": "text/html; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}


@page()
def proof(visit: Visit) -> HttpResponse:
    """Show the ledger's state, and find somebody to make a dossier for."""
    owner, words = visit.office.owner, visit.request.GET.get("q", "").strip()
    newest = last_seal(owner)
    entries = count_entries(owner)
    return visit.show(
        "proof/found.html" if visit.is_fragment else "proof/proof.html",
        words=words,
        found=search_people(owner, words)[:_MOST_FOUND] if words else [],
        entries=entries,
        unsealed=entries - (newest.size if newest else 0),
        newest=newest,
        seals=seals_newest_first(owner)[:_MOST_SEALS],
        key=name_of_key(public_key_of(visit.office.keys.seal)),
    )


@page(OWNER, writes=True)
def seal_now(visit: Visit) -> HttpResponse:
    """Seal what is not yet sealed."""
    made = seal(visit.office.owner, visit.office.keys, now=visit.now)
    visit.say(f"Sealed: {made.size:,} entries stand under a signed head." if made else "There is nothing to seal yet.")
    return redirect("proof")


@page(OWNER, writes=True)
def check(visit: Visit) -> HttpResponse:
    """Begin to check the whole ledger."""
    owner, key = visit.office.owner, public_key_of(visit.office.keys.seal)

    def work(job: Job) -> Findings:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total

        return verify_ledger(owner, [key], progress=progress)

    return redirect("proof-checking", JOBS.start(owner.pk, "Checking the ledger", work).uid)


@page()
def checking(visit: Visit, uid: str) -> HttpResponse:
    """Show how far the check is, and what it found."""
    job = JOBS.find(visit.office.owner.pk, uid)
    if job is None:
        return redirect("proof")
    return visit.show("proof/checked.html" if visit.is_fragment else "proof/checking.html", job=job, found=job.result)


@page()
def person(visit: Visit, number: int) -> HttpResponse:
    """Show what can be made for one person."""
    return visit.show("proof/person.html", person=visit.person(number))


@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]})
@page(OWNER, writes=True)
def dossier(visit: Visit, number: int, form: str) -> HttpResponse:
    """Seal the ledger and give a person's dossier: as a page to read, as a PDF or as JSON to keep."""
    if form not in _FORMS:
        raise Http404
    made = prove(visit.office.owner, visit.office.keys, visit.person(number), now=visit.now)
    response = HttpResponse(_written(made, form), content_type=_FORMS[form])
    if form != "page":
        response["Content-Disposition"] = f'attachment; filename="dossier-{number}.{form}"'
    return response


@page()
def verify_file(visit: Visit) -> HttpResponse:
    """Check a dossier that somebody sends: ours, or another owner's."""
    upload = visit.request.FILES.get("file")
    if upload is None:
        return visit.show("proof/verify.html")
    if (upload.size or 0) > _LARGEST_DOSSIER:
        return visit.show("proof/verify.html", status=422, fault="The file is larger than 20 MB; no dossier is.")
    return visit.show("proof/verify.html", found=verify_dossier(upload.read()), name=upload.name)


def _written(made: Dossier, form: str) -> bytes:
    if form == "pdf":
        return pdf_of(made)
    return made.json if form == "json" else made.html
