"""Documents and code say the same."""

import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from script import reference

import goodterms
from goodterms.config import SETTINGS
from goodterms.ledger.rules.kinds import Kind
from goodterms.policy.rules import Reason

ROOT = reference.ROOT

# Put together here, so that this file does not name them itself.
_INDEX_HOSTS = re.compile(
    r"|".join(
        rf"\b{re.escape('.'.join(words))}\b"
        for words in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("crates", "io"),
            ("golang", "org"),
            ("maven", "org"),
            ("deb", "debian", "org"),
        ]
    )
)
_MACHINE_PATHS = re.compile(
    r"(?<![\w.~$}/-])(?:/(?:work|root|opt|srv|tmp|var|mnt)/\w|/(?:home|Users)/\w|/usr/(?!bin/env)\w|[A-Z]:\\\w)"
)


def _tracked_files() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return (ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(goodterms.__path__, "goodterms."):
        if found.name != "goodterms.__main__":
            yield importlib.import_module(found.name)


def _enumerations() -> set[str]:
    """Give the dotted names of the public enumerations that everybody meets: in tables, the ledger and rules.py."""
    found = set()
    everybodys = re.compile(r"\.(?:models|rules)$|^goodterms\.ledger\.")
    for module in (module for module in _modules() if everybodys.search(module.__name__)):
        classes = [value for value in vars(module).values() if isinstance(value, type)]
        inner = [value for outer in classes for value in vars(outer).values() if isinstance(value, type)]
        for value in [*classes, *inner]:
            if issubclass(value, Enum) and value.__module__ == module.__name__ and value.__name__[0] != "_":
                found.add(f"{value.__module__}.{value.__qualname__}")
    return found


@pytest.mark.parametrize("document", reference.DOCUMENTS)
def test_what_is_made_from_the_code_is_made_anew(document: str) -> None:
    written = (ROOT / document).read_text(encoding="utf-8")
    assert written == reference.made_anew(document), "run script/docs"


def test_every_enumeration_is_in_a_document() -> None:
    documented = {source for document in reference.DOCUMENTS for source in reference.sources(document)}
    missing = _enumerations() - documented
    assert not missing, f"add '<!-- from NAME -->' and '<!-- end -->' to GLOSSARY.md, then run script/docs: {missing}"


def test_every_value_has_a_meaning() -> None:
    empty = [
        f"{document}: {line}"
        for document in reference.DOCUMENTS
        for line in (ROOT / document).read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"\| `[^`]+` \|\s*\|", line)
    ]
    assert empty == []


@pytest.mark.parametrize("model", list(apps.get_app_config("goodterms").get_models()), ids=lambda model: model.__name__)
def test_every_table_is_a_word_of_the_glossary(model: type) -> None:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
    assert any(name in words.split(", ") for words in _glossary_words()), f"GLOSSARY.md has no line for '{name}'"


def test_the_glossary_is_in_order() -> None:
    assert _glossary_words() == sorted(_glossary_words())


def _glossary_words() -> list[str]:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").partition("## Words")[2].partition("\n## ")[0]
    return re.findall(r"^\| ((?!word\b)[\w, -]+?) \|", text, re.MULTILINE)


def test_every_setting_is_in_its_document() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+)$", text, re.MULTILINE) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize(("document", "words"), [("GLOSSARY.md", Kind), ("docs/decision.md", Reason)])
def test_closed_lists_are_whole(document: str, words: type[Enum]) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert [word.value for word in words if f"| `{word.value}` |" not in text] == []


@pytest.mark.parametrize("pattern", [_INDEX_HOSTS, _MACHINE_PATHS], ids=["package index", "machine path"])
def test_no_file_names_a_place_on_somebodys_machine_or_network(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in _tracked_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_links_between_documents_lead_somewhere() -> None:
    for path in _tracked_files():
        if path.suffix == ".md":
            for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8")):
                assert (path.parent / target).exists(), f"{path.name}: {target}"
