from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from goodterms.sync.exports import reader
from goodterms.sync.exports.archive import ExportUnreadable
from goodterms.sync.exports.clocks import Rule
from goodterms.sync.exports.connections import CONNECTIONS as LAYOUT
from goodterms.sync.exports.connections import ConnectionRow
from goodterms.sync.exports.contacts import IMPORTED_CONTACTS
from goodterms.sync.exports.invitations import INVITATIONS
from goodterms.sync.exports.layout import FileKind, Layout
from goodterms.sync.exports.messages import MESSAGES, html_to_text
from goodterms.sync.exports.owner import EMAIL_ADDRESSES, PROFILE, PROFILE_SUMMARY, REGISTRATION
from goodterms.sync.exports.praise import (
    ENDORSEMENTS_GIVEN,
    ENDORSEMENTS_RECEIVED,
    RECOMMENDATIONS_GIVEN,
    RECOMMENDATIONS_RECEIVED,
)
from goodterms.sync.exports.reader import layout_named, read_export
from tests.sync.exports.exports_at_hand import (
    ANN,
    CONNECTIONS,
    CONNECTIONS_HEADER,
    PREAMBLE,
    write_csv,
    write_zip,
)

Rows = Callable[..., tuple[list[Any], list[str]]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """Gives the rows and warnings of one table."""

    def read(layout: Layout[Any], content: str | bytes, name: str = "table.csv") -> tuple[list[Any], list[str]]:
        with read_export(write_csv(tmp_path, content, name)) as export:
            return list(export.rows_of(layout)), export.warnings

    return read


# Names and kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Connections.csv", FileKind.CONNECTIONS),
        ("connections.CSV", FileKind.CONNECTIONS),
        ("Connections_1.csv", FileKind.CONNECTIONS),
        ("Connections (2).csv", FileKind.CONNECTIONS),
        ("messages.csv", FileKind.MESSAGES),
        ("Messages.csv", FileKind.MESSAGES),
        ("Email Addresses.csv", FileKind.EMAIL_ADDRESSES),
        ("Email_Addresses.csv", FileKind.EMAIL_ADDRESSES),
        ("EmailAddresses.csv", FileKind.EMAIL_ADDRESSES),
        ("Imported Contacts.csv", FileKind.IMPORTED_CONTACTS),
        ("ImportedContacts.csv", FileKind.IMPORTED_CONTACTS),
        ("Profile Summary.csv", FileKind.PROFILE_SUMMARY),
        ("Recommendations_Given.csv", FileKind.RECOMMENDATIONS_GIVEN),
        ("Recommendations Received.csv", FileKind.RECOMMENDATIONS_RECEIVED),
        ("Endorsement_Given_Info.csv", FileKind.ENDORSEMENTS_GIVEN),
        ("Endorsement_Received_Info_2.csv", FileKind.ENDORSEMENTS_RECEIVED),
        ("Registration.csv", FileKind.REGISTRATION),
        ("guide_messages.csv", None),
        ("coach_messages.csv", None),
        ("learning_coach_messages.csv", None),
        ("learning_role_play_messages.csv", None),
        ("Positions.csv", None),
        ("Connections.csv.bak", None),
        ("Connections.xlsx", None),
    ],
)
def test_a_file_is_known_by_its_name_in_any_era(name: str, kind: FileKind | None) -> None:
    layout = layout_named(name)

    assert (layout.kind if layout else None) == kind


def test_split_files_follow_each_other_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    def part(name: str) -> str:
        return f"{CONNECTIONS_HEADER}\n{ANN.replace('Ann', name)}"

    files: dict[str, str | bytes] = {
        "Connections_10.csv": part("D"),
        "Connections_2.csv": part("C"),
        "Connections.csv": part("A"),
        "Connections_1.csv": part("B"),
    }
    with read_export(write_zip(tmp_path / "e.zip", files)) as export:
        assert [row.first_name for row in export.rows_of(LAYOUT)] == ["A", "B", "C", "D"]
        assert [file.name for file in export.files_of(LAYOUT)][-1] == "Connections_10.csv"


def test_a_file_keeps_its_hash_and_what_stood_above_the_rows(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS})
    with read_export(path) as export:
        (file,) = export.files

        assert file.sha256 == sha256(CONNECTIONS.encode()).hexdigest()
        assert file.preamble_and_header + "\n".join(row.raw for row in file.rows()) == CONNECTIONS
        assert [row.line for row in file.rows()] == [5]


