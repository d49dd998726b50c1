"""Merge fields: the closed list of what an update may say of its receiver, and how their values are cleaned.

Only outputs are allowed, `{{ field | filter }}`: no tags, no arithmetic, no other names. python-liquid
reads and evaluates them; nothing is ever run as Python.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache

from liquid import Environment, RenderContext
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.arguments import PositionalArgument
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression

FIELDS: Mapping[str, str] = {
    "first_name": "The person's first name, as LinkedIn has it.",
    "last_name": "Their last name.",
    "full_name": "First and last name.",
    "company": "Where they work, says the newest export.",
    "position": "What they do there.",
    "connected_on": "The day you connected, like 31 January 2026; the date filter writes it otherwise.",
    "connected_year": "The year you connected.",
    "owner_name": "Your own name.",
    "owner_email": "Your own address.",
    "owner_profile": "The address of your LinkedIn profile.",
}
"""Every merge field with a line of help."""

FILTERS: Mapping[str, str] = {
    "default": 'Another text where there is none: {{ first_name | default: "friend" }}.',
    "upcase": "In capitals.",
    "downcase": "In small letters.",
    "capitalize": "With a capital first letter and small ones after it.",
    "date": 'A day in another form: {{ connected_on | date: "%B %Y" }}.',
}
"""Every filter with a line of help."""

_OUTPUT = re.compile(r"\{\{(?P<inner>.*?)\}\}", re.DOTALL)
_DIRECTIVE = re.compile(r"%(-?.?)")
_MOST_SIGNS = 200
_JOINERS = "\u200c\u200d"  # names in Persian or Hindi and many emoji need them
_DROPPED = {"Cf", "Cs", "Co", "Cn"}
_SPACES = {"Cc", "Zl", "Zp", "Zs"}

# Not from the locale of the machine: the same update must read the same everywhere.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE_PARTS: Mapping[str, Callable[[date], str]] = {
    "d": lambda day: f"{day.day:02}",
    "-d": lambda day: str(day.day),
    "m": lambda day: f"{day.month:02}",
    "-m": lambda day: str(day.month),
    "B": lambda day: _MONTHS[day.month - 1],
    "b": lambda day: _MONTHS[day.month - 1][:3],
    "Y": lambda day: str(day.year),
    "y": lambda day: f"{day.year % 100:02}",
    "A": lambda day: _DAYS[day.weekday()],
    "a": lambda day: _DAYS[day.weekday()][:3],
    "%": lambda _: "%",
}


class FieldFaulty(ValueError):
    """A merge field can't be read; says where, counted from 1, and what would be right."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class PersonFields:
    """What merge fields may say of one person and of the owner."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    position: str = ""
    connected_on: date | None = None
    owner_name: str = ""
    owner_email: str = ""
    owner_profile: str = ""

    def values(self) -> dict[str, object]:
        """Give the cleaned value of every field; an unknown one is an empty text."""
        return {name: value(self) for name, value in _VALUES.items()}


@dataclass(frozen=True)
class MergeField:
    """One output in a text."""

    name: str
    source: str
    expression: FilteredExpression = field(repr=False, compare=False)


def split_fields(text: str) -> list[str | MergeField]:
    """Give a text as literal parts and merge fields, in order; raise FieldFaulty where one can't be read."""
    _refuse_tags(text)
    parts: list[str | MergeField] = []
    end = 0
    for match in _OUTPUT.finditer(text):
        parts += [_literal(text, end, match.start()), _merge_field(text, match)]
        end = match.end()
    return [*parts, _literal(text, end, len(text))]


def fill(fields: tuple[MergeField, ...], person: PersonFields) -> list[str]:
    """Give the value of each merge field for one person: one line of clean text, perhaps empty."""
    return [_value(merge_field, person) for merge_field in fields]


@lru_cache(maxsize=16_384)
def clean_value(text: str, most: int = _MOST_SIGNS) -> str:
    """Give a value on one line of at most so many signs, without control, direction and invisible ones."""
    if text.isascii() and text.isprintable():
        return " ".join(text[: 4 * most].split())[:most].strip()
    signs = (_clean_sign(sign) for sign in unicodedata.normalize("NFC", text[: 4 * most]))
    return " ".join("".join(signs).split())[:most].strip()


_VALUES: Mapping[str, Callable[[PersonFields], object]] = {
    "first_name": lambda person: clean_value(person.first_name),
    "last_name": lambda person: clean_value(person.last_name),
    "full_name": lambda person: f"{clean_value(person.first_name)} {clean_value(person.last_name)}".strip(),
    "company": lambda person: clean_value(person.company),
    "position": lambda person: clean_value(person.position),
    "connected_on": lambda person: person.connected_on or "",
    "connected_year": lambda person: str(person.connected_on.year) if person.connected_on else "",
    "owner_name": lambda person: clean_value(person.owner_name),
    "owner_email": lambda person: clean_value(person.owner_email),
    "owner_profile": lambda person: clean_value(person.owner_profile),
}


