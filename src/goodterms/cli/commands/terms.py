"""terms add, end, list, suggest."""

from pathlib import Path

import click

from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, strong, table
from goodterms.lib.moments import read_moment, write_moment
from goodterms.terms.actions import WordingFaulty, put_in_force, take_away
from goodterms.terms.queries import wording_numbered, wordings
from goodterms.terms.rules import SUGGESTIONS, Place


@click.group()
def terms() -> None:
    """What connecting means: wordings, where they stand, and since when."""


@command()
@click.option("--place", required=True, type=click.Choice([place.value for place in Place]))
@click.option("--from", "from_", required=True, metavar="DATE", help="Since when it has stood there.")
@click.option("--until", metavar="DATE", help="When it was taken away.")
@click.option("--text", default="", help="The wording.")
@click.option("--text-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file with it.")
def add(place: str, from_: str, until: str | None, text: str, text_file: Path | None) -> None:
    """Record a wording, the place where it stands and since when.

    Connections made while it stood on the profile, or with it in the invitation, count as made under the terms.
    """
    office = open_office()
    wording = put_in_force(
        office.owner,
        Place(place),
        _read(text_file) if text_file else text,
        from_at=read_moment(from_),
        until_at=read_moment(until) if until else None,
        now=now(),
    )
    limits = [s.limit for s in SUGGESTIONS if s.place == place]
    values = {"terms": wording.pk, "place": place, "from": write_moment(wording.from_at), "text": wording.text}
    lines = [f"Recorded: on the {place} since {wording.from_at:%Y-%m-%d}."]
    if len(wording.text) > max(limits):
        lines.append(f"It has {len(wording.text)} characters; LinkedIn takes {max(limits)} in that place.")
    answer(values, *lines)


@command()
@click.argument("number", metavar="TERMS", type=int)
@click.option("--until", required=True, metavar="DATE", help="When it was taken away.")
def end(number: int, until: str) -> None:
    """Record until when the wording TERMS stood, by its number in `terms list`.

    Connections made while it stood count as made under the terms all the same.
    """
    office = open_office()
    ended = take_away(wording_numbered(office.owner, number), until_at=read_moment(until), now=now())
    answer(
        {"terms": ended.pk, "place": ended.place, "until": write_moment(read_moment(until))},
        f"Recorded: it stood on the {ended.place} until {until}.",
    )


@command("list")
def list_() -> None:
    """List all wordings by place and time."""
    found = [
        {
            "terms": w.pk,
            "place": w.place,
            "from": write_moment(w.from_at),
            "until": write_moment(w.until_at) if w.until_at else None,
            "text": w.text,
        }
        for w in wordings(open_office().owner)
    ]
    rows = [(w["terms"], w["place"], w["from"][:10], (w["until"] or "")[:10], w["text"]) for w in found]  # type: ignore[index]
    answer({"terms": found}, table(["terms", "place", "from", "until", "wording"], rows))


@command(needs_database=False)
def suggest() -> None:
    """Suggest a wording for each place, within LinkedIn's lengths."""
    found = [
        {"place": s.place.value, "use": s.use, "text": s.text, "characters": len(s.text), "limit": s.limit}
        for s in SUGGESTIONS
    ]
    lines = [
        line
        for s in found
        for line in (
            strong(f"{s['place']}: {s['use']}"),
            f"{s['text']}\n({s['characters']:,} characters of {s['limit']:,})\n",
        )
    ]
    answer({"suggestions": found}, *lines)


for _command in (add, end, list_, suggest):
    terms.add_command(_command)

COMMANDS = (terms,)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise WordingFaulty(f"{path} is not UTF-8 text. Nothing was changed; save it as UTF-8.") from None
