"""Secrets of others that have to be read again, such as passwords of mail servers: sealed with the owner's keys."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from goodterms.accounts.keys import KeysWrong
from goodterms.accounts.office import Office


def seal_text(office: Office, text: str) -> str:
    """Give a text sealed; an empty one stays empty."""
    return _box(office).encrypt(text.encode()).decode() if text else ""


def open_text(office: Office, sealed: str) -> str:
    """Give a sealed text back; raise KeysWrong where it was sealed with other keys."""
    if not sealed:
        return ""
    try:
        return _box(office).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise KeysWrong(
            "A password or secret was sealed with another key than token.key in the data folder's keys. "
            "Nothing was done. Put the key back from your backup, or enter the secret anew in the settings."
        ) from None


def _box(office: Office) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(office.keys.secrets))
