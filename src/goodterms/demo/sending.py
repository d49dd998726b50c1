"""The story's first half: an archive is read, and those who agreed get an update."""

from rich.markup import escape

from goodterms.demo import texts
from goodterms.demo.archive import write_archive
from goodterms.demo.people import Member
from goodterms.demo.plot import EMAIL_SHARE, Story, addresses, is_plain, named
from goodterms.demo.post import Caught
from goodterms.demo.stage import Stage
from goodterms.policy.rules import Reason
from goodterms.policy.words import REASONS


def begin(story: Story) -> None:
    """Write the archive that LinkedIn would give."""
    stage, network = story.stage, story.network
    stage.scene("A made-up network")
    stage.say(
        f"{network.owner.name} is made up, and so are all [bold]{len(network):,}[/bold] connections, made over twelve "
        "years. No mail leaves this machine: a mail catcher takes it all. The commands are real, and run in:"
    )
    stage.quote(str(stage.folder))
    write_next_archive(story)
    stage.say(
        f"Robin's LinkedIn archive: {story.archives[0]}",
        f"It looks as today's do, but for one thing: {EMAIL_SHARE * 100:.0f} % of the people in it show an e-mail "
        "address, so that there is something to see. In real ones 1 to 4 % do; the others get their "
        "messages on LinkedIn, by hand.",
    )


def write_next_archive(story: Story) -> None:
    """Write the archive of the network as it is now."""
    with story.stage.bar("writing an archive"):
        path = write_archive(story.network, story.stage.folder / "archives")
    story.archives.append(path.relative_to(story.stage.folder).as_posix())


def set_up(story: Story) -> None:
    """Make the owner, and put the terms in force."""
    stage, network = story.stage, story.network
    owner, since = network.owner, f"{network.wording.since}"
    stage.scene("The owner, and what connecting means")
    made = stage.run("init", "--name", owner.name, "--email", owner.email, "--profile", f"linkedin.com/in/{owner.slug}")
    stage.hold("A data folder of its own, with fresh keys", bool(made["new"]))
    stage.say(
        "", "The terms stand in four places. Each wording is written down with the day since when it stands there."
    )
    for place, text in texts.wordings(network.wording).items():
        (stage.folder / "terms" / f"{place}.txt").write_text(text, encoding="utf-8")
        stage.run("terms", "add", "--place", place, "--from", since, "--text-file", f"terms/{place}.txt")
    stage.say(f"Since {since} everybody who looks at Robin's profile can read:")
    stage.quote(network.wording.profile)


def read_first_archive(story: Story) -> None:
    """Read the archive: first only looking, then in earnest."""
    stage, archive = story.stage, story.archives[0]
    stage.scene("Reading the archive")
    looked = stage.run("sync", archive, "--dry-run")
    stage.say(f"That only looked: {looked['new']:,} people would be new. Now in earnest.")
    found = stage.run("sync", archive)
    stage.show(
        ("", ""),
        [
            (f"{found['connections']:,}", "connections"),
            (f"{found['with_email']:,}", "of them show an e-mail address"),
            (f"{found['date_only']:,}", "closed their account: only a date is left of them"),
            (f"{found['messages']:,}", "messages and"),
            (f"{found['invitations']:,}", "invitations that show who agreed to what"),
            (f"{found['exits']:,}", "said no in a message: obeyed from now on"),
        ],
    )
    stage.hold("The dry run had said the same", looked["new"] == found["new"] and not looked["applied"])
    stage.hold("Everybody in the network was read", found["connections"] == len(story.members), found["connections"])


def look_at_audience(story: Story) -> None:
    """Show who may be written to, and why each other one may not."""
    stage = story.stage
    stage.scene("Who may be written to, and why each other one may not")
    update = add_update(stage, "first", texts.FIRST_UPDATE)
    story.updates.append(update)
    audience = stage.run("update", "audience", update)
    story.awaited = audience["send"]
    rows = [(audience["send"], "may be sent", "they agreed, by connecting under the terms")]
    rows += [(count, "not now", REASONS[Reason(reason)]) for reason, count in audience["hold"].items()]
    rows += [(count, "no", REASONS[Reason(reason)]) for reason, count in audience["refuse"].items()]
    stage.show(("people", "", "because"), [(f"{count:,}", what, why) for count, what, why in rows])
    total = sum(count for count, _, _ in rows)
    stage.hold("Everybody is in one of these lines", total == len(story.members), total)
    stage.say("Whoever shows no address can get it on LinkedIn, by hand; --vehicle linkedin counts for that.")


