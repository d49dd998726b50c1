"""How fast mail leaves by the owner's account."""

from django.http import HttpResponse

from goodterms import doors
from goodterms.accounts.mail import mail_addresses
from goodterms.web.access.visit import Visit, page


@page()
def pace(visit: Visit) -> HttpResponse:
    """Show the pace of the account that sends."""
    if not mail_addresses(visit.office).can_send:
        return visit.show("settings/pace.html", pace=None)
    way = doors.way_of(visit.office)
    return visit.show("settings/pace.html", pace=doors.pacer_for(visit.office, way).pace, server=way.name)
