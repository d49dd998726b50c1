"""Everything of the owner's: in one file, or destroyed."""

import tempfile
from typing import IO, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect

from goodterms.accounts.models import Owner
from goodterms.backup.actions import destroy_everything, write_backup
from goodterms.lib.faults import Fault
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import DestructionForm


class KeysShared(Fault):
    """A backup would give one owner the keys of others."""


@page(OWNER)
def data(visit: Visit) -> HttpResponse:
    """Offer both."""
    return _show(visit, DestructionForm())


@page(OWNER, writes=True)
def backup(visit: Visit) -> FileResponse:
    """Give everything as one file; the keys in it are those of the installation."""
    if not _may_have_keys():
        raise KeysShared(
            "This installation acts for several owners with the same keys, and whoever has them can write in anybody's "
            "name and open what others have sealed. Nothing was written. Whoever runs it can make your backup.",
            typed="To do so: goodterms backup FILE",
        )
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
        return _show(visit, form, status=422)
    destroy_everything(visit.office, keeps_exits=form.cleaned_data["keeps_exits"])
    del visit.request.visit  # type: ignore[attr-defined]
    logout(visit.request)
    return redirect("enter")


def _may_have_keys() -> bool:
    """Say whether an owner may have the installation's keys: on their own machine, or where nobody else has them."""
    return settings.ON_LAPTOP or Owner.objects.count() == 1


def _show(visit: Visit, form: DestructionForm, *, status: int = 200) -> HttpResponse:
    return visit.show("settings/data.html", form=form, may_have_keys=_may_have_keys(), status=status)
