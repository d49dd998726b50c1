"""An update as its receiver got it, on a page."""

import nh3
from django.http import HttpResponse
from django.utils.safestring import mark_safe

from goodterms import doors
from goodterms.delivery.queries import copy_by_link
from goodterms.web.pages.public.links import Holder, by_link, unknown

_TAGS = {"p", "br", "hr", "a", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4"}


@by_link("GET")
def copy(holder: Holder) -> HttpResponse:
    """Show the copy that a link stands in, to whoever holds it; there is none where none was sent."""
    found = copy_by_link(holder.office.owner, holder.token)
    if found is None:
        return unknown(holder.request)
    written = doors.copies_of(holder.office, found.update).copy(found.person)
    # The text was cleaned when it was rendered; here its inline styles go, which pages forbid.
    body = mark_safe(nh3.clean(written.html, tags=_TAGS, attributes={"a": {"href"}}))  # noqa: S308
    return holder.show("copy.html", subject=written.subject, body=body, sent_at=found.finished_at)
