"""A repeated request acts once, also on two processes: each command, button and form that writes."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.app import Bot
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.delivery import Headers, asgi_sender
from bot.server import build_http_app
from tests.conftest import World, open_world
from tests.postgresql import PostgresqlServer
from tests.saved_state import SavedState, find_channel, find_person, restore_state, save_state
from tests.stories.test_canvases import choose_from_canvas_list
from tests.stories.test_tests import fill_decision, fill_result, fill_terms, open_result_form
from tests.stories.voting import find_card, run_second_bot

Action = Callable[[], Awaitable[Any]]


@dataclass
class Scene:
    """A channel with a canvas, and the person who acts there."""

    world: World
    ana: Person
    channel: SlackChannel

    async def run_command(self, text: str) -> None:
        await self.ana.type_text(self.channel, f"/valuemap {text}")

    def build_command(self, text: str) -> Action:
        return lambda: self.run_command(text)

    def find_card(self, text: str) -> VisibleMessage:
        return find_card(self.ana, self.channel, text)

    def build_click(self, text: str, label: str, option: str = "") -> Action:
        message = self.ana.find_message(self.channel, text)
        return lambda: self.ana.click_button(message, label, option)

    async def choose_from_card_menu(self, text: str, option: str) -> None:
        await self.ana.click_button(self.find_card(text), "⋯", option)

    def build_list_choice(self, label: str) -> Action:
        return lambda: choose_from_canvas_list(self.ana, self.channel, "Reports", label)

    @property
    def build_submission(self) -> Action:
        return self.ana.modal.submit


async def prepare_start_form(scene: Scene) -> Action:
    await scene.run_command("new")
    await scene.ana.modal.fill_field("Name", "Billing")
    return scene.build_submission


async def prepare_add_form(scene: Scene) -> Action:
    await scene.run_command("add")
    await scene.ana.modal.fill_field("The job", "another")
    return scene.build_submission


async def prepare_add_anyway(scene: Scene) -> Action:
    await scene.run_command("add pain: slow!")
    return scene.build_click("Not added", "Add anyway")


async def prepare_edit(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Edit or move to another kind")
    await scene.ana.modal.fill_field("The pain", "very slow")
    return scene.build_submission


async def prepare_merge(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Merge into another")
    await scene.ana.modal.fill_field("The pain that stays", "dear")
    return scene.build_submission


async def prepare_delete(scene: Scene) -> Action:
    return lambda: scene.choose_from_card_menu("slow", "Delete")


async def prepare_undo(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Delete")
    return scene.build_click("Deleted by Ana", "Undo")


async def prepare_undo_here(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Delete")
    return scene.build_click("Deleted: ", "Undo")


async def prepare_undo_addition(scene: Scene) -> Action:
    await scene.run_command("add gain: in time; cheap")
    return scene.build_click("Added 2 gains", "Undo")


async def prepare_choice(scene: Scene) -> Action:
    await scene.run_command("add in time")
    return scene.build_click("Which box is", "Gain")


async def prepare_start_anyway(scene: Scene) -> Action:
    await scene.run_command("new Billing for shops")
    await scene.run_command("new Billing for shops")
    return scene.build_click("is in this channel already", "Start another anyway")


async def prepare_review(scene: Scene) -> Action:
    await scene.run_command("review")
    await scene.ana.modal.fill_field("Fits strongly", ["slow"])
    return scene.build_submission


async def prepare_fits_nothing(scene: Scene) -> Action:
    await scene.run_command("review")
    modal = scene.ana.modal
    return lambda: modal.click_button("Helps nobody")


async def prepare_digest_now(scene: Scene) -> Action:
    await scene.run_command("digest")
    return scene.build_click("The digest of", "Now")


async def prepare_schedule_form(scene: Scene) -> Action:
    await scene.run_command("digest change")
    await scene.ana.modal.fill_field("At", "10:30")
    return scene.build_submission


async def prepare_cast(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Vote")
    modal = scene.ana.modal
    return lambda: modal.click_button("4")


async def prepare_undo_vote(scene: Scene) -> Action:
    await scene.choose_from_card_menu("slow", "Vote")
    modal = scene.ana.modal
    await modal.click_button("4")
    await modal.click_button("‹ Back")
    await modal.click_button("2")
    return lambda: modal.click_button("Undo")


async def prepare_sealed_cast(scene: Scene) -> Action:
    await scene.run_command("vote pains sealed until in 2 hours")
    await scene.choose_from_card_menu("slow", "Vote")
    modal = scene.ana.modal
    return lambda: modal.click_button("4")


async def open_evidence_form(scene: Scene) -> None:
    await scene.run_command("evidence")
    modal = scene.ana.modal
    await modal.fill_field("What the customer said or did", "I wait")
    await modal.fill_field("It supports", ["Pain: slow"])
    await modal.fill_field("What the customer gave", "Told: something lived, told by who lived it")
    await modal.fill_field("Source", "Customer 7")


async def prepare_evidence_form(scene: Scene) -> Action:
    await open_evidence_form(scene)
    return scene.build_submission


async def prepare_delete_evidence(scene: Scene) -> Action:
    await (await prepare_evidence_form(scene))()
    await scene.run_command("evidence")
    return scene.build_click("[Add evidence]", "⋯", "Delete")


async def prepare_undo_evidence(scene: Scene) -> Action:
    await (await prepare_delete_evidence(scene))()
    return scene.build_click("Deleted: “I wait”", "Undo")


async def prepare_ticket(scene: Scene) -> Action:
    await scene.run_command("why slow")
    await scene.build_click("Why: slow", "Ticket")()
    await scene.ana.modal.fill_field("Link of the ticket", "https://github.com/acme/shop/issues/7")
    return scene.build_submission


async def prepare_test_form(scene: Scene) -> Action:
    await scene.run_command("test slow")
    await fill_terms(scene.ana.modal, {})
    return scene.build_submission


async def prepare_test_change(scene: Scene) -> Action:
    await (await prepare_test_form(scene))()
    await scene.run_command("test")
    await scene.ana.click_button(scene.ana.last_message(scene.channel), "⋯", "Change")
    await scene.ana.modal.fill_field("Number", "4")
    return scene.build_submission


async def prepare_undo_test(scene: Scene) -> Action:
    await (await prepare_test_form(scene))()
    return scene.build_click("The test of “slow” runs until", "Undo")


async def prepare_test_result(scene: Scene) -> Action:
    await (await prepare_test_form(scene))()
    modal = await open_result_form(scene.ana, scene.channel)
    await fill_result(modal, "4")
    await modal.submit()
    return scene.build_submission


async def prepare_test_decision(scene: Scene) -> Action:
    await (await prepare_test_result(scene))()
    await fill_decision(scene.ana, scene.channel, "Drop")
    return scene.build_submission


async def prepare_delete_form(scene: Scene) -> Action:
    await (await prepare_test_decision(scene))()
    return scene.build_submission


async def prepare_close_round(scene: Scene) -> Action:
    await scene.run_command("vote pains until in 2 hours")
    await scene.world.settle()
    return scene.build_click("[End vote]", "End vote")


async def prepare_take_back_round(scene: Scene) -> Action:
    await scene.run_command("vote pains until in 2 hours")
    return scene.build_click("[Take it back]", "Take it back")


async def start_discussion(scene: Scene) -> None:
    ben = scene.world.harness.add_person("Ben")
    await ben.join_channel(scene.channel)
    await scene.world.advance_time(seconds=10)
    for person, name in ((scene.ana, "five"), (ben, "one")):
        await person.add_reaction(scene.find_card("slow"), name)
    await scene.run_command("discuss slow")
    await scene.world.advance_time(seconds=10)


def build_question_click(scene: Scene, label: str) -> Action:
    question = scene.ana.find_message(scene.ana.direct_channel, "[Give a reason]")
    return lambda: scene.ana.click_button(question, label)


async def prepare_discuss_command(scene: Scene) -> Action:
    await start_discussion(scene)
    await scene.build_click("[Take it back]", "Take it back")()
    return scene.build_command("discuss slow")


async def prepare_discuss(scene: Scene) -> Action:
    await start_discussion(scene)
    await scene.build_click("[Take it back]", "Take it back")()
    await scene.world.advance_time(seconds=5)
    return scene.build_click("[Discuss]", "Discuss")


async def prepare_reason(scene: Scene) -> Action:
    await start_discussion(scene)
    await build_question_click(scene, "Give a reason")()
    await scene.ana.modal.fill_field("Your reason for higher", "It costs us most")
    return scene.build_submission


async def prepare_no_reason(scene: Scene) -> Action:
    await start_discussion(scene)
    return build_question_click(scene, "No reason")


async def prepare_open_vote(scene: Scene) -> Action:
    await start_discussion(scene)
    return scene.build_click("[Open the vote]", "Open the vote")


async def prepare_discussion_take_back(scene: Scene) -> Action:
    await start_discussion(scene)
    return scene.build_click("[Take it back]", "Take it back")


async def prepare_undo_import(scene: Scene) -> Action:
    await scene.run_command("import")
    await scene.ana.modal.fill_field("Paste text", "gain: in time\ngain: cheap")
    await scene.ana.modal.submit()
    await scene.ana.modal.submit()
    return scene.build_click("Added 2 entries", "Undo")


async def prepare_import(scene: Scene) -> Action:
    await scene.run_command("import")
    await scene.ana.modal.fill_field("Paste text", "job: one; two")
    await scene.ana.modal.submit()
    return scene.build_submission


async def prepare_rename(scene: Scene) -> Action:
    await scene.build_list_choice("Rename")()
    await scene.ana.modal.fill_field("Name", "Billing")
    return scene.build_submission


async def prepare_switch(scene: Scene) -> Action:
    await scene.run_command("new Billing")
    await scene.world.advance_time(minutes=1)
    return scene.build_list_choice("Make it the current one")


async def prepare_restore(scene: Scene) -> Action:
    await scene.build_list_choice("Archive")()
    return scene.build_list_choice("Restore")


async def prepare_delete_canvas(scene: Scene) -> Action:
    await scene.build_list_choice("Delete…")()
    return scene.build_submission


async def prepare_settings(scene: Scene) -> Action:
    await scene.run_command("settings")
    await scene.ana.modal.fill_field("Cards go", "In the channel")
    return scene.build_submission


async def prepare_dismiss(scene: Scene) -> Action:
    await scene.run_command("add job: use an app")
    await scene.run_command("")
    return scene.build_click("Worth a look", "Dismiss")


async def prepare_document(scene: Scene) -> Action:
    await scene.run_command("show")
    return scene.build_click("[Add an entry]", "Keep as a document")


async def prepare_stop_document(scene: Scene) -> Action:
    await (await prepare_document(scene))()
    await scene.run_command("show")
    return scene.build_click("[Add an entry]", "⋯", "Stop keeping the document")


def prepare_command(text: str) -> Callable[[Scene], Awaitable[Action]]:
    async def prepare(scene: Scene) -> Action:
        return scene.build_command(text)

    return prepare


def prepare_list_choice(label: str) -> Callable[[Scene], Awaitable[Action]]:
    async def prepare(scene: Scene) -> Action:
        return scene.build_list_choice(label)

    return prepare


# What a member does, with the route that it takes: a command, an action or the callback id of a form.
CHANGING_ROUTES: list[tuple[str, Callable[[Scene], Awaitable[Action]]]] = [
    ("command new", prepare_command("new Billing for shops")),
    ("command add", prepare_command("add gain: in time; cheap")),
    ("command vote", prepare_command("vote pains until in 2 hours")),
    ("command digest", prepare_command("digest now")),
    ("command digest", prepare_command("digest off")),
    ("command digest", prepare_command("digest daily 10:00")),
    ("action run", prepare_digest_now),
    ("action add_anyway", prepare_add_anyway),
    ("action entry", prepare_delete),
    ("action undo", prepare_undo),
    ("action undo_here", prepare_undo_here),
    ("action undo_add", prepare_undo_addition),
    ("action choose", prepare_choice),
    ("action start_anyway", prepare_start_anyway),
    ("action review_step", prepare_fits_nothing),
    ("action cast", prepare_cast),
    ("action uncast", prepare_undo_vote),
    ("action cast_sealed", prepare_sealed_cast),
    ("view evidence", prepare_evidence_form),
    ("action evidence", prepare_delete_evidence),
    ("action evidence_undo", prepare_undo_evidence),
    ("view ticket", prepare_ticket),
    ("view start_test", prepare_test_form),
    ("view change_test", prepare_test_change),
    ("action test", prepare_undo_test),
    ("view test_result", prepare_test_result),
    ("view test_decision", prepare_test_decision),
    ("view delete_entry", prepare_delete_form),
    ("command discuss", prepare_discuss_command),
    ("action discuss", prepare_discuss),
    ("view reason", prepare_reason),
    ("action no_reason", prepare_no_reason),
    ("action open_vote", prepare_open_vote),
    ("action discussion_back", prepare_discussion_take_back),
    ("action close_round", prepare_close_round),
    ("action take_back_round", prepare_take_back_round),
    ("action dismiss", prepare_dismiss),
    ("action document", prepare_document),
    ("action document", prepare_stop_document),
    ("action canvas", prepare_switch),
    ("action canvas", prepare_list_choice("Archive")),
    ("action canvas", prepare_restore),
    ("view new_canvas", prepare_start_form),
    ("view add_entry", prepare_add_form),
    ("view edit_entry", prepare_edit),
    ("view merge_entry", prepare_merge),
    ("view review", prepare_review),
    ("view schedule", prepare_schedule_form),
    ("view import", prepare_import),
    ("action undo_import", prepare_undo_import),
    ("view rename_canvas", prepare_rename),
    ("view delete_canvas", prepare_delete_canvas),
    ("view settings", prepare_settings),
]
READ_ONLY_ROUTES = {
    "command ",
    "command show",
    "command rank",
    "command review",
    "command fit",
    "command why",
    "command evidence",
    "command risks",
    "command test",
    "command export",
    "command import",
    "command canvases",
    "command settings",
    "command help",
    "action evidence_add",
    "action give_reason",
    "action test_start",
    "action test_another",
    "action kind",
    "action why",
    "action review_at",
    "action maps",
    "action look",
    "action vote",
    "action answer",
    "action forget",
    "action often",
    "action evidence_show",
    "action evidence_canvas",
    "action ticket",
    "action ticket_new",
    "action ticket_open",
    "shortcut add_evidence",
    "shortcut add_message",
    "shortcut value_maps",
}
ROWS_QUERY = "SELECT {0} FROM {1} WHERE channel_id = '{2}'"
SEPARATELY_TESTED_ROUTES = {"view forget_all"}  # deletes everything that the common test compares
STATE_QUERIES = (
    (
        "name, segment, archived_at IS NULL, deleted_at IS NULL, card_location, editors, document_id IS NULL",
        "canvas",
    ),
    ("kind, text, version, deleted_at IS NULL, merged_into_id IS NULL, card_ts IS NULL", "entry"),
    ("tracker", "canvas"),
    ("text, ticket_link", "entry"),
    ("entry_revision.text, entry_revision.is_deleted", "entry_revision JOIN entry ON entry.id = entry_id"),
    ("DISTINCT text, user_id", "review JOIN entry ON entry.id = offer_id"),
    ("round.kind, round.state", "round JOIN canvas ON canvas.id = canvas_id"),
    ("is_unchanged, sent_at IS NULL", "digest JOIN canvas ON canvas.id = canvas_id"),
    ("expression, is_on", "digest_schedule JOIN canvas ON canvas.id = canvas_id"),
    ("quote, ended_at IS NULL", "evidence JOIN canvas ON canvas.id = canvas_id"),
    ("measure, value, outcome, choice", "assumption_test JOIN canvas ON canvas.id = canvas_id"),
    (
        "old.value",
        "assumption_test_change old JOIN assumption_test t ON t.id = test_id JOIN entry e ON e.id = entry_id",
    ),
    ("DISTINCT user_id, cast_vote.level", "cast_vote JOIN entry ON entry.id = entry_id"),
    ("user_id, sealed_vote.level", "sealed_vote JOIN entry ON entry.id = entry_id"),
    ("discussion.state", "discussion JOIN entry ON entry.id = entry_id"),
    (
        "direction, reason.text",
        "discussion_reason reason JOIN discussion d ON d.id = discussion_id JOIN entry e ON e.id = entry_id",
    ),
    ("rule", "hint_dismissal JOIN canvas ON canvas.id = canvas_id"),
)


async def load_state(world: World, channel: SlackChannel) -> list[Counter[Any]]:
    """Return everything that is stored of a channel, and the messages that everybody sees there."""
    async with world.bot.db.engine.begin() as connection:
        rows = [
            Counter(
                tuple(row) for row in await connection.exec_driver_sql(ROWS_QUERY.format(*one, channel.id))
            )
            for one in STATE_QUERIES
        ]
    public_messages = (
        VisibleMessage(one)
        for one in world.slack.messages
        if one.channel_id == channel.id and one.ephemeral_user_id is None
    )
    return [
        *rows,
        Counter(re.sub(r"<[^>|]*\||[0-9]+:[0-9]+", "", message.text) for message in public_messages),
    ]


def send_twice(*bots: Bot) -> Callable[[bytes, Headers], Awaitable[tuple[int, bytes]]]:
    """Return a sender that delivers each request twice to each of several processes, all at once."""
    senders = [asgi_sender(build_http_app(bot)) for bot in bots] * 2

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        answers = await asyncio.gather(*(sender(body, headers) for sender in senders))
        for bot in bots:
            await bot.deps.background.drain()
        assert {status for status, _ in answers} == {200}
        return answers[0]

    return send


async def set_scene(world: World, ana: Person, name: str) -> Scene:
    scene = Scene(world, ana, world.harness.add_channel(name, ana))
    await scene.run_command("new Reports for small shops")
    await scene.run_command("add pain: slow; dear; reliever: robot")
    await world.settle()
    return scene


@pytest.fixture(scope="module")
def saved_scenes(request: pytest.FixtureRequest) -> SavedState:
    """What two scenes that are alike leave, set once for all tests."""
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    template: str = request.getfixturevalue("postgresql_template")

    async def save() -> SavedState:
        async with open_world(server.provide_empty_copy("scenes", template)) as world:
            ana = world.harness.add_person("Ana")
            for name in ("once", "again"):
                await set_scene(world, ana, name)
            return await save_state(world)

    return asyncio.run(save())


@pytest.mark.databases("postgresql")  # two processes on one SQLite file are not a set-up of the bot
@pytest.mark.parametrize(
    ("route", "prepare"),
    CHANGING_ROUTES,
    ids=[f"{route}-{prepare.__name__}" for route, prepare in CHANGING_ROUTES],
)
async def test_a_repeated_request_acts_once(
    world: World, saved_scenes: SavedState, route: str, prepare: Callable[[Scene], Awaitable[Action]]
) -> None:
    await restore_state(world, saved_scenes)
    ana = find_person(world, "Ana")
    once, repeated = (Scene(world, ana, find_channel(world, name)) for name in ("once", "again"))
    before = await load_state(world, once.channel)
    async with run_second_bot(world) as other:
        await (await prepare(once))()
        await ana.member.close_view(whole_stack=True)
        action = await prepare(repeated)
        delivery = world.harness.delivery
        send_once, delivery.send_raw = delivery.send_raw, send_twice(world.bot, other)
        await action()
        delivery.send_raw = send_once
    for _ in range(3):
        await world.advance_time(seconds=5)
    done = await load_state(world, once.channel)
    assert done == await load_state(world, repeated.channel)
    assert (done == before) is (prepare in {prepare_restore, prepare_stop_document, prepare_undo_test})


async def test_a_repeated_deletion_of_all_data_keeps_what_was_added_since(world: World) -> None:
    ana = world.harness.add_person("Ana")
    ana.user.is_admin = True
    scene = await set_scene(world, ana, "product")
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    await ana.modal.fill_field("Type the word delete", "delete")
    sent: list[tuple[bytes, Headers]] = []
    async with run_second_bot(world) as other:
        delivery = world.harness.delivery
        send_once, repeated = delivery.send_raw, send_twice(world.bot, other)

        async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
            sent.append((body, headers))
            return await repeated(body, headers)

        delivery.send_raw = send
        await ana.modal.submit()
        delivery.send_raw = send_once
        await scene.run_command("canvases")
        assert "no canvas yet" in ana.last_message(scene.channel).text
        await scene.run_command("new Again")
        await scene.run_command("add job: report")
        for body, headers in sent:
            await repeated(body, headers)
    await world.settle()
    await scene.run_command("rank")
    assert "report" in ana.last_message(scene.channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_double_click_acts_once(world: World) -> None:
    ana = world.harness.add_person("Ana")
    scene = await set_scene(world, ana, "product")
    click_now = await prepare_digest_now(scene)
    click_add_anyway = await prepare_add_anyway(scene)
    for click in (click_now, click_now, click_add_anyway, click_add_anyway):
        await click()
    assert len(world.find_digests(ana, scene.channel)) == 1
    assert (
        len([message for message in ana.visible_messages(scene.channel) if "slow!\nby" in message.text]) == 1
    )
    await world.advance_time(seconds=20)
    await click_now()
    assert len(world.find_digests(ana, scene.channel)) == 2


async def test_every_route_that_changes_something_is_tested(world: World) -> None:
    router = world.bot.router
    routes = {f"command {name}" for name in router.commands}
    routes |= {f"action {name}" for name in router.actions} | {f"view {name}" for name in router.views}
    routes |= {f"shortcut {name}" for name in router.shortcuts}
    assert routes == {route for route, _ in CHANGING_ROUTES} | READ_ONLY_ROUTES | SEPARATELY_TESTED_ROUTES