# Connections


def test_a_connection_of_today(rows: Rows) -> None:
    (found,), warnings = rows(
        LAYOUT,
        f'{PREAMBLE}{CONNECTIONS_HEADER}\n Zoë ,"Lee, PhD",https://www.linkedin.com/in/zo%C3%AB-Lee,'
        "zoe@lee.example,Acme ,=Weaver,05 Dec 2025",
    )

    assert (found.first_name, found.last_name, found.slug) == ("Zoë", "Lee, PhD", "zoë-lee")
    assert (found.url, found.email, found.email_raw) == (
        "https://www.linkedin.com/in/zo%C3%AB-Lee",
        "zoe@lee.example",
        "zoe@lee.example",
    )
    assert (found.company, found.position, found.connected_on) == ("Acme", "=Weaver", date(2025, 12, 5))
    assert (found.line, found.connected_told.raw, found.is_date_only, warnings) == (
        5,
        "05 Dec 2025",
        False,
        [],
    )


ERAS = {
    "early 2018": "First Name,Last Name,Address,Email Address,Company,Position,Connected On,Websites,"
    'Instant Messengers\nAnn,Lee,,ann@lee.example,Acme,Weaver,"12/5/25, 6:00 AM",,',
    "late 2018": "First Name,Last Name,Email Address,Company,Position,Connected On\n"
    'Ann,Lee,ann@lee.example,Acme,Weaver,"12/5/25, 6:00 AM"',
    "today": CONNECTIONS,
    "by hand": "First Name;Last Name;URL;Email Address;Company;Position;Connected on\r\n"
    "Ann;Lee;https://www.linkedin.com/in/ann-lee;ann@lee.example;Acme;Weaver;05.12.2025\r\n",
    "spreadsheet": f"{CONNECTIONS_HEADER}\nAnn,Lee,https://www.linkedin.com/in/ann-lee,ann@lee.example,Acme,Weaver,"
    "5-Dec-25\n",
    "other order": "Connected On\tEmail Address\tPosition\tCompany\tLast Name\tFirst Name\tURL\n"
    "2025-12-05\tann@lee.example\tWeaver\tAcme\tLee\tAnn\tlinkedin.com/in/ann-lee/\n",
}


@pytest.mark.parametrize("era", ERAS)
def test_connections_of_every_era_read_the_same(rows: Rows, era: str) -> None:
    (found,), warnings = rows(LAYOUT, ERAS[era])

    assert (found.first_name, found.last_name, found.email) == ("Ann", "Lee", "ann@lee.example")
    assert (found.company, found.position, found.connected_on) == ("Acme", "Weaver", date(2025, 12, 5))
    assert found.slug == (None if "2018" in era else "ann-lee")
    assert warnings == []


def test_a_date_alone_is_somebody_who_was_a_member(rows: Rows) -> None:
    (found,), warnings = rows(LAYOUT, f"{CONNECTIONS_HEADER}\n,,,,,,05 Dec 2025")

    assert (found.is_date_only, found.connected_on, found.slug, warnings) == (
        True,
        date(2025, 12, 5),
        None,
        [],
    )


def test_what_is_no_address_is_told_and_left_empty(rows: Rows) -> None:
    (found,), warnings = rows(
        LAYOUT, f"{CONNECTIONS_HEADER}\nAnn,Lee,https://example.test/ann,urn:li:member:17,,,05 Dec 2025"
    )

    assert (found.slug, found.email, found.email_raw) == (None, None, "urn:li:member:17")
    assert warnings == [
        "table.csv, line 2: 'https://example.test/ann' is no address of a LinkedIn profile; known by name only",
        "table.csv, line 2: 'urn:li:member:17' is no e-mail address; it was left empty",
    ]


def test_an_unreadable_date_loses_nobody(rows: Rows) -> None:
    (found,), warnings = rows(LAYOUT, f"{CONNECTIONS_HEADER}\nAnn,Lee,,,,,31 Foo 2025")

    assert (found.first_name, found.connected_on, found.connected_told) == ("Ann", None, None)
    assert warnings == ["table.csv, line 2: '31 Foo 2025' is no date or time that is known here; it was left empty"]


