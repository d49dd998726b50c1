"""Forms about people."""

from enum import StrEnum
from typing import Any

from django import forms

from goodterms.ledger.rules.bearing import Basis
from goodterms.policy.listing import Reach, Sort, TieClass, Wanted
from goodterms.ties.models import Note
from goodterms.web.pages.people import words


def _choices(named: Any) -> list[tuple[str, str]]:
    return [("", "any"), *((str(value), word) for value, word in named.items())]


class FilterForm(forms.Form):
    """Who is to be listed; what makes no sense is left out."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    company = forms.CharField(required=False, label="Company", max_length=200)
    state = forms.ChoiceField(required=False, label="Standing", choices=_choices(words.STATES))
    basis = forms.ChoiceField(required=False, label="Basis", choices=_choices(words.BASES))
    reach = forms.ChoiceField(required=False, label="Reach", choices=_choices(words.REACHES))
    tie = forms.ChoiceField(required=False, label="Tie", choices=_choices(words.TIES))
    sort = forms.ChoiceField(required=False, label="Sort by", choices=[(s.value, w) for s, w in words.SORTS.items()])

    def wanted(self) -> Wanted:
        """Give what was asked for."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            words=data.get("q", ""),
            company=data.get("company", ""),
            state=data.get("state", ""),
            basis=_one_of(Basis, data.get("basis")),
            reach=_one_of(Reach, data.get("reach")),
            tie=_one_of(TieClass, data.get("tie")),
            sort=_one_of(Sort, data.get("sort")) or Sort.NAME,
        )


def _one_of(kinds: Any, value: str | None) -> Any:
    return kinds(value) if value else None


class NoteForm(forms.Form):
    """A note on somebody."""

    text = forms.CharField(label="Note", max_length=5_000, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="It is", choices=Note.Kind.choices, initial=Note.Kind.REMARK)


class TieForm(forms.Form):
    """What the owner says of a tie; empty: as computed."""

    strength = forms.ChoiceField(
        label="The tie",
        required=False,
        choices=[("", "as computed"), ("0.9", "strong"), ("0.5", "middling"), ("0.1", "weak")],
    )
    every = forms.IntegerField(
        label="A word is due after so many days of silence", required=False, min_value=1, max_value=36_500,
        help_text="Leave it empty for never.",
    )  # fmt: skip


class CircleForm(forms.Form):
    """People to whom a word is to be due alike: a company, a strength of ties, or both."""

    name = forms.CharField(label="Name", max_length=60)
    company = forms.CharField(label="Company", max_length=200, required=False)
    ties = forms.ChoiceField(
        label="Ties",
        required=False,
        choices=[("", "any"), ("strong", "strong"), ("weak", "weak or unknown")],
    )
    every = forms.IntegerField(label="A word every so many days", min_value=1, max_value=36_500)


class ExitForm(forms.Form):
    """A way out that somebody told the owner."""

    class Way(StrEnum):
        """Which."""

        STOP = "stopped"
        LEAVE = "left"

    way = forms.ChoiceField(
        label="They want",
        widget=forms.RadioSelect,
        choices=[
            (Way.STOP, "no more updates; we stay connected"),
            (Way.LEAVE, "the connection broken"),
        ],
    )
    only = forms.ChoiceField(
        label="By",
        required=False,
        choices=[("", "anything"), ("email", "e-mail only"), ("linkedin", "LinkedIn only")],
        help_text="With “no more updates”: what they want none by.",
    )
    heard = forms.CharField(
        label="What they said, and where", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