def add_update(stage: Stage, name: str, text: str) -> str:
    """Write an update's file and add it; gives its number."""
    path = stage.folder / "updates" / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return str(stage.run("update", "add", f"updates/{name}.md")["update"])


def welcome(story: Story) -> None:
    """Welcome whoever has not been: by mail those with an address, one of the others by hand."""
    stage = story.stage
    stage.scene("The welcome message")
    due = stage.run("welcome", "list")
    stage.say(
        f"{due['due']:,} new connections have not had the welcome message, which says once more what connecting "
        "means and how to say no. Until they have, no update goes to them."
    )
    sent = stage.run("welcome", "send", "--vehicle", "email")
    caught = story.bag.new()
    story.awaited += sent["accepted"]
    stage.hold(f"{sent['accepted']:,} welcome messages arrived", len(caught) == sent["accepted"], len(caught))
    by_hand = [person for person in due["people"] if not person["email"] and person["profile"].isascii()]
    if by_hand:
        stage.say(f"{escape(by_hand[0]['name'])} shows no address: Robin writes on LinkedIn, and says so here.")
        stage.run("welcome", "mark", by_hand[0]["profile"])


def send_first(story: Story) -> None:
    """Send the first update."""
    stage = story.stage
    stage.scene("The first update")
    someone = _someone(story)
    preview = stage.run("update", "preview", story.updates[0], str(someone.email))
    stage.say(f"So it will reach {named(someone)}:")
    stage.quote("\n".join(["Subject: " + preview["subject"], "", *preview["text"].splitlines()[:4], "..."]))
    story.first = send(story, story.updates[0])
    truth = story.by_address()
    got = addresses(story.first)
    stage.hold(
        "Each went to somebody who connected under the terms",
        all(a in truth and story.is_under_terms(truth[a]) for a in got),
    )
    stage.hold("None went to somebody who had said no on LinkedIn", not story.said_no() & set(got))
    stage.say("", "At the foot of each stand the terms and both ways out, signed for this one person:")
    foot = story.first[0].text.partition("_" * 30)[2].strip()
    stage.quote(foot)


def _someone(story: Story) -> Member:
    members = story.by_address().values()
    return next((m for m in members if story.is_under_terms(m) and is_plain(m)), next(iter(members)))


def send(story: Story, update: str) -> list[Caught]:
    """Send an update over SMTP and give the mails that arrived, all of those that were handed over."""
    stage = story.stage
    _look_ahead(stage, update)
    before = story.bag.count()
    sent = stage.run("send", update, total=story.awaited, done=lambda: story.bag.count() - before)
    caught = story.bag.new()
    stage.hold(
        f"{len(caught):,} mails arrived over SMTP, as many as were handed over, in {sent['seconds']:.1f} s",
        len(caught) == sent["accepted"] > 0 and not (sent["unknown"] or sent["refused"] or sent["deferred"]),
        sent,
    )
    stage.hold("Nobody got it twice", len(set(addresses(caught))) == len(caught))
    return caught


def _look_ahead(stage: Stage, update: str) -> None:
    """Look at the forecast; where it holds the update, as for a very large network, say why it goes all the same."""
    found = stage.run("forecast", update)
    complaints = found["complaint"]
    stage.say(
        f"Of {found['people']:,} people {complaints['expected']:.1f} complaints are expected, {complaints['p05']:.0f} "
        f"to {complaints['p95']:.0f} likely; most of that is judgement until what comes back says more."
        if found["people"]
        else "Nobody is left to send it to."
    )
    if found["gate"] == "hold":
        stage.run("update", "accept", update, "Everybody in it agreed, and all of them are made up.")
