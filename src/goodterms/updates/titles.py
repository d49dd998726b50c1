"""What an update is called where nobody in particular reads its subject."""

import re

_FIELD = re.compile(r"\{\{\s*\w+\s*(?P<filters>\|.*?)?\}\}", re.DOTALL)
_STANDS_IN = re.compile(r"""default:\s*(?P<quote>["'])(?P<words>.*?)(?P=quote)""")


def plain_title(subject: str) -> str:
    """Give a subject with what stands where nothing is known of the receiver; a field without that becomes three dots.

    >>> plain_title('News for {{ first_name | default: "friends" }} of {{ company }}')
    'News for friends of …'
    """
    return " ".join(_FIELD.sub(_stand_in, subject).split())


def _stand_in(match: re.Match[str]) -> str:
    found = _STANDS_IN.search(match["filters"] or "")
    return found["words"] if found else "…"
