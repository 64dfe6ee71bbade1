"""Two teams, and the story that both go through before the attacks."""

from dataclasses import dataclass
from typing import Any

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World

Body = dict[str, Any]


@dataclass(frozen=True)
class RecordedRequest:
    """A request that a person made: its route in the router, and its payload as Slack sent it."""

    route: str
    kind: str  # command, interact or event
    body: Body


@dataclass
class AttackTeam:
    """A team with its channel, the word in all its texts, and all requests that its member can make."""

    person: Person
    channel: SlackChannel
    word: str
    requests: list[RecordedRequest]
    canvas_id: int = 0
    discussion_id: int = 0

    def list_requests(self, route: str) -> list[RecordedRequest]:
        return [request for request in self.requests if request.route == route]


async def play_story(world: World, team: AttackTeam) -> None:
    """Fill a channel: a canvas with everything on it, and one in the archive."""
    person, channel, word = team.person, team.channel, team.word

    async def type_command(command_text: str) -> None:
        await person.type_text(channel, f"/valuemap {command_text}")

    await type_command(f"new Archive {word}")
    await world.advance_time(minutes=1)
    await type_command(f"new Reports {word} for shops {word}")
    texts = "job: use an app {0}; pain: slow {0}; dear {0}; gone {0}; gain: right {0}; product: builder {0}"
    await type_command(
        f"add {texts.format(word)}; reliever: robot {word}; notes {word}; creator: sources {word}"
    )
    await world.advance_time(minutes=1)
    await person.add_reaction(person.find_message(channel, f"slow {word}\nby"), "five")
    await person.click_button(person.find_message(channel, f"gone {word}\nby"), "⋯", "Delete")
    await link_ticket(person, channel, word)
    await type_command("canvases")
    canvas_list = person.last_message(channel).message
    block = next(block for block in canvas_list.blocks if f"Archive {word}" in str(block.get("text")))
    menu = block["accessory"]
    archive = next(option["value"] for option in menu["options"] if option["text"]["text"] == "Archive")
    await person.act_on_message(person.last_message(channel), block["block_id"], menu["action_id"], archive)
    await type_command(f"add pain: slow {word}!")
    await type_command("import")
    await person.modal.fill_field("Paste text", f"gain: cheap {word}")
    await person.modal.submit()
    await person.modal.submit()
    await start_discussion(world, person, channel, word)
    await type_command("vote pains until in 2 days")
    for name in ("", "show", "canvases", "digest", "fit", "rank", "why slow", "why dear", "help"):
        await type_command(name)
    await record_evidence(person, channel, word)
    await run_tests(person, channel, word)
    await type_command(f"add undecided {word}")  # which asks for the box
    await type_command(f"new Reports {word} for shops {word}")  # which asks whether it is meant
    await type_command("digest now")


async def link_ticket(person: Person, channel: SlackChannel, word: str) -> None:
    """Link a ticket to an entry, and name a tracker for the others."""
    await person.type_text(channel, f"/valuemap why slow {word}")
    await person.click_button(person.last_message(channel), "Ticket")
    await person.modal.fill_field("Link of the ticket", f"https://tracker.example/{word}")
    await person.modal.submit()
    await person.type_text(channel, "/valuemap settings")
    await person.modal.fill_field("Tickets are made in", f"https://tracker.example/{word}?t={{title}}")
    await person.modal.submit()


async def record_evidence(person: Person, channel: SlackChannel, word: str) -> None:
    """Record two items, list them, and delete one."""
    for quote, text in ((f"wait {word}", f"slow {word}"), (f"left {word}", f"dear {word}")):
        await person.use_shortcut("add_evidence", person.find_message(channel, f"{text}\nby").message)
        await person.modal.fill_field("What the customer said or did", quote)
        await person.modal.fill_field("It supports", [f"Pain: slow {word}"])
        await person.modal.fill_field("What the customer gave", "Did: behaviour that was seen or measured")
        await person.modal.fill_field("Source", f"source {word}")
        await person.modal.submit()
    for name in ("evidence", f"evidence {word}", f"evidence slow {word}", "risks"):
        await person.type_text(channel, f"/valuemap {name}")
    await person.click_button(person.find_message(channel, f"Evidence: slow {word}"), "⋯", "Delete")


