"""Made-up updates, people and ways out for these tests."""

from datetime import UTC, date, datetime

from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import Footer, WaysOut, footer_of, ways_maker

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KEY = bytes(range(32))
TERMS = "By connecting you accept a personal update now and then."
BOB = PersonFields(
    first_name="Bob",
    last_name="Byte",
    company="Boats & Co",
    position="Skipper",
    connected_on=date(2014, 3, 2),
    owner_name="Alice Able",
    owner_email="alice@able.example",
    owner_profile="https://www.linkedin.com/in/alice-able",
)
UPDATE = """---
subject: "News for {{ first_name | default: 'you' }}"
topics: [work, travel]
---
Dear {{ first_name | default: "friend" }},

I have **moved**: see [my page](https://able.example/new?a=1&b=2).
"""


def ways(public_url: str = "", address: str = "alice@able.example") -> WaysOut:
    """Give Bob's ways out."""
    return ways_maker(KEY, owner_number=1, update_uid="ab" * 16, address=address, public_url=public_url)(-77)


def footer(public_url: str = "") -> Footer:
    """Give the footer of Bob's copy."""
    return footer_of(TERMS, ways(public_url))