def test_odd_rows_are_told_with_file_and_line_and_the_rest_is_read(rows: Rows) -> None:
    found, warnings = rows(
        LAYOUT, f"{CONNECTIONS_HEADER}\nAnn,Lee, MD,,,,Acme,Weaver,05 Dec 2025\n,,,,Acme,,\n{ANN}\nBob"
    )

    assert [row.first_name for row in found] == ["Ann", "Bob"]
    assert [text.partition(":")[0] for text in warnings] == ["table.csv, line 2", "table.csv, line 3"]
    assert "9 cells under 7 columns; the row was left out: Ann,Lee, MD" in warnings[0]


def test_empty_cells_beyond_the_columns_do_no_harm(rows: Rows) -> None:
    found, warnings = rows(LAYOUT, f"{CONNECTIONS_HEADER}\n{ANN},,,")

    assert ([row.slug for row in found], warnings) == (["ann-lee"], [])


def test_duplicate_rows_are_handed_on_as_they_stand(rows: Rows) -> None:
    found, _ = rows(LAYOUT, f"{CONNECTIONS}\n{ANN}")

    assert [(row.line, row.raw) for row in found] == [(5, ANN), (6, ANN)]


def test_a_file_read_twice_warns_once_and_many_warnings_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_WARNINGS", 3)
    body = "\n".join(f"Ann,Lee,,nobody{number},,,05 Dec 2025" for number in range(5))
    with read_export(write_csv(tmp_path, f"{CONNECTIONS_HEADER}\n{body}")) as export:
        list(export.rows_of(LAYOUT))
        first = export.warnings
        assert len(first) == 4
        assert first[-1] == "... and 2 warnings more"


# Invitations


def test_an_invitation_of_today_is_pacific_time(rows: Rows) -> None:
    (found,), warnings = rows(
        INVITATIONS,
        "From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl\n"
        'Robin,Zoë,"7/5/25, 6:14 PM","Hi, Zoë",OUTGOING,https://www.linkedin.com/in/robin,'
        "https://www.linkedin.com/in/zoë-lee",
    )

    assert (found.sender, found.recipient, found.note, found.is_outgoing) == ("Robin", "Zoë", "Hi, Zoë", True)
    assert (found.inviter_slug, found.invitee_slug, warnings) == ("robin", "zoë-lee", [])
    assert (found.sent.raw, found.sent.at, found.sent.rule) == (
        "7/5/25, 6:14 PM",
        datetime(2025, 7, 6, 1, 14, tzinfo=UTC),
        Rule.INFERRED_PACIFIC,
    )


def test_an_invitation_of_2018_has_no_slugs(rows: Rows) -> None:
    (found,), _ = rows(INVITATIONS, 'From,To,Sent At,Message,Direction\nZoë,Robin,"7/5/18, 6:14 PM",,INCOMING')

    assert (found.is_outgoing, found.inviter_slug, found.invitee_slug) == (False, None, None)


# Messages

MESSAGE_HEADER = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,"
    "FOLDER,ATTACHMENTS"
)


def test_a_message_of_today(rows: Rows) -> None:
    (found,), warnings = rows(
        MESSAGES,
        f'{MESSAGE_HEADER},IS MESSAGE DRAFT\n2-abc,,Robin,https://www.linkedin.com/in/robin,"Zoë Lee, PhD",'
        "https://www.linkedin.com/in/zoë-lee,2025-12-05 13:14:15 UTC,Hello,<p>Tea?</p>,INBOX,,No",
    )

    assert (found.conversation, found.sender, found.sender_slug) == ("2-abc", "Robin", "robin")
    assert (found.recipients, found.recipient_slugs) == (("Zoë Lee, PhD",), ("zoë-lee",))
    assert (found.subject, found.text, found.folder, found.is_draft) == ("Hello", "Tea?", "INBOX", False)
    assert (found.sent.at, found.sent.rule) == (
        datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC),
        Rule.STATED_UTC,
    )
    assert warnings == []


