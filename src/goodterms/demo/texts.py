"""What the story's owner writes, and what people answer."""

from goodterms.demo.network import Wording

UPDATE_TERMS = (
    "You get this because we are connected on LinkedIn, where my profile says that connecting means getting my "
    "personal updates."
)

FIRST_UPDATE = """\
---
subject: The old loom runs again, {{ first_name | default: "friend" }}
purpose: networking
topics: [looms, travel]
---
Dear {{ first_name | default: "friend" }},

after two winters the big loom in Ghent runs again: **forty metres a day**, and only one thumb bruised.

In spring I shall visit three mills in the north. If you know somebody there who still weaves, tell me.

And you, how is life at {{ company | default: "your place" }}? I read every answer.

{{ owner_name }}
"""

SECOND_UPDATE = """\
---
subject: Three mills and a book
purpose: networking
topics: [looms, books]
---
Dear {{ first_name | default: "friend" }},

the north was kind to me: three mills, two of them still at work, and a pattern book from 1911 that nobody had opened
since. I am copying it page by page and shall show you the best.

What have you opened lately that nobody had opened in a while?

{{ owner_name }}
"""

LEAVING_REPLY = "Dear Robin,\n\nplease take me off your list. I wish you and the loom well.\n"
KIND_REPLY = "Dear Robin,\n\nforty metres a day, how wonderful! Come by when you travel north.\n"
HEARD = "At the fair in Ghent: please break our connection, nothing personal."
LINKEDIN_WORDS = "Hello Robin, please no updates for me any more. Good luck with the mills!"


def wordings(wording: Wording) -> dict[str, str]:
    """Give the wording of each place where the terms stand, as Goodterms takes it."""
    return {
        "profile": wording.profile,
        "invitation": wording.invitation,
        "welcome": wording.welcome.replace("{first_name}", "{{ first_name }}"),
        "update": UPDATE_TERMS,
    }
