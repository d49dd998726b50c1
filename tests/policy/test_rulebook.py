"""The rulebook: what comes with Goodterms, laid over by the owner's file; nothing unknown is taken."""

from datetime import timedelta
from pathlib import Path

import pytest

from goodterms.ledger.rules.bearing import Basis
from goodterms.policy.rulebook import RulebookFaulty, read_rulebook, strategies
from goodterms.policy.rules import Verdict


def test_by_default_to_connect_is_to_opt_in() -> None:
    book = read_rulebook()
    assert (book.strategy, book.needs_welcome, book.min_gap) == ("connection_opt_in", True, timedelta())
    assert book.bases[Basis.BEFORE_TERMS] is Verdict.HOLD


@pytest.mark.parametrize("name", strategies())
def test_every_strategy_says_what_is_done_on_every_basis(name: str) -> None:
    assert set(read_rulebook("", name).bases) == set(Basis) - {Basis.NONE}


def test_single_values_are_replaced_by_the_owners_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('strategy = "opt_in_list"\n[pace]\nmin_gap_hours = 48\n', encoding="utf-8")
    book = read_rulebook(str(path))

    assert (book.strategy, book.min_gap, book.needs_welcome) == ("opt_in_list", timedelta(hours=48), True)
    assert read_rulebook(str(path), "posts_only").strategy == "posts_only"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("strategy = ", "can't be read"),
        ("\xff".encode("latin-1"), "can't be read"),
        ("tempo = 1", "has 'tempo', which no rule is called"),
        ("[pace]\nmin_gap_days = 2", "has 'pace.min_gap_days'"),
        ('[pace]\nmin_gap_hours = "two"', "pace.min_gap_hours must be like 0"),
        ("[welcome]\nrequired = 1", "welcome.required must be like True"),
        ('strategy = "everybody"', "There is no strategy 'everybody'"),
        ("strategies = 7", "strategies must be like"),
        ('[strategies.connection_opt_in]\nopt_in = "perhaps"', "opt_in"),
        ("[pace]\nmin_gap_hours = -1", "min_gap_hours"),
    ],
)
def test_a_rulebook_with_a_fault_is_refused_and_says_where(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(RulebookFaulty, match=message):
        read_rulebook(str(path))


def test_a_file_that_is_missing_and_a_strategy_that_is_unknown_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookFaulty, match="can't be read"):
        read_rulebook(str(tmp_path / "none.toml"))
    with pytest.raises(RulebookFaulty, match="there are: connection_opt_in"):
        read_rulebook("", "all")
