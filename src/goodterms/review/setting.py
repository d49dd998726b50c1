"""What a draft is reviewed with besides its text."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Who writes, what stands below every copy, for which laws, and what was said before."""

    owner_name: str = ""
    postal_address: str = ""
    terms: str = ""
    """The terms as they stand in the footer; with them come both ways out."""
    jurisdictions: tuple[str, ...] = ()
    """Names of rulebooks; none: the receivers' laws are unknown, so all of them."""
    earlier: tuple[str, ...] = ()
    """Bodies of updates that were sent before."""
