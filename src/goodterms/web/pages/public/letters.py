"""The short mails that the public pages ask for, in the language of whoever asked."""

from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True, kw_only=True)
class Words:
    """A subject and a text."""

    subject: str
    text: str


def join_words(owner: str, link: str) -> Words:
    """Ask whether the holder of an address really asked for updates."""
    return Words(
        subject=gettext("Do you want updates from %(name)s?") % {"name": owner},
        text="\n\n".join(
            [
                gettext("Somebody, probably you, asked for personal updates from %(name)s to this address.")
                % {"name": owner},
                gettext("If you want them, open this page within a week and press the button:"),
                link,
                gettext("If not, you need do nothing: you are not written to again, and your address is not kept."),
            ]
        ),
    )


def own_link_words(owner: str, link: str) -> Words:
    """Give somebody the link to their own page."""
    return Words(
        subject=gettext("Your page at %(name)s") % {"name": owner},
        text="\n\n".join(
            [
                gettext("You asked for the link to your own page. There you see what is kept about you:"),
                link,
                gettext("Whoever has this link can use it, so please do not pass it on."),
            ]
        ),
    )