def test_a_group_message_and_a_draft(rows: Rows) -> None:
    (found,), _ = rows(
        MESSAGES,
        f'{MESSAGE_HEADER},IS MESSAGE DRAFT\n2-abc,Fair,LinkedIn Member,,"Ann Lee,Bob Ray",'
        '"https://www.linkedin.com/in/ann-lee,https://www.linkedin.com/in/b,ob",2025-12-05 13:14:15 UTC,,x,,,Yes',
    )

    assert (found.title, found.sender_slug, found.recipients) == ("Fair", None, ("Ann Lee", "Bob Ray"))
    assert (found.recipient_slugs, found.is_draft) == (("ann-lee", "b,ob"), True)


def test_a_message_of_2018_tells_its_direction_and_no_slugs(rows: Rows) -> None:
    (found,), _ = rows(
        MESSAGES,
        'From,To,Date,Subject,Content,Direction,Folder\nRobin,Ann Lee,"7/5/18, 6:14 PM",Tea,At five?,OUTGOING,SENT',
    )

    assert (found.sender_slug, found.recipient_slugs, found.recipients) == (None, (), ("Ann Lee",))
    assert (found.is_outgoing, found.folder, found.conversation) == (True, "SENT", "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain  text", "plain  text"),
        ("I <3 you & <mumble> a<b", "I <3 you & <mumble> a<b"),
        ("<p>One</p><p>Two&nbsp;&amp; three</p>", "One\n\nTwo & three"),
        ('See <a href="https://x.example">here</a>.<br>Bye', "See here.\nBye"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<style>p {}</style><!-- no -->x<script>1</script>", "x"),
        ("a &lt;b&gt; c", "a <b> c"),
    ],
)
def test_html_in_messages_becomes_text(content: str, text: str) -> None:
    assert html_to_text(content) == text


# What the export says of the owner, praise and the address book


def test_profile_of_both_eras(rows: Rows) -> None:
    old = (
        "First Name,Last Name,Maiden Name,Address,Birth Date,Contact Instructions,Headline,Summary,Industry,Country,"
        "Zip Code,Geo Location,Twitter Handles,Websites,Instant Messengers\n"
        "Robin,Ferrante,,,,,Weaver,Connecting means updates,Textiles,be,9000,Ghent,,https://f.example,"
    )
    new = (
        old.replace("Contact Instructions,", "").replace("Country,", "").replace(",,,,,W", ",,,,W").replace(",be,", ",")
    )
    for content in (old, new):
        (found,), _ = rows(PROFILE, content)
        assert (found.first_name, found.headline, found.summary) == (
            "Robin",
            "Weaver",
            "Connecting means updates",
        )
        assert (found.location, found.websites) == ("Ghent", "https://f.example")


def test_profile_summary(rows: Rows) -> None:
    (found,), _ = rows(PROFILE_SUMMARY, 'Profile Summary\n"I weave,\nslowly"', "Profile Summary.csv")

    assert found.summary == "I weave,\nslowly"


def test_the_owners_addresses(rows: Rows) -> None:
    found, warnings = rows(
        EMAIL_ADDRESSES,
        "Email Address,Confirmed,Primary,Updated On\nr@f.example,Yes,Yes,Not Available\n"
        'o@f.example,No,No,"7/5/18, 6:14 PM"',
    )

    assert [(row.email, row.is_confirmed, row.is_primary) for row in found] == [
        ("r@f.example", True, True),
        ("o@f.example", False, False),
    ]
    assert (found[0].updated, found[1].updated.rule, warnings) == (None, Rule.INFERRED_PACIFIC, [])


@pytest.mark.parametrize(
    "content",
    [
        'Registered At,Registration Ip,Subscription Types\n"7/5/12, 6:14 PM",203.0.113.7,',
        (
            "Registration Date,Registration IP Address,Invited by (First Name),Invited by (Last Name),"
            'Subscription Types\n"7/5/12, 6:14 PM",203.0.113.7,Ann,Lee,'
        ),
    ],
)
def test_registration_of_both_eras(rows: Rows, content: str) -> None:
    (found,), _ = rows(REGISTRATION, content)

    assert found.registered.at == datetime(2012, 7, 6, 1, 14, tzinfo=UTC)


def test_recommendations_say_their_direction_by_the_files_name(rows: Rows) -> None:
    header = "First Name,Last Name,Company,Job Title,Text,Creation Date,Status"
    content = f'{header}\nAnn,Lee,Acme,Weaver,Good,"1/2/20, 3:04 AM",VISIBLE'
    for layout, name in ((RECOMMENDATIONS_GIVEN, "Given"), (RECOMMENDATIONS_RECEIVED, "Received")):
        (found,), _ = rows(layout, content, f"Recommendations_{name}.csv")
        assert (found.is_given, found.text, found.status) == (name == "Given", "Good", "VISIBLE")


