"""Keeps the translations of the public pages in step with them: one .po file a language, and the .mo made of it.

The .mo files are committed, so that neither a fresh clone nor an installation needs gettext's programs.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

WEB = Path(__file__).resolve().parent.parent / "src" / "goodterms" / "web"
LOCALE = WEB / "locale"
_MARKED = re.compile(r"\bgettext\(\s*u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_FUNCTIONS = {"gettext", "gettext_lazy", "gettext_noop"}


def marked() -> dict[str, str]:
    """Give every text that is marked for translation, with the file it stands in first."""
    found: dict[str, str] = {}
    for path in sorted((WEB / "templates" / "web" / "public").rglob("*.html")):
        written = templatize(path.read_text(encoding="utf-8"))
        for match in _MARKED.finditer(written):
            found.setdefault(ast.literal_eval(match[1].removeprefix("u")), path.name)
    for path in sorted((WEB / "pages" / "public").glob("*.py")):
        for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, path.name)
    return found


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            yield ast.literal_eval(node.args[0])


def catalogue(path: Path) -> Catalog:
    """Read a .po file."""
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name, domain="django")


def files() -> list[Path]:
    """Give the .po file of every language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def brought_up_to_date(path: Path) -> Catalog:
    """Give a language's catalogue with every marked text and no other; new ones are still empty."""
    old = catalogue(path) if path.exists() else Catalog(locale=path.parent.parent.name)
    new = Catalog(locale=old.locale, domain="django", charset="utf-8", fuzzy=False, header_comment="")
    for text, where in marked().items():
        known = old.get(text)
        new.add(text, known.string if known else "", locations=[(where, None)])  # type: ignore[list-item]
    return new


def written_po(catalog: Catalog) -> bytes:
    """Give a catalogue as a .po file, without anything that changes from day to day."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=110, omit_header=True, sort_output=True)
    language = str(catalog.locale)
    head = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return (head + stream.getvalue().decode()).encode()


def written_mo(catalog: Catalog) -> bytes:
    """Give a catalogue as a .mo file."""
    plain = Catalog(locale=catalog.locale, domain="django", charset="utf-8", fuzzy=False)
    for message in catalog:
        if message.id and message.string:
            plain.add(message.id, message.string)
    stream = io.BytesIO()
    write_mo(stream, plain)
    return re.sub(rb"(?:POT-Creation-Date|PO-Revision-Date): [^\n]*", _still, stream.getvalue())


def _still(match: re.Match[bytes]) -> bytes:
    return match[0][: match[0].index(b":")] + b": " + b"-" * (len(match[0]) - match[0].index(b":") - 2)


def missing() -> list[str]:
    """Say what is not translated, or not as the pages have it."""
    faults = []
    for path in files():
        catalog, language = catalogue(path), path.parent.parent.name
        for text in marked():
            message = catalog.get(text)
            if message is None or not message.string:
                faults.append(f"{language}: not translated: {text}")
            elif _places(text) != _places(str(message.string)):
                faults.append(f"{language}: other places than in: {text}")
        faults += [f"{language}: nowhere marked: {m.id}" for m in catalog if m.id and m.id not in marked()]
        if path.with_suffix(".mo").read_bytes() != written_mo(catalog):
            faults.append(f"{language}: django.mo was not made of django.po")
    return faults


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def main(arguments: list[str]) -> int:
    """Write the files anew, or with --check say what is missing."""
    if "--check" in arguments:
        faults = missing()
        print("\n".join(faults))
        return bool(faults)
    for path in files():
        catalog = brought_up_to_date(path)
        path.write_bytes(written_po(catalog))
        path.with_suffix(".mo").write_bytes(written_mo(catalog))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
