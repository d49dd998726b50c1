"""What an update is called where nobody in particular reads its subject."""

import pytest

from goodterms.updates.titles import plain_title


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("News", "News"),
        ('The loom runs, {{ first_name | default: "friend" }}', "The loom runs, friend"),
        ("Hello {{first_name}}!", "Hello …!"),
        ("{{ company | default: 'you all' | upcase }} and I", "you all and I"),
        ('{{ connected_on | date: "%B %Y" }}', "…"),
        ("Two {{ first_name }} and {{ last_name }}", "Two … and …"),
        ("{{ broken", "{{ broken"),
        ("", ""),
    ],
)
def test_a_field_gives_way_to_what_stands_in_for_it(subject: str, title: str) -> None:
    assert plain_title(subject) == title
