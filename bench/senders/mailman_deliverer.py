"""Mailman's deliverer alone, under Mailman's own Python: FOLDER POST PORT COUNT; prints the seconds that it took.

A list with so many members, whose posts are personalised; a post is handed to what Mailman's outgoing runner calls.
"""

import sys
import time
from email import message_from_bytes
from pathlib import Path


def main(folder: str, post: str, port: str, count: str) -> None:
    """Make the list in the folder, and deliver the post to a server on loopback."""
    _set_up(Path(folder), port)
    from mailman.email.message import Message  # noqa: PLC0415 - only a Mailman that is set up has all of these
    from mailman.mta.deliver import deliver  # noqa: PLC0415

    addresses = [f"p{number}@mail.example" for number in range(int(count))]
    news = _make_list(addresses)
    message = message_from_bytes(Path(post).read_bytes(), Message)
    begun = time.perf_counter()
    deliver(news, message, {"recipients": set(addresses), "to_list": True})
    print(time.perf_counter() - begun)


def _set_up(folder: Path, port: str) -> None:
    from mailman.core.initialize import initialize  # noqa: PLC0415

    configuration = folder / "mailman.cfg"
    configuration.write_text(
        f"[mailman]\nsite_owner: owner@lists.test\nlayout: here\n[paths.here]\nvar_dir: {folder}/var\n"
        f"[mta]\nincoming: mailman.mta.null.NullMTA\nsmtp_host: 127.0.0.1\nsmtp_port: {port}\n"
    )
    initialize(str(configuration))


def _make_list(addresses: list[str]) -> object:
    from mailman.app.lifecycle import create_list  # noqa: PLC0415
    from mailman.config import config  # noqa: PLC0415
    from mailman.interfaces.domain import IDomainManager  # noqa: PLC0415
    from mailman.interfaces.mailinglist import Personalization  # noqa: PLC0415
    from mailman.interfaces.usermanager import IUserManager  # noqa: PLC0415
    from mailman.utilities.datetime import now  # noqa: PLC0415
    from zope.component import getUtility  # noqa: PLC0415

    getUtility(IDomainManager).add("lists.test")
    news = create_list("news@lists.test")
    news.personalize = Personalization.full
    for address in addresses:
        (kept,) = getUtility(IUserManager).create_user(address, "Anna Able").addresses
        kept.verified_on = now()
        news.subscribe(kept, send_welcome_message=False)
    config.db.commit()
    return news


if __name__ == "__main__":
    main(*sys.argv[1:])
