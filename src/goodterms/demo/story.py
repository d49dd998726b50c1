"""The main job from beginning to end, on a made-up network: who agreed is written to, and nobody who left."""

from datetime import UTC, datetime
from typing import Any

from goodterms.demo import leaving, sending
from goodterms.demo.catcher import Catcher
from goodterms.demo.network import Wording, make_network
from goodterms.demo.plot import BETWEEN_ARCHIVES, EMAIL_SHARE, TERMS_STOOD, Story, addresses
from goodterms.demo.post import Postbag
from goodterms.demo.stage import Stage

_SCENES = (
    sending.begin,
    sending.set_up,
    sending.read_first_archive,
    sending.look_at_audience,
    sending.welcome,
    sending.send_first,
    leaving.leave,
    leaving.read_later_archive,
    leaving.send_second,
    leaving.prove,
)


def play(stage: Stage, *, size: int, seed: int, now: datetime) -> dict[str, Any]:
    """Play the story and give what came of it; raise StoryFailed where something that must hold does not."""
    today = now.astimezone(UTC).date()
    network = make_network(
        seed,
        size,
        today=today - BETWEEN_ARCHIVES,
        wording=Wording(since=today - TERMS_STOOD),
        with_email_share=EMAIL_SHARE,
    )
    for name in ("archives", "terms", "updates", "replies"):
        (stage.folder / name).mkdir()
    mail = stage.folder / "mail"
    with Catcher(mail) as catcher:
        stage.environ["GOODTERMS_SMTP_URL"] = catcher.url
        stage.environ["GOODTERMS_PACE"] = "unlimited"  # nothing leaves this machine
        story = Story(stage=stage, network=network, now=now, bag=Postbag(mail))
        for scene in _SCENES:
            scene(story)
    return _outcome(story)


def _outcome(story: Story) -> dict[str, Any]:
    first, second = set(addresses(story.first)), set(addresses(story.second))
    leavers = [
        {
            "name": leaver.member.name,
            "address": leaver.member.email,
            "how": leaver.how,
            "reason": leaver.reason,
            "got_first": leaver.address in first,
            "got_second": leaver.address in second,
        }
        for leaver in story.leavers
    ]
    return {
        "folder": str(story.stage.folder),
        "connections": len(story.network),
        "first": len(story.first),
        "second": len(story.second),
        "leavers": leavers,
        "archives": story.archives,
        "dossiers": story.dossiers,
        "checks": story.stage.checks,
        "commands": [command for command in story.stage.commands if "command" in command],
    }
