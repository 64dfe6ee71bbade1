"""Lists, names and notes by every way into the bot."""

import json
from typing import Any

from bot.features.workspaces.service import UNKNOWN_NAME
from tests.cases.test_imported_text import NOTES
from tests.cases.test_text import BULLET_TEXTS, BULLETS
from tests.conftest import World


async def test_lists_names_and_invisible_text_by_every_way_in(world: World) -> None:
    ana, ben = world.harness.add_person("Ana"), world.harness.add_person("Ben\u202e\u2800")
    eve = world.harness.add_person("\u3164")
    channel = world.harness.add_channel("product", ana, ben, eve)
    plans = world.harness.add_channel("plans", ana)
    await ana.type_text(channel, "/valuemap new Parcels")

    async def export() -> list[dict[str, Any]]:
        await ana.type_text(channel, "/valuemap export")
        entries: list[dict[str, Any]] = json.loads(world.slack.files[-1].content)["entries"]
        return entries

    # a command, a mention, a direct message
    await ana.type_text(channel, f"/valuemap add pain:\n{BULLETS}")
    await ana.type_text(channel, "@valuemap add gain：速い；安い\n• 近い")
    await ana.message_bot("add Jobs to be done:\n☐ ship\n1. track")
    assert [each["text"] for each in await export()] == [
        *BULLET_TEXTS,
        "速い",
        "安い",
        "近い",
        "ship",
        "track",
    ]

    # the form: a list, and what cannot be seen
    await ben.type_text(channel, "/valuemap add job")
    assert (await ben.modal.fill_field("The job", "\u2800\u034f")).errors == {}
    assert (await ben.modal.submit()).errors == {"The job": "An entry needs some text that can be seen."}
    await ben.modal.fill_field("The job", "- :fire: pack\n- weigh; label")
    await ben.modal.submit()
    ben.find_message(channel, "Added 2 jobs")
    assert "🔥 pack" in [each["text"] for each in await export()]
    assert "by Ben ·" in ana.find_message(channel, ":fire: pack\nby").text
    await eve.type_text(channel, "/valuemap add pain: wet")
    assert f"by {world.slack.users[eve.id].name}" not in ana.find_message(channel, "wet\nby").text
    assert f"by {UNKNOWN_NAME} ·" in ana.find_message(channel, "wet\nby").text

    # mentions by the names of now; a look-up that fails loses nothing
    plans.name = "big-plans"
    world.slack.user_groups["S1"] = "operations"
    await ana.member.send_text(channel, "• late for @Ben\u202e\u2800\n• wait")
    message = ana.last_message(channel).message
    message.text += f"\n• see <#{plans.id}|plans> &amp; <!subteam^S1|@ops>"
    message.text += ", <!subteam^S2|@hr> by <!date^1^{date}|Feb 18>"
    await ana.use_shortcut("add_message", message)
    await ana.modal.fill_field("Kind", "Pain")
    await ana.modal.submit()
    assert [each["text"] for each in await export()][-3:] == [
        "late for @Ben",
        "wait",
        "see #big-plans & @operations, @hr by Feb 18",
    ]
    for where in (channel, ana.direct_channel):
        ts = world.slack.new_ts()
        event = {
            "type": "message" if where.is_direct else "app_mention",
            "channel_type": where.channel_type,
            "user": ana.id,
            "text": f"<@U0BOT> add gain: ask <@{ben.id}> in <#{plans.id}> of {where.channel_type} &lt;b&gt;",
            "channel": where.id,
            "ts": ts,
            "event_ts": ts,
        }
        await world.harness.send_event(event)
        expected = f"ask @Ben in #big-plans of {where.channel_type} <b>"
        assert (await export())[-1]["text"] == expected
    world.slack.inject_fault("conversations.info", error="fatal_error")
    later = world.harness.add_channel("later", ana)
    command = ana.member.command_payload(channel, "/valuemap add") | {
        "text": f"add gain: in <#{later.id}|old> for <@U0GONE>"
    }
    await world.harness.delivery.send_command(command)
    await world.settle()
    assert "in #old for @somebody" in [each["text"] for each in await export()]


async def test_t10_what_has_no_box_is_shown_and_placed_by_one_choice(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Parcels")

    async def preview(text: str) -> None:
        await ana.type_text(channel, "/valuemap import")
        await ana.modal.fill_field("Paste text", text)
        await ana.modal.submit()

    await preview(f"{NOTES}\n## Ideas\n- a robot\n- `drones`")
    shown = ana.modal.text
    assert "*10 entries would be added to Parcels:*" in shown
    assert "*2 lines have no box:*" in shown
    assert "• Line 22: a robot\n• Line 23: drones" in shown
    await ana.modal.fill_field("Put them into", "Products & services")
    await ana.modal.submit()
    ana.find_message(channel, "Added 12 entries")

    await preview("gain: quiet\n# Loose\nleft")
    await ana.modal.submit()
    ana.find_message(channel, "1 line without a box was left out.")

    await preview("late\ngain: again")
    await ana.type_text(channel, "/valuemap add gain: again")
    await ana.modal.fill_field("Put it into", "Gains")
    await ana.modal.submit()  # the plan has changed meanwhile, so it is shown again
    assert "*One line has no box:*" in ana.modal.text
    await ana.modal.submit()
    ana.find_message(channel, "late\nby")
