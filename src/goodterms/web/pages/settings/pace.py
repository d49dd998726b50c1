"""How fast mail leaves by the owner's account."""

from django.http import HttpResponse

from goodterms import doors
from goodterms.accounts.mail import mail_addresses
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.web.access.visit import Visit, page


@page()
def pace(visit: Visit) -> HttpResponse:
    """Show the pace of the account that sends."""
    url = mail_addresses(visit.office).smtp
    if not url:
        return visit.show("settings/pace.html", pace=None)
    pacer = doors.pacer_for(visit.office, read_server(url))
    return visit.show("settings/pace.html", pace=pacer.pace, server=str(read_server(url)))
