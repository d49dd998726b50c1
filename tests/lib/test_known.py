"""What was found out of a text is asked for once, and never of so many that memory fills."""

from goodterms.lib.known import Known


def test_a_text_is_asked_about_once() -> None:
    asked: list[str] = []

    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    known = Known(length)

    assert [known["stop"], known["leave"], known["stop"]] == [4, 5, 4]
    assert asked == ["stop", "leave"]


def test_no_more_is_kept_than_said_and_nothing_of_long_texts() -> None:
    known = Known(len)

    assert known["a" * 25] == 25
    assert not known
    assert max(len(known) for number in range(110_000) if known[str(number)]) == 100_000
