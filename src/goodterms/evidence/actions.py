"""Making a dossier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.template import Context, Engine
from django.utils.safestring import mark_safe

from goodterms.accounts.keys import Keys
from goodterms.accounts.models import Owner
from goodterms.evidence.queries import gather
from goodterms.evidence.rules.form import embed, signature_line, signed_bytes, signed_page_bytes, write_json
from goodterms.evidence.rules.story import tell
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.heads import public_key_of, sign
from goodterms.lib.faults import Fault
from goodterms.lib.moments import write_moment
from goodterms.people.models import Person

_TEMPLATES = Engine(dirs=[str(Path(__file__).parent / "templates")], autoescape=True)


class NothingToProve(Fault):
    """The ledger is empty."""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The proof for one person, as files."""

    content: Mapping[str, Any]
    json: bytes
    html: bytes
    """A page that needs nothing else and holds the very same JSON."""


@transaction.atomic
def prove(owner: Owner, keys: Keys, person: Person, *, now: datetime) -> Dossier:
    """Seal the ledger and give the dossier of a person; raise NothingToProve where the ledger is empty."""
    newest = seal(owner, keys, now=now)
    if newest is None:
        raise NothingToProve(
            "The ledger holds nothing yet, so there is nothing to prove. Nothing was changed; import an export first."
        )
    content = {
        **gather(owner, person, newest),
        "made_at": write_moment(now),
        "public_key": public_key_of(keys.seal),
    }
    content["signature"] = sign(signed_bytes(content), keys.seal)
    written = write_json(content)
    return Dossier(content=content, json=written, html=_page(content, written, keys))


def _page(content: Mapping[str, Any], written: bytes, keys: Keys) -> bytes:
    data = mark_safe(embed(written))  # noqa: S308 - its JSON has no sign that ends an element
    shown = {"dossier": content, "story": tell(content), "data": data}
    page = _TEMPLATES.get_template("dossier.html").render(Context(shown)).encode()
    return page + signature_line(sign(signed_page_bytes(page), keys.seal))
