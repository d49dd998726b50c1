"""Everything of the owner's: in one file, or destroyed."""

import tempfile
from typing import IO, cast

from django.contrib.auth import logout
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect

from goodterms.backup.actions import destroy_everything, write_backup
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import DestructionForm


@page(OWNER)
def data(visit: Visit) -> HttpResponse:
    """Offer both."""
    return visit.show("settings/data.html", form=DestructionForm())


@page(OWNER, writes=True)
def backup(visit: Visit) -> FileResponse:
    """Give everything as one file."""
    file = cast("IO[bytes]", tempfile.TemporaryFile(dir=visit.office.folder))  # noqa: SIM115 -- the response closes it
    write_backup(visit.office, file, now=visit.now)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"goodterms-{visit.now:%Y-%m-%d}.zip")


@page(OWNER, writes=True)
def destroy(visit: Visit) -> HttpResponse:
    """Destroy everything, where the owner's address was written."""
    form = DestructionForm(visit.request.POST)
    if not form.is_valid() or form.cleaned_data["address"].strip().lower() != visit.office.owner.email:
        form.add_error("address", f"This is not {visit.office.owner.email}. Nothing was destroyed.")
        return visit.show("settings/data.html", form=form, status=422)
    destroy_everything(visit.office, keeps_exits=form.cleaned_data["keeps_exits"])
    del visit.request.visit  # type: ignore[attr-defined]
    logout(visit.request)
    return redirect("enter")