def test_endorsements_have_profiles_without_scheme(rows: Rows) -> None:
    for layout, other in ((ENDORSEMENTS_GIVEN, "Endorsee"), (ENDORSEMENTS_RECEIVED, "Endorser")):
        (found,), _ = rows(
            layout,
            f"Endorsement Date,Skill Name,{other} First Name,{other} Last Name,{other} Public Url,Endorsement Status\n"
            "2024/05/06 07:08:09 UTC,Weaving,Zoë,Lee,www.linkedin.com/in/zoë-lee,ACCEPTED",
        )
        assert (found.is_given, found.slug, found.skill) == (other == "Endorsee", "zoë-lee", "Weaving")
        assert found.endorsed.rule is Rule.STATED_UTC


def test_imported_contacts_of_both_eras(rows: Rows) -> None:
    (old,), _ = rows(
        IMPORTED_CONTACTS,
        "First Name,Last Name,Companies,Title,Email Address,Phone Numbers,Created At,Instant Message Handles,Addresses,"
        "Sites,Full Name,Birthday,Location,Bookmarked At,Profiles\n"
        'Ann,Lee,Acme,Weaver,ann@lee.example,,"7/5/12, 6:14 PM",,,,Ann B. Lee,,,,https://www.linkedin.com/in/ann-lee',
    )
    (new,), _ = rows(
        IMPORTED_CONTACTS,
        "FirstName,MiddleName,LastName,MaidenName,NickName,NamePrefix,NameSuffix,Title,Emails,PhoneNumbers,CreatedAt,"
        "UpdatedAt,CountryCode,RegionCode,ThirdPartyVerified,Location\n"
        'Ann,,Lee,,,,,,"a@lee.example, b@lee.example",,,,,,,',
    )

    assert (old.full_name, old.company, old.emails, old.slugs) == (
        "Ann B. Lee",
        "Acme",
        ("ann@lee.example",),
        ("ann-lee",),
    )
    assert (new.full_name, new.emails, new.created) == ("Ann Lee", ("a@lee.example", "b@lee.example"), None)


# What is refused


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("Connections.csv", "First Name,Last Name,URL\nAnn,Lee,x", "'Connections.csv' lacks connected on:"),
        ("Connections.csv", "Vorname;Nachname\nAnn;Lee", "lacks first name, last name, connected on"),
        ("Invitations.csv", "From,To\na,b", "'Invitations.csv' lacks sent:"),
        ("Connections.csv", "", "'Connections.csv' is empty"),
        ("Connections.csv", "\n\n", "'Connections.csv' is empty"),
        ("whatever.csv", "a,b\n1,2", "'whatever.csv' is none of LinkedIn's tables"),
        ("whatever.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "is none of LinkedIn's tables"),
        ("whatever.csv", "First Name,Last Name\nAnn,Lee", "is none of LinkedIn's tables"),
    ],
)
def test_a_table_without_its_columns_is_refused_by_name(
    tmp_path: Path, name: str, content: str | bytes, expected: str
) -> None:
    with pytest.raises(ExportUnreadable) as caught, read_export(write_csv(tmp_path, content, name)):
        pass

    assert expected in str(caught.value)


def test_an_empty_side_table_is_told_and_passed_over(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"Connections.csv": CONNECTIONS, "Invitations.csv": ""})
    with read_export(path) as export:
        assert [file.kind for file in export.files] == [FileKind.CONNECTIONS]
        assert export.warnings == ["Invitations.csv: the file is empty"]


def test_a_header_without_rows_is_a_table_without_rows(rows: Rows) -> None:
    assert rows(LAYOUT, PREAMBLE + CONNECTIONS_HEADER) == ([], [])


def test_rows_are_values(rows: Rows) -> None:
    (found,), _ = rows(LAYOUT, CONNECTIONS)

    assert isinstance(found, ConnectionRow)
    with pytest.raises(AttributeError):
        found.slug = "eve"  # type: ignore[misc]  # that it cannot be set is the promise
