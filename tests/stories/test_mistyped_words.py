"""What a member reads who mistypes a command or a box: the nearest one as a button, in two lines."""

import pytest

from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from tests.conftest import World


async def start_reports(world: World) -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap new Reports")
    return ana, channel


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        (
            "ranke pains",
            [
                "I don't know “ranke”. Did you mean `/valuemap rank pains`?",
                "`/valuemap help` lists all.",
                "[Rank pains] [Help]",
            ],
        ),
        (
            "pian",
            [
                "I don't know “pian”. Did you mean `/valuemap add pain`?",
                "`/valuemap help` lists all.",
                "[Add pain] [Help]",
            ],
        ),
        (
            "pain relievers",
            [
                "I don't know “pain”. Did you mean `/valuemap add pain reliever`?",
                "`/valuemap help` lists all.",
                "[Add pain reliever] [Help]",
            ],
        ),
        (
            "tesk",
            [
                "I don't know “tesk”. Did you mean `/valuemap test`?",
                "`/valuemap help` lists all.",
                "[Test] [Help]",
            ],
        ),
        ("xyzzy", ["I don't know “xyzzy”.", "`/valuemap help` lists all.", "[Help]"]),
        ("rank pians", ["Did you mean pains?", "`/valuemap help` lists all.", "[Rank pains] [Help]"]),
        (
            "vote pains 2h",
            [
                "An end is set with `until` or `for`. Did you mean `/valuemap vote pains for 2h`?",
                "`/valuemap help` lists all.",
                "[Vote pains for 2h] [Help]",
            ],
        ),
        (
            "add pian: too slow",
            [
                "I know no kind “pian”. Did you mean pain?",
                "`/valuemap help` lists all.",
                "[Add as pain] [Help]",
            ],
        ),
        (
            "delete tram",
            [
                "Delete an entry with ⋯ on its card, and a canvas with `/valuemap canvases`.",
                "`/valuemap help` lists all.",
                "[Help]",
            ],
        ),
        (
            "hi",
            [":wave: I keep your team's value map. What would you like to do?", "[Menu] [Help]"],
        ),
    ],
)
async def test_the_answer_is_two_lines_and_buttons(world: World, typed: str, lines: list[str]) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, f"/valuemap {typed}")
    assert ana.last_message(channel).text.splitlines() == lines


async def test_the_button_runs_the_nearest_command_with_the_rest_in_place_of_the_question(
    world: World,
) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap add pian: too slow; too dear")
    question = ana.last_message(channel)
    count = len(ana.visible_messages(channel))
    await ana.click_button(question, "Add as pain")
    assert "Added 2 pains" in question.text, "the answer stands where the question stood"
    assert len(ana.visible_messages(channel)) == count + 2, "only two cards are new"
    ana.find_message(channel, "too dear\nby")


async def test_the_button_of_an_end_without_its_word_starts_a_round_with_this_end(world: World) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap add pain: too slow")
    await ana.type_text(channel, "/valuemap vote pains sealed 2h")
    await ana.click_button(ana.last_message(channel), "Vote pains sealed for 2h")
    ana.find_message(channel, "Ana asks you to vote in private on 1 pain by Mon 12 Oct 09:00 (UTC)")


async def test_the_button_of_a_box_alone_opens_its_form(world: World) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap pian")
    await ana.click_button(ana.last_message(channel), "Add pain")
    assert "The pain" in ana.modal.text


async def test_a_text_without_a_box_is_added_once_to_the_box_that_is_chosen(world: World) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap add too slow")
    question = ana.last_message(channel)
    assert question.text.splitlines() == [
        "Which box is “too slow” for?",
        "[Job] [Pain] [Gain] [Product] [Reliever] [Creator]",
    ]
    await ana.click_button(question, "Pain")
    assert "Added 1 pain" in question.text
    assert "[Gain]" not in question.text, "the question is answered"
    assert len([seen for seen in ana.visible_messages(channel) if "too slow\nby" in seen.text]) == 1


async def test_a_choice_that_fails_leaves_the_question_to_choose_again(world: World) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap add too slow")
    question = ana.last_message(channel)
    channel.is_archived = True
    await ana.click_button(question, "Pain")
    assert "archived" in ana.last_message(channel).text
    channel.is_archived = False
    await ana.click_button(question, "Pain")
    assert "Added 1 pain" in question.text


async def test_the_help_is_grouped_by_the_steps_of_the_method(world: World) -> None:
    ana, channel = await start_reports(world)
    await ana.type_text(channel, "/valuemap help")
    lines = ana.last_message(channel).text.splitlines()
    titles = [line for line in lines if line.startswith("*") and line.endswith("*")]
    assert titles[-5:] == [
        *("*Gather*", "*Vote*", "*Check the fit*", "*Test it with customers*", "*Keep and change*"),
    ]
    commands = [line for line in lines if line.startswith("`/valuemap")]
    assert len(commands) == len(world.bot.router.commands)
    assert max(map(len, commands)) <= 130
    assert len(lines) <= len(commands) + 9