def _value(merge_field: MergeField, person: PersonFields) -> str:
    if not merge_field.expression.filters:
        return _written(_VALUES[merge_field.name](person))
    context = RenderContext(_environment().from_string(""), globals=person.values())
    return _written(merge_field.expression.evaluate(context))


def position_in(text: str, index: int) -> tuple[int, int]:
    """Give the line and column of a place in a text, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _clean_sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in _SPACES:
        return " "
    return "" if kind in _DROPPED and sign not in _JOINERS else sign


def _refuse_tags(text: str) -> None:
    if (place := text.find("{%")) >= 0:
        raise FieldFaulty(
            "{% … %} can't be used: an update has merge fields only, like {{ first_name }}",
            *position_in(text, place),
        )


def _literal(text: str, start: int, end: int) -> str:
    if (place := text.find("{{", start, end)) >= 0:
        raise FieldFaulty("this merge field is not closed; write }} after its name", *position_in(text, place))
    return text[start:end]


def _merge_field(text: str, match: re.Match[str]) -> MergeField:
    line, column = position_in(text, match.start())
    try:
        nodes = _environment().from_string(match.group()).nodes
    except LiquidError as fault:
        raise FieldFaulty(f"{match.group()} can't be read: {fault.message}", line, column) from None
    if len(nodes) != 1 or not isinstance(nodes[0], OutputNode):
        raise FieldFaulty(f"{match.group()} is no merge field; write {{{{ first_name }}}}", line, column)
    expression = nodes[0].expression
    try:
        return MergeField(_name_of(expression), match.group(), _checked(expression))
    except _Wrong as fault:
        place = match.start() + max(match.group().find(fault.near), 0)
        raise FieldFaulty(str(fault), *position_in(text, place)) from None


class _Wrong(ValueError):
    """A merge field says something that is not on the list; `near` is the text that it stands at."""

    def __init__(self, message: str, near: str) -> None:
        super().__init__(message)
        self.near = near


def _name_of(expression: Expression) -> str:
    left = expression.left if isinstance(expression, FilteredExpression) else None
    path = left.path if isinstance(left, Path) else []
    if len(path) != 1 or not isinstance(path[0], str):
        raise _Wrong("a merge field is the name of a field, like {{ first_name }}", "{{")
    if path[0] not in FIELDS:
        raise _Wrong(f"there is no merge field '{path[0]}'{_hint(path[0], FIELDS)}", path[0])
    return path[0]


def _checked(expression: Expression) -> FilteredExpression:
    assert isinstance(expression, FilteredExpression)
    for used in expression.filters or []:
        if used.name not in FILTERS:
            raise _Wrong(f"there is no filter '{used.name}'{_hint(used.name, FILTERS)}", used.name)
        texts = [
            argument.value.value
            for argument in used.args
            if isinstance(argument, PositionalArgument) and isinstance(argument.value, StringLiteral)
        ]
        wanted = 1 if used.name in {"default", "date"} else 0
        if len(used.args) != wanted or len(texts) != wanted:
            form = f'{used.name}: "text"' if wanted else used.name
            raise _Wrong(f"the filter is written | {form}", used.name)
        if used.name == "date":
            _check_date_form(texts[0])
    return expression


def _check_date_form(form: str) -> None:
    for directive in _DIRECTIVE.findall(form):
        if directive not in _DATE_PARTS:
            known = ", ".join(f"%{part}" for part in _DATE_PARTS)
            raise _Wrong(f"the date filter does not know %{directive}; it knows {known}", form)


def _hint(name: str, known: Mapping[str, str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {nearest[0]}?" if nearest else f"; there are: {', '.join(known)}"


def _date(value: object, form: str) -> str:
    if not isinstance(value, date):
        return str(value)
    return _DIRECTIVE.sub(lambda match: _DATE_PARTS[match.group(1)](value), form)


def _default(value: object, other: str) -> object:
    return other if value == "" else value


def _written(value: object) -> str:
    return clean_value(_date(value, "%-d %B %Y"))


@cache
def _environment() -> Environment:
    """Give an engine that knows our filters and nothing else."""
    environment = Environment(strict_filters=True)
    environment.tags = {name: environment.tags[name] for name in ("content", "output", "illegal")}
    environment.filters = {
        "default": _default,
        "upcase": lambda value: _written(value).upper(),
        "downcase": lambda value: _written(value).lower(),
        "capitalize": lambda value: _written(value).capitalize(),
        "date": _date,
    }
    return environment
