"""A copy says what was written, and what a person is called is never read as markup."""

from hypothesis import given
from hypothesis import strategies as st

from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import LEAVE, OFFER, STOP
from goodterms.updates.rendering import CompiledUpdate, compile_update, copy_of
from goodterms.updates.source import read_update
from tests.updates.made_up import BOB, TERMS, UPDATE, footer


def compiled(body: str, subject: str = "News") -> CompiledUpdate:
    return compile_update(read_update(f"---\nsubject: {subject}\n---\n{body}", "a.md"))


def test_a_copy_greets_its_receiver_in_subject_text_and_page() -> None:
    copy = copy_of(compile_update(read_update(UPDATE, "a.md")), BOB, footer())

    assert copy.subject == "News for Bob"
    assert copy.text.startswith("Dear Bob,\n\nI have moved: see my page <https://able.example/new?a=1&b=2>.\n")
    assert "<p>Dear Bob,</p>" in copy.html
    assert '<a href="https://able.example/new?a=1&amp;b=2">my page</a>' in copy.html
    assert "<strong>moved</strong>" in copy.html


def test_every_copy_has_the_terms_and_both_ways_out() -> None:
    copy = copy_of(compiled("Hi"), BOB, footer())

    for part in (copy.text, copy.html):
        assert TERMS in part
        assert OFFER in part
        assert STOP in part
        assert LEAVE in part


def test_a_value_is_not_read_as_markdown_or_html() -> None:
    person = PersonFields(first_name="**B** _b_ [x](https://evil.test) <b>&amp;", company="* one # two > `c`")
    copy = copy_of(compiled("Hi {{ first_name }}\n\n{{ company }}", "'{{ first_name }}'"), person, footer())

    assert copy.subject == "**B** _b_ [x](https://evil.test) <b>&amp;"
    assert "Hi **B** _b_ [x](https://evil.test) <b>&amp;\n\n* one # two > `c`\n" in copy.text
    assert "<p>Hi **B** _b_ [x](https://evil.test) &lt;b&gt;&amp;amp;</p>" in copy.html
    assert "<p>* one # two &gt; `c`</p>" in copy.html


def test_markdown_around_a_field_works() -> None:
    copy = copy_of(compiled("**{{ first_name }}** and _{{ company }}_ and `{{ last_name }}`"), BOB, footer())

    assert "<strong>Bob</strong> and <em>Boats &amp; Co</em> and <code>Byte</code>" in copy.html


def test_html_in_an_update_is_shown_and_not_obeyed() -> None:
    copy = copy_of(compiled('<script>x</script> <img src="https://a.test/p.gif">'), BOB, footer())

    assert "<script" not in copy.html
    assert "<img" not in copy.html


def test_a_link_that_is_its_own_address_is_shown_once() -> None:
    copy = copy_of(compiled("<https://able.example> <mailto:a@able.example>"), BOB, footer())

    assert copy.text.startswith("https://able.example mailto:a@able.example\n")


def test_fields_that_came_out_empty_are_named() -> None:
    copy = copy_of(compiled('{{ company }} {{ position | default: "x" }}'), PersonFields(), footer())

    assert copy.blanks == ("{{ company }}",)


def test_an_unfilled_mark_never_reaches_anybody() -> None:
    body = "Hi {{ first_name }}{{ last_name }}\n\n    {{ company }}\n\n# {{ position }}\n\n1. {{ connected_on }}"
    copy = copy_of(compiled(body, "'{{ first_name }}, {{ company }}'"), BOB, footer())

    assert "BobByte" in copy.text
    for part in (copy.subject, copy.text, copy.html):
        assert "gt" not in part.replace("&gt;", "").replace(footer().text, "").replace(footer().html, "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_value_brings_its_own_markup(first: str, company: str) -> None:
    person = PersonFields(first_name=first, company=company)
    copy = copy_of(COMPILED, person, FOOTER)

    assert copy.html.count("<") == PLAIN.html.count("<")
    assert copy.html.count('"') == PLAIN.html.count('"')
    assert copy.text.count("\n") == PLAIN.text.count("\n")
    assert "\n" not in copy.subject


COMPILED = compiled('Hi {{ first_name | default: "x" }}, "{{ company | default: "y" }}"', "'{{ first_name }}'")
FOOTER = footer("https://able.example")
PLAIN = copy_of(COMPILED, BOB, FOOTER)
