"""What Slack sends twice acts once, also to two processes: every command, button and form that changes."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bot.server import build_http_app
from bot.fake_slack.client.harness import Person, VisibleMessage

from bot.app import Bot
from bot.fake_slack.models import SlackChannel
from bot.fake_slack.server.delivery import Headers, asgi_sender
from tests.conftest import World
from tests.stories.test_canvases import choose_in_canvas_list
from tests.stories.voting import another, card

Act = Callable[[], Awaitable[Any]]


@dataclass
class Scene:
    """A channel with a canvas, and who acts there."""

    world: World
    ana: Person
    channel: SlackChannel

    async def type(self, words: str) -> None:
        await self.ana.type_text(self.channel, f"/valuemap {words}")

    def typing(self, words: str) -> Act:
        return lambda: self.type(words)

    def card(self, text: str) -> VisibleMessage:
        return card(self.ana, self.channel, text)

    def pressing(self, words: str, label: str, option: str = "") -> Act:
        seen = self.ana.find_message(self.channel, words)
        return lambda: self.ana.click_button(seen, label, option)

    async def menu(self, text: str, option: str) -> None:
        await self.ana.click_button(self.card(text), "⋯", option)

    def choosing(self, verb: str) -> Act:
        return lambda: choose_in_canvas_list(self.ana, self.channel, "Reports", verb)

    @property
    def submitting(self) -> Act:
        return self.ana.modal.submit


async def new_by_form(scene: Scene) -> Act:
    await scene.type("new")
    await scene.ana.modal.fill_field("Name", "Billing")
    return scene.submitting


async def add_by_form(scene: Scene) -> Act:
    await scene.type("add")
    await scene.ana.modal.fill_field("The job", "another")
    return scene.submitting


async def add_anyway(scene: Scene) -> Act:
    await scene.type("add pain: slow!")
    return scene.pressing("Not added", "Add anyway")


async def edit(scene: Scene) -> Act:
    await scene.menu("slow", "Edit or move to another kind")
    await scene.ana.modal.fill_field("The pain", "very slow")
    return scene.submitting


async def merge(scene: Scene) -> Act:
    await scene.menu("slow", "Merge into another")
    await scene.ana.modal.fill_field("The pain that stays", "dear")
    return scene.submitting


async def delete(scene: Scene) -> Act:
    return lambda: scene.menu("slow", "Delete")


async def undo(scene: Scene) -> Act:
    await scene.menu("slow", "Delete")
    return scene.pressing("Deleted by Ana", "Undo")


async def review(scene: Scene) -> Act:
    await scene.type("review")
    await scene.ana.modal.fill_field("Fits strongly", ["slow"])
    return scene.submitting


async def fits_nothing(scene: Scene) -> Act:
    await scene.type("review")
    modal = scene.ana.modal
    return lambda: modal.click_button("Fits nothing")


async def digest_now_by_button(scene: Scene) -> Act:
    await scene.type("digest")
    return scene.pressing("The digest of", "Now")


async def digest_by_form(scene: Scene) -> Act:
    await scene.type("digest change")
    await scene.ana.modal.fill_field("At", "10:30")
    return scene.submitting


async def close_round(scene: Scene) -> Act:
    await scene.type("vote pains until in 2 hours")
    await scene.world.settle()
    return scene.pressing("[Close now]", "Close now")


async def import_(scene: Scene) -> Act:
    await scene.type("import")
    await scene.ana.modal.fill_field("Paste text", "job: one; two")
    await scene.ana.modal.submit()
    return scene.submitting


async def rename(scene: Scene) -> Act:
    await scene.choosing("Rename")()
    await scene.ana.modal.fill_field("Name", "Billing")
    return scene.submitting


async def switch(scene: Scene) -> Act:
    await scene.type("new Billing")
    await scene.world.passes(minutes=1)
    return scene.choosing("Make it the current one")


async def restore(scene: Scene) -> Act:
    await scene.choosing("Archive")()
    return scene.choosing("Restore")


async def delete_canvas(scene: Scene) -> Act:
    await scene.choosing("Delete…")()
    return scene.submitting


async def settings(scene: Scene) -> Act:
    await scene.type("settings")
    await scene.ana.modal.fill_field("Cards go", "In the channel")
    return scene.submitting


async def dismiss(scene: Scene) -> Act:
    await scene.type("")
    return scene.pressing("Worth a look", "Dismiss")


async def keep_document(scene: Scene) -> Act:
    await scene.type("show")
    return scene.pressing("[Add an entry]", "Keep as a document")


async def stop_document(scene: Scene) -> Act:
    await (await keep_document(scene))()
    await scene.type("show")
    return scene.pressing("[Add an entry]", "⋯", "Stop keeping the document")


def typed(words: str) -> Callable[[Scene], Awaitable[Act]]:
    async def prepare(scene: Scene) -> Act:
        return scene.typing(words)

    return prepare


def chosen(verb: str) -> Callable[[Scene], Awaitable[Act]]:
    async def prepare(scene: Scene) -> Act:
        return scene.choosing(verb)

    return prepare


# Each with the route that it goes: a command, an action or the callback of a form.
CHANGES: list[tuple[str, Callable[[Scene], Awaitable[Act]]]] = [
    ("command new", typed("new Billing for shops")),
    ("command add", typed("add gain: in time; cheap")),
    ("command vote", typed("vote pains until in 2 hours")),
    ("command digest", typed("digest now")),
    ("command digest", typed("digest off")),
    ("command digest", typed("digest daily 10:00")),
    ("action run", digest_now_by_button),
    ("action add_anyway", add_anyway),
    ("action entry", delete),
    ("action undo", undo),
    ("action review_step", fits_nothing),
    ("action close_round", close_round),
    ("action dismiss", dismiss),
    ("action document", keep_document),
    ("action document", stop_document),
    ("action canvas", switch),
    ("action canvas", chosen("Archive")),
    ("action canvas", restore),
    ("view new_canvas", new_by_form),
    ("view add_entry", add_by_form),
    ("view edit_entry", edit),
    ("view merge_entry", merge),
    ("view review", review),
    ("view schedule", digest_by_form),
    ("view import", import_),
    ("view rename_canvas", rename),
    ("view delete_canvas", delete_canvas),
    ("view settings", settings),
]
CHANGE_NOTHING = {
    *("command ", "command show", "command rank", "command review", "command fit", "command why"),
    *("command export", "command import", "command canvases", "command settings", "command help"),
    *("action kind", "action why", "action review_at", "action maps", "action look", "action walk"),
    *("action answer", "action to_card", "action forget"),
    *("shortcut add_message", "shortcut value_maps"),
}
ROWS = "SELECT {0} FROM {1} WHERE channel_id = '{2}'"
OF_ITS_OWN = {"view forget_all"}  # deletes all that the others compare, so it has a test of its own
STATE = (
    (
        "name, segment, archived_at IS NULL, deleted_at IS NULL, cards_in, changers, document IS NULL",
        "canvas",
    ),
    ("kind, text, version, deleted_at IS NULL, merged_into IS NULL, card_ts IS NULL", "entry"),
    ("edition.text, edition.deleted", "edition JOIN entry ON entry.id = entry_id"),
    ("DISTINCT text, member", "review JOIN entry ON entry.id = offer_id"),
    ("round.kind, round.state", "round JOIN canvas ON canvas.id = canvas_id"),
    ("quiet, sent_at IS NULL", "digest JOIN canvas ON canvas.id = canvas_id"),
    ("words, is_on", "schedule JOIN canvas ON canvas.id = canvas_id"),
    ("rule", "dismissal JOIN canvas ON canvas.id = canvas_id"),
)


async def state(world: World, channel: SlackChannel) -> list[Counter[Any]]:
    """All that is stored of a channel, and what everybody reads there."""
    async with world.bot.db.engine.begin() as connection:
        rows = [
            Counter(tuple(row) for row in await connection.exec_driver_sql(ROWS.format(*one, channel.id)))
            for one in STATE
        ]
    read = (VisibleMessage(one) for one in world.slack.messages if one.channel_id == channel.id and one.ephemeral_user_id is None)
    return [*rows, Counter(re.sub(r"<[^>|]*\||[0-9]+:[0-9]+", "", seen.text) for seen in read)]


def twice(*bots: Bot) -> Callable[[bytes, Headers], Awaitable[tuple[int, bytes]]]:
    """The way to several processes at once, each of which hears everything twice."""
    ways = [asgi_sender(build_http_app(bot)) for bot in bots] * 2

    async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
        answers = await asyncio.gather(*(way(body, headers) for way in ways))
        for bot in bots:
            await bot.deps.background.drain()
        assert {status for status, _ in answers} == {200}
        return answers[0]

    return send


async def scene_in(world: World, ana: Person, name: str) -> Scene:
    scene = Scene(world, ana, world.harness.add_channel(name, ana))
    await scene.type("new Reports for small shops")
    await scene.type("add job: use an app; pain: slow; dear; reliever: robot; notes")
    return scene


@pytest.mark.parametrize(
    ("route", "prepare"), CHANGES, ids=[f"{route}-{how.__name__}" for route, how in CHANGES]
)
async def test_what_is_sent_twice_acts_once(
    world: World, route: str, prepare: Callable[[Scene], Awaitable[Act]]
) -> None:
    ana = world.harness.add_person("Ana")
    once, again = await scene_in(world, ana, "once"), await scene_in(world, ana, "again")
    before = await state(world, once.channel)
    async with another(world) as other:
        await (await prepare(once))()
        await ana.member.close_view(whole_stack=True)
        act = await prepare(again)
        delivery = world.harness.delivery
        straight, delivery.send_raw = delivery.send_raw, twice(world.bot, other)
        await act()
        delivery.send_raw = straight
    for _ in range(3):
        await world.passes(seconds=5)
    done = await state(world, once.channel)
    assert done == await state(world, again.channel)
    assert done != before or prepare in {undo, restore, stop_document}


async def test_what_is_begun_after_all_data_is_deleted_is_not_deleted_by_the_same_form(world: World) -> None:
    ana = world.harness.add_person("Ana")
    ana.user.is_admin = True
    scene = await scene_in(world, ana, "product")
    await scene.type("settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    await ana.modal.fill_field("Type the word delete", "delete")
    sent: list[tuple[bytes, Headers]] = []
    async with another(world) as other:
        delivery = world.harness.delivery
        straight, again = delivery.send_raw, twice(world.bot, other)

        async def send(body: bytes, headers: Headers) -> tuple[int, bytes]:
            sent.append((body, headers))
            return await again(body, headers)

        delivery.send_raw = send
        await ana.modal.submit()
        delivery.send_raw = straight
        await scene.type("canvases")
        assert "no canvas yet" in ana.last_message(scene.channel).text
        await scene.type("new Again")
        await scene.type("add job: report")
        for body, headers in sent:
            await again(body, headers)
    await world.settle()
    await scene.type("rank")
    assert "report" in ana.last_message(scene.channel).text


async def test_a_double_click_is_one_click(world: World) -> None:
    ana = world.harness.add_person("Ana")
    scene = await scene_in(world, ana, "product")
    now = await digest_now_by_button(scene)
    anyway = await add_anyway(scene)
    for press in (now, now, anyway, anyway):
        await press()
    assert len(world.digests(ana, scene.channel)) == 1
    assert len([seen for seen in ana.visible_messages(scene.channel) if "slow!\nby" in seen.text]) == 1
    await world.passes(seconds=20)
    await now()
    assert len(world.digests(ana, scene.channel)) == 2


async def test_every_route_that_changes_something_is_tried_twice(world: World) -> None:
    router = world.bot.router
    routes = {f"command {name}" for name in router.commands}
    routes |= {f"action {name}" for name in router.actions} | {f"view {name}" for name in router.views}
    routes |= {f"shortcut {name}" for name in router.shortcuts}
    assert routes == {route for route, _ in CHANGES} | CHANGE_NOTHING | OF_ITS_OWN
