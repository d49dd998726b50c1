"""An update's file is read whole, or refused with the place and the remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ledger.rules.kinds import Purpose
from goodterms.updates.rendering import compile_update
from goodterms.updates.source import MOST_BYTES, UpdateFaulty, read_update
from tests.updates.made_up import UPDATE

HEAD = "---\nsubject: a\n---\n"


def test_an_update_is_read_with_its_front_matter() -> None:
    update = read_update(UPDATE, "summer.md")

    assert update.subject == "News for {{ first_name | default: 'you' }}"
    assert update.purpose is Purpose.NETWORKING
    assert update.topics == ("work", "travel")
    assert update.body.startswith("Dear {{ first_name")
    assert update.body_line == 5


def test_byte_order_mark_and_line_breaks_do_not_matter() -> None:
    marked = b"\xef\xbb\xbf" + UPDATE.replace("\n", "\r\n").encode()

    assert read_update(marked, "summer.md") == read_update(UPDATE, "summer.md")


def test_the_purpose_can_be_commercial() -> None:
    assert read_update("---\nsubject: a\npurpose: commercial\n---\nx", "a.md").purpose is Purpose.COMMERCIAL


@pytest.mark.parametrize(
    "subject",
    [
        'Hello {{ first_name | default: "x" }}',
        "{{ first_name }}: what is new?",
        "[News] from the loom # 3",
        "A & B, 'C' and \"D\"",
        "& more * of % the @ same!",
        "null",
        "2026",
    ],
)
def test_a_subject_on_one_line_needs_no_quotes(subject: str) -> None:
    update = read_update(f"---\npurpose: networking\nsubject: {subject}  \ntopics: [work]\n---\nx", "a.md")

    assert (update.subject, update.topics) == (subject, ("work",))


@pytest.mark.parametrize("written", ["'It''s: new'", '"It\'s: new"', "|-\n  It's: new", ">-\n  It's:\n  new"])
def test_a_subject_can_be_written_as_yaml_does(written: str) -> None:
    assert read_update(f"---\nsubject: {written}\n---\nx", "a.md").subject == "It's: new"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Hello", "a.md: there is no front matter."),
        ("\n---\nsubject: a\n---\nx", "a.md: there is no front matter."),
        ("---\nsubject: a\n", "a.md: there is no front matter."),
        (HEAD + " \n", "a.md: there is no text."),
        ("---\n---\nx", "a.md: there is no subject."),
        ("---\nsubject:\n---\nx", "a.md: there is no subject."),
        ("---\nsubject: '  '\n---\nx", "a.md: there is no subject."),
        (
            "---\nsubject: a\nfoo: 1\n---\nx",
            "a.md:3: there is no key 'foo'. The keys are: subject, purpose, topics.",
        ),
        ("---\nsubject: a\nsubject: b\n---\nx", "a.md:3: 'subject' stands there twice."),
        ("---\nsubject:\n- a\n---\nx", "a.md:3: subject must be a text on one line"),
        ("---\nsubject: a\nsubject: b: c\n---\nx", "a.md:3: 'subject' stands there twice."),
        ('---\nsubject: "a" b\n---\nx', "a.md:2: the front matter can't be read"),
        ("---\n- a\n---\nx", "a.md:2: the front matter is no list of keys."),
        ("---\nsubject: a\npurpose: fun\n---\nx", "a.md:3: purpose is networking or commercial."),
        ("---\nsubject: a\ntopics: x\n---\nx", "a.md:3: topics must be a list"),
        ("---\nsubject: " + "a" * 251 + "\n---\nx", "a.md: the subject has 251 signs"),
        (
            '---\nsubject: "a\\r\\nBcc: x@y.test"\n---\nx',
            "a.md: the subject holds a line break or control sign (U+000D)",
        ),
        ('---\nsubject: "a\\nb"\n---\nx', "(U+000A)"),
        ('---\nsubject: "a\\0b"\n---\nx', "(U+0000)"),
        ('---\nsubject: "a\\u2028b"\n---\nx', "(U+2028)"),
        ('---\nsubject: "a\\u202Eb"\n---\nx', "(U+202E)"),
        (
            HEAD + "Hi\n  {{ frst_name }}",
            "a.md:5:6: there is no merge field 'frst_name'; did you mean first_name?",
        ),
        (HEAD + "{{ zzz }}", "a.md:4:4: there is no merge field 'zzz'; there are: first_name, last_name"),
        ("---\nsubject: a {{ companie }}\n---\nx", "a.md:subject:6: there is no merge field 'companie'"),
        (HEAD + "{% if first_name %}x{% endif %}", "a.md:4:1: {% … %} can't be used"),
        (HEAD + "a {%- raw %}", "a.md:4:3: {% … %} can't be used"),
        (HEAD + "{{ company", "a.md:4:1: this merge field is not closed"),
        (HEAD + "{{}}", "a.md:4:1: {{}} can't be read"),
        (HEAD + "{{ company | upase }}", "a.md:4:14: there is no filter 'upase'; did you mean upcase?"),
        (HEAD + "{{ company | size }}", "there is no filter 'size'"),
        (HEAD + "{{ 'x' | upcase }}", "a merge field is the name of a field"),
        (HEAD + "{{ company.size }}", "a merge field is the name of a field"),
        (HEAD + "{{ company[0] }}", "a merge field is the name of a field"),
        (HEAD + "{{ (1..999999999) }}", "a merge field is the name of a field"),
        (HEAD + "{{ company | default }}", 'the filter is written | default: "text"'),
        (HEAD + "{{ company | default: last_name }}", 'the filter is written | default: "text"'),
        (HEAD + "{{ company | upcase: 'x' }}", "the filter is written | upcase"),
        (HEAD + "{{ connected_on | date: '%H' }}", "the date filter does not know %H"),
        (HEAD + "![a](https://a.test/p.png)", "a.md:4: pictures are not sent"),
        (
            HEAD + "\n\n[a](https://a.test/{{ company }})",
            "a.md:6: a merge field can't stand in a link's address",
        ),
        (HEAD + "[a](/there)", "a.md:4: the link to '/there' leads nowhere from a mail"),
        (HEAD + "[a](ftp://a.test/)", "the link to 'ftp://a.test/' leads nowhere"),
        (HEAD.encode() + b"gr\xfc\xdf", "a.md:4: the file is not UTF-8."),
        (HEAD + "a\0b", "a.md: the file holds NUL bytes"),
        (HEAD + "x" * MOST_BYTES, "bytes are too many for an update"),
        ("---\nsubject: " + "[" * 5000 + "\n---\nx", "a.md"),
    ],
)
def test_what_can_not_be_used_is_refused_with_its_place(content: str | bytes, message: str) -> None:
    with pytest.raises(UpdateFaulty) as caught:
        compile_update(read_update(content, "a.md"))

    assert message in str(caught.value)


def refusal_of(content: str | bytes) -> str:
    try:
        compile_update(read_update(content, "a.md"))
    except UpdateFaulty as fault:
        return str(fault)
    return "a.md has nothing to refuse"


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_content_is_read_or_refused(rest: str | bytes) -> None:
    content = HEAD.encode() + rest if isinstance(rest, bytes) else HEAD + rest

    assert refusal_of(content).startswith("a.md")


@given(st.text(max_size=120))
def test_any_front_matter_is_read_or_refused(front: str) -> None:
    assert refusal_of(f"---\n{front}\n---\nx").startswith("a.md")
