"""The story's second half: people leave, a later archive is read, and the next update passes them by."""

from dataclasses import replace
from datetime import timedelta

from goodterms.demo import texts
from goodterms.demo.network import Drift, Network, later
from goodterms.demo.people import Change, Member, Talk
from goodterms.demo.plot import CHANGES_BETWEEN, Leaver, Story, addresses, is_plain, named
from goodterms.demo.post import Caught, write_reply
from goodterms.demo.sending import add_update, send, write_next_archive
from goodterms.demo.stage import StoryFailed
from goodterms.lib.addresses import widen_email
from goodterms.policy.rules import Reason
from goodterms.policy.words import REASONS

Got = tuple[Member, Caught]


def leave(story: Story) -> None:
    """Let three people leave, each in another way; a fourth only answers kindly, and a fifth leaves on LinkedIn."""
    stage = story.stage
    by_link, by_reply, by_hand, on_linkedin, friend = cast(story)
    stage.scene("Some leave")
    _by_link(story, by_link)
    _by_reply(story, by_reply, friend)
    _by_hand(story, by_hand)
    story.leavers += [
        Leaver(member=by_link[0], how="signed link: leave", reason=Reason.LEFT),
        Leaver(member=by_reply[0], how="reply by mail", reason=Reason.STOPPED),
        Leaver(member=by_hand[0], how="told Robin", reason=Reason.LEFT),
        Leaver(member=on_linkedin[0], how="message on LinkedIn", reason=Reason.STOPPED),
    ]


def cast(story: Story) -> list[Got]:
    """Choose five who got the first update."""
    truth = story.by_address()
    got = sorted(((truth[widen_email(mail.to)], mail) for mail in story.first), key=lambda pair: pair[0].number)
    chosen = sorted(got, key=lambda pair: not is_plain(pair[0]))[:5]
    if len(chosen) < 5:
        raise StoryFailed(f"Only {len(got)} people got the update: too few to play on. Say a larger --size.")
    return chosen


def _by_link(story: Story, got: Got) -> None:
    stage, (member, mail) = story.stage, got
    link = mail.way_out("leave")
    stage.say(f"{named(member)} takes the second way out in the mail: to have the connection broken.")
    taken = stage.run("exit", "--link", link)
    stage.hold("The link says who they are and what they want", taken["exit"] == "leave", taken)
    forged = link[:-1] + ("a" if link[-1] != "a" else "b")
    stage.say("", "Somebody tries a link with one letter changed:")
    stage.quote(stage.run("exit", "--link", forged, status=1)["error"])
    stage.hold("A forged link is refused", True)


def _by_reply(story: Story, got: Got, friend: Got) -> None:
    stage, folder = story.stage, story.stage.folder / "replies"
    for (member, mail), words in ((got, texts.LEAVING_REPLY), (friend, texts.KIND_REPLY)):
        write_reply(folder, member, mail, words, owner=story.owner, at=story.now)
    stage.say(
        "",
        f"{named(got[0])} and {named(friend[0])} answer by mail; both answers quote the whole "
        "update with its ways out. One of them says:",
    )
    stage.quote(texts.LEAVING_REPLY.strip())
    read = stage.run("feedback", "read", "replies")
    stage.hold("One answer is an exit, the other just an answer", (read["exits"], read["replies"]) == (1, 1), read)


def _by_hand(story: Story, got: Got) -> None:
    stage, (member, _) = story.stage, got
    stage.say("", f"{named(member)} told Robin, who writes it down.")
    stage.run("exit", str(member.email), "--leave", "--heard", texts.HEARD)


def read_later_archive(story: Story) -> None:
    """Read an archive of a month later, in which whoever left is still connected."""
    stage = story.stage
    stage.scene("A month later")
    before = story.members
    story.see(_a_month_later(story))
    write_next_archive(story)
    renamed, on_linkedin = story.leavers[2].member, story.leavers[3].member
    stage.say(
        f"A new archive: {story.archives[1]}",
        "Everybody who left is still connected in it: Robin had no time yet. "
        f"{named(renamed)} even has a new profile address and another job. "
        f"{named(on_linkedin)} has written on LinkedIn:",
    )
    stage.quote(texts.LINKEDIN_WORDS)
    found = stage.run("sync", story.archives[1])
    stage.show(("", ""), [(f"{found[key]:,}", words) for key, words in _CHANGES.items() if found[key]])
    fresh = _numbers(story.members) - _numbers(before)
    lost = _numbers(before) - _numbers(story.members)
    stage.hold("The new ones are those who are new", found["new"] == len(fresh), (found["new"], len(fresh)))
    stage.hold(
        "Those who vanished are held until a second look", found["absent"] == len(lost), (found["absent"], len(lost))
    )
    story.vanished = {widen_email(m.email) for m in before if m.email and m.number in lost}