async def run_tests(person: Person, channel: SlackChannel, word: str) -> None:
    """Start three tests, record the results of two, list them, and decide after none."""
    for text in ("slow", "notes", "dear"):
        await person.type_text(channel, f"/valuemap test {text} {word}")
        modal = person.modal
        await modal.fill_field("To check it we …", f"call {word}")
        await modal.fill_field("We measure …", f"how many {word}")
        await modal.fill_field("Number", "3")
        await modal.fill_field("Unit", f"customers {word}")
        await modal.submit()
        if text != "slow":
            await person.type_text(channel, f"/valuemap test {text} {word}")
            await person.click_button(person.last_message(channel), "⋯", "Record the result")
            modal = person.modal
            await modal.fill_field("The number seen", "2")
            await modal.fill_field("What the customer said or did", f"no {word}")
            await modal.fill_field("What the customer gave", "Did: behaviour that was seen or measured")
            await modal.submit()
            await modal.submit()
    for text in (word, f"slow {word}", ""):
        await person.type_text(channel, f"/valuemap test {text}")


async def start_discussion(world: World, person: Person, channel: SlackChannel, word: str) -> None:
    """Discuss an entry on which another member votes otherwise, and list the discussions."""
    other = world.harness.add_person(f"Colleague of {person.user.name}")
    await other.join_channel(channel)
    card = person.find_message(channel, f"right {word}\nby")
    await person.add_reaction(card, "five")
    await other.add_reaction(card, "one")
    await world.advance_time(seconds=10)
    for name in (f"discuss right {word}", f"discuss {word}", "discuss"):
        await person.type_text(channel, f"/valuemap {name}")
    await world.advance_time(seconds=10)


async def open_test_dialogs(person: Person, channel: SlackChannel, word: str) -> None:
    """Open the forms of tests; a decision to drop an entry leads to the form that deletes it."""
    await person.type_text(channel, f"/valuemap test right {word}")
    for option in ("Change", "Record the result"):
        await person.click_button(person.find_message(channel, "*Running*"), "⋯", option)
    await person.click_button(person.find_message(channel, f"Recorded: “notes {word}”"), "Decide")
    await person.modal.fill_field("What becomes of the entry", "Drop")
    await person.modal.fill_field("Why", f"nobody {word}")
    await person.modal.submit()
    await person.click_button(person.find_message(channel, f"Recorded: “dear {word}”"), "Decide")


async def open_all_dialogs(team: AttackTeam) -> None:
    """Open every dialog that there is, and leave it open."""
    person, channel, word = team.person, team.channel, team.word
    person.user.is_admin = True
    await person.type_text(person.direct_channel, "/valuemap settings")
    await person.modal.click_button("Delete all data of this workspace…")
    person.user.is_admin = False  # as an admin, anybody may delete everything
    for name in ("new", "add", "digest change", "settings", "review", "import"):
        await person.type_text(channel, f"/valuemap {name}")
    await person.modal.fill_field("Paste text", "job: one; two")
    await person.modal.submit()
    for option in ("Edit or move to another kind", "Merge into another"):
        await person.click_button(person.find_message(channel, f"slow {word}\nby"), "⋯", option)
    await person.click_button(person.find_message(channel, f"Why: slow {word}"), "Link a ticket")
    await open_test_dialogs(person, channel, word)
    await person.click_button(person.find_message(person.direct_channel, "[Give a reason]"), "Give a reason")
    canvas_list = person.find_message(channel, f"Archive {word}")
    block = next(block for block in canvas_list.message.blocks if f"Reports {word}" in str(block.get("text")))
    for option in block["accessory"]["options"]:
        if option["text"]["text"] in {"Rename", "Delete…"}:
            action = block["accessory"]["action_id"]
            await person.act_on_message(canvas_list, block["block_id"], action, option["value"])
    for shortcut in ("add_message", "add_evidence"):
        await person.use_shortcut(shortcut, person.find_message(channel, f"slow {word}\nby").message)
    await person.type_text(person.direct_channel, f"why slow {word}")
    own = person.find_message(person.direct_channel, word).message
    await person.use_shortcut("add_evidence", own)  # which asks for the canvas, and whether others may see it
    await person.use_shortcut("value_maps")
    await person.open_home()
    await person.click_in_home("Vote")
    await person.open_home()
