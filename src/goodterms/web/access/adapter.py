"""What allauth asks of us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class MembersOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody makes an account unasked: the owner adds a user, or invites one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no."""
        return False