_CHANGES = {
    "new": "new connections",
    "absent": "no longer listed: held, not forgotten",
    "renamed": "have another name or profile address",
    "changed": "have another job",
    "date_only": "closed accounts, now and before",
    "held": "held for Robin's eye",
    "exits": "said no in a message",
}


def _numbers(members: list[Member]) -> set[int]:
    return {member.number for member in members}


def _a_month_later(story: Story) -> Network:
    share = max(1, len(story.network) // CHANGES_BETWEEN)
    drift = Drift(new=share, gone=max(1, share // 4), renamed=max(1, share // 8), moved=share, closed=1)
    on_linkedin = story.leavers[3].member
    talk = Talk(story.now - timedelta(hours=1), is_from_owner=False, text=texts.LINKEDIN_WORDS)
    network = later(
        story.network,
        story.network.seed + 1,
        today=story.now.date(),
        drift=drift,
        staying=[leaver.member.slug for leaver in story.leavers],
        said={on_linkedin.slug: (talk,)},
    )
    renamed = story.leavers[2].member.number
    return replace(network, changes={**network.changes, renamed: Change(renamed=1, moved=1)})


def send_second(story: Story) -> None:
    """Send the next update, and look into the mailbox for whoever must not have got it."""
    stage = story.stage
    stage.scene("The next update")
    update = add_update(stage, "second", texts.SECOND_UPDATE)
    story.updates.append(update)
    story.awaited = len(story.first)
    story.second = send(story, update)
    again = stage.run("send", update)
    stage.hold("Sent again, it goes to nobody", again["accepted"] == 0 and not story.bag.new(), again)
    stage.scene("Who did not get it")
    look_for_leavers(story)
    _ask_why(story)


def look_for_leavers(story: Story) -> None:
    """Look at each mail that arrived; raise StoryFailed where one went to somebody who had left."""
    stage, first, second = story.stage, set(addresses(story.first)), set(addresses(story.second))
    stage.say(f"Looking at the {len(story.second):,} mails themselves, in mail/:")
    rows = []
    for leaver in story.leavers:
        given = ["got it" if leaver.address in got else "none" for got in (first, second)]
        rows.append((leaver.member.name, leaver.how, *given))
    stage.show(("who left", "how", "first update", "next update"), rows)
    left = {leaver.address for leaver in story.leavers}
    stage.hold("Everybody who left had got the first update", left <= first, left - first)
    stage.hold("Nobody who left got the next one", not left & second, left & second)
    no = story.said_no()
    stage.hold("Nobody who said no on LinkedIn got any", not no & (first | second), no & (first | second))
    stage.hold("Nobody who vanished from the archive got it", not story.vanished & second, story.vanished & second)
    missed = first - left - story.vanished - story.namesakes() - second
    stage.hold("Everybody else who had got the first one did", not missed, missed)


def _ask_why(story: Story) -> None:
    stage, rows = story.stage, []
    for leaver in story.leavers:
        found = stage.run("why", str(leaver.member.email))
        stage.say(f"{named(leaver.member)}: {REASONS[Reason(found['reason'])]}.")
        entries = {entry["kind"]: entry for entry in found["entries"]}
        stage.hold("It is their own word", found["reason"] == leaver.reason and leaver.reason in entries, found)
        entry = entries[leaver.reason]
        moment = entry["occurred_at"][:16].replace("T", " ")
        rows.append((leaver.member.name, str(entry["id"]), entry["kind"], moment))
    stage.say("", "That rests on these entries of the ledger:")
    stage.show(("who left", "entry", "what", "when (UTC)"), rows)


def prove(story: Story) -> None:
    """Make the dossier of somebody who left, and check it as anybody can."""
    stage, leaver = story.stage, story.leavers[0]
    stage.scene("The proof for one person")
    stage.say(f"Suppose that {named(leaver.member)} complains. The dossier tells the whole story, and proves it.")
    made = stage.run("prove", str(leaver.member.email), "--out", "dossiers")
    story.dossiers += made["files"]
    data = next(name for name in made["files"] if name.endswith(".json"))
    found = stage.run("verify", data)
    what = f"{found['entries']} entries and {found['messages']} messages, nothing altered, nothing sent after the exit"
    stage.hold(f"The dossier is sound: {what}", found["sound"] and found["messages"] >= 1, found)
    stage.say("", "Somebody changes one word in it, so that the exit looks like a kind answer:")
    altered = stage.folder / "dossiers" / "altered-on-purpose.json"
    genuine = (stage.folder / data).read_bytes()
    altered.write_bytes(genuine.replace(rb"\"kind\":\"left\"", rb"\"kind\":\"replied\""))
    refused = stage.run("verify", f"dossiers/{altered.name}", status=1)
    stage.quote(refused["error"])
    stage.hold("That is found out", not refused["genuine"], refused)
