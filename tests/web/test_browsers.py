"""Browsers by the names that people know."""

import pytest

from goodterms.web.access.browsers import browser_name

_GECKO = "(KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 {_GECKO} Chrome/150.0 Safari/537.36 Edg/150.0",
         "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 {_GECKO} Chrome/150.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {_GECKO} Version/26.0 Safari/605.1.15",
         "Safari on a Mac"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) AppleWebKit/605.1.15 {_GECKO} CriOS/150.0 Safari/604.1",
         "Chrome on an iPhone"),
        (f"Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 {_GECKO} Chrome/150.0 Mobile Safari/537.36",
         "Chrome on Android"),
        ("curl/8.5", "Another program"),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_name(said: str, name: str) -> None:
    assert browser_name(said) == name
