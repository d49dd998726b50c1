"""Addresses of pages that may not be there."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def first_there(*names: str, **parts: Any) -> str:
    """Give the address of the first of some pages that there is; empty where there is none of them."""
    for name in names:
        try:
            return reverse(name, kwargs=parts)
        except NoReverseMatch:
            continue
    return ""
