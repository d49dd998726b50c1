"""What is withheld because it names others."""

import pytest

from goodterms.evidence.rules.claims import names_others

LINK = "https://www.linkedin.com/in/"
TO_ONE = f'c1,,Olga Owner,{LINK}olga,Alice Example,{LINK}alice,2026-05-01 12:00:00 UTC,,"Hello, all well?",INBOX,'
TO_TWO = f'c1,,Olga Owner,{LINK}olga,"Alice Example, Bob Example","{LINK}alice,{LINK}bob",2026-05-01,,Hello,INBOX,'
WITHOUT_PROFILES = 'c1,,Olga Owner,,"Alice Example, Bob Example",,2026-05-01,,Hello,INBOX,'
OLD_TO_ONE = "Olga Owner,Alice Example,2018-01-01,,Hello,OUTGOING,INBOX"
OLD_TO_TWO = 'Olga Owner,"Alice Example, Bob Example",2018-01-01,,Hello,OUTGOING,INBOX'


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("messages", TO_ONE.encode(), False),
        ("messages", TO_TWO.encode(), True),
        ("messages", WITHOUT_PROFILES.encode(), True),
        ("messages", OLD_TO_ONE.encode(), False),
        ("messages", OLD_TO_TWO.encode(), True),
        ("messages", f"{TO_ONE}\n{TO_ONE}".encode(), True),
        ("messages", b"\xff", True),
        ("messages", b'"never closed', True),
        ("messages", b"", True),
        ("mail", b"To: olga@owner.test\n\nStop, please.", False),
        ("mail", b"To: olga@owner.test\nCc: bob@example.test\n\nStop, please.", True),
        ("connections", b"anything", False),
    ],
)
def test_group_messages_name_others(kind: str, content: bytes, expected: bool) -> None:
    assert names_others(kind, content) is expected
