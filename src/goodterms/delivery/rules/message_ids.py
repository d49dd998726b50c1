"""The Message-ID of a copy: made once, and the same again if everything is planned anew."""

from hashlib import sha256


def message_id_of(owner_uid: str, update_uid: str, person_uid: int, *, sender: str) -> str:
    """Give the Message-ID (RFC 5322 section 3.6.4) with its angle brackets.

    The same copy has the same one after a restore too, so that a receiver's mail system can recognise a second one.
    """
    digest = sha256("\0".join(("message-id", owner_uid, update_uid, str(person_uid))).encode()).hexdigest()
    domain = sender.rpartition("@")[2]
    return f"<{digest[:32]}@{domain.encode('idna').decode()}>"
