"""The footer names both ways out, by link where there is a page and always by mail and by reply."""

import html
from urllib.parse import parse_qs, unquote, urlsplit

from goodterms.lib.tokens import Act, read_token
from goodterms.updates.footer import footer_of, footer_words
from tests.updates.made_up import KEY, TERMS, ways


def test_without_a_public_page_the_ways_out_go_by_mail() -> None:
    found = footer_of(TERMS, ways())

    assert "http" not in found.text + found.html
    for part in (found.text, html.unescape(found.html)):
        assert ways().stop_mailto in part
        assert ways().leave_mailto in part
    assert 'reply with the word "stop"' in found.text
    assert 'reply with the word "leave"' in found.text


def test_with_a_public_page_links_are_added() -> None:
    found = footer_of(TERMS, ways("https://out.example/"))

    for part in (found.text, found.html):
        assert f"https://out.example/x/{ways().stop_token}" in part
        assert f"https://out.example/x/{ways().leave_token}" in part
        assert "mailto:alice@able.example?subject=stop%20" in part


def test_each_way_carries_its_own_token() -> None:
    stop, leave = read_token(KEY, ways().stop_token), read_token(KEY, ways().leave_token)

    assert stop is not None
    assert leave is not None
    assert (stop.act, leave.act) == (Act.STOP, Act.LEAVE)
    assert (stop.person_uid, stop.owner_number, stop.update_uid) == (-77, 1, "ab" * 16)


def test_a_mailto_carries_its_token_in_the_subject() -> None:
    parts = urlsplit(ways(address="alice+news&?=jörg@able.example").stop_mailto)

    assert unquote(parts.path) == "alice+news&?=jörg@able.example"
    assert parse_qs(parts.query) == {"subject": [f"stop {ways().stop_token}"]}


def test_terms_and_postal_address_are_plain_words() -> None:
    found = footer_of("One <b>\r\nTwo\n", ways(), postal_address="Able & Co\n1 Quay")

    assert "One <b>\nTwo\n" in found.text
    assert "<p>One &lt;b&gt;<br>Two</p>" in found.html
    assert "Able & Co\n1 Quay\n" in found.text
    assert "<p>Able &amp; Co<br>1 Quay</p>" in found.html


def test_a_vehicle_without_mail_gets_no_mail_addresses() -> None:
    found = footer_of(TERMS, ways("https://out.example"), by_mail=False)

    assert "mailto:" not in found.text + found.html
    assert 'reply with the word "leave"' in found.text
    assert "https://out.example/x/" in found.text


def test_the_words_of_the_footer_are_in_every_copy() -> None:
    lines = set(footer_words(TERMS).splitlines())

    for url in ("", "https://out.example"):
        shown = {line for line in footer_of(TERMS, ways(url)).text.splitlines() if line.strip()}
        assert {line for line in shown - lines if "mailto:" not in line and "https:" not in line} == set()
