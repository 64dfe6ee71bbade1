"""A workshop of a team, through signed HTTP requests and the real Bolt app."""

import pytest

from tests.conftest import World


async def test_entries_of_a_new_canvas_become_cards(world: World) -> None:
    ana = world.harness.add_person("Ana", "Europe/Berlin")
    channel = world.harness.add_channel("product", ana)

    await ana.type_text(channel, "/valuemap")
    assert "no canvas yet" in ana.last_message(channel).text

    await ana.type_text(channel, "/valuemap new Reports for small shops")
    assert "Value map: Reports" in ana.find_message(channel, "Every entry is a card").text

    await ana.type_text(channel, "/valuemap add pain: waiting takes an hour; gain: figures are right")
    card = ana.find_message(channel, "waiting takes an hour\n")
    assert "*Pain*  [⋯]\nwaiting takes an hour\n" in card.text
    assert "by Ana" in card.text
    assert "waits for votes" in card.text
    assert set(card.message.reactions) == {"one", "two", "three", "four", "five"}
    assert "Added 1 pain and 1 gain" in ana.find_message(channel, "Added").text


async def test_votes_update_the_card_and_the_ranking(world: World) -> None:
    ana, ben, cleo = (world.harness.add_person(name) for name in ("Ana", "Ben", "Cleo"))
    channel = world.harness.add_channel("product", ana, ben, cleo)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")

    for person, level in ((ana, "five"), (ben, "five"), (cleo, "four")):
        await person.add_reaction(card, level)
    await world.advance_time(seconds=2)

    assert "score 4.00, 3 votes (two 5s, one 4)" in card.text
    await ana.type_text(channel, "/valuemap rank job")
    assert "1 | ★ report | 4.00 | 3\n" in ana.last_message(channel).text
    await ana.click_button(card, "⋯", "Why?")
    assert "*Score 4.00* = (3·2 + 14) ÷ (2 + 3)" in ana.last_message(channel).text


@pytest.mark.databases("sqlite", "postgresql")
async def test_reviewing_all_offers_gives_the_fit(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    for name in ("five",):
        await ana.add_reaction(ana.find_message(channel, "*Job*  [⋯]\nreport"), name)
        other = world.harness.add_person("Dee")
        await other.add_reaction(ana.find_message(channel, "*Job*  [⋯]\nreport"), name)
    for text in ("*Pain*  [⋯]\nslow", "*Gain*  [⋯]\nright"):
        await ana.add_reaction(ana.find_message(channel, text), "three")
    await world.advance_time(seconds=2)

    await ana.type_text(channel, "/valuemap review")
    modal = ana.modal
    assert "Offer 1 of 2" in modal.text
    await modal.fill_field("Fits strongly", ["report"])
    await modal.fill_field("Fits partly", ["slow"])
    await modal.submit()
    assert "Offer 2 of 2" in ana.modal.text
    await ana.modal.click_button("Helps nobody")
    assert "reviewed all 2 offers" in ana.modal.text

    await ana.type_text(channel, "/valuemap fit")
    fit = ana.last_message(channel).text
    assert "achieved on paper: now test it with customers" in fit
    assert "Important jobs addressed 1/1 · extreme pains relieved 0/0 · essential gains created 0/0" in fit
    # job weight 3/4 covered 1, pain 1/2 covered 1/2, gain 1/2 covered 0: 1 / 1.75
    assert "Fit 57\u00a0% (jobs 100\u00a0%, pains 50\u00a0%, gains 0\u00a0%)" in fit
    assert "Offers that fit nothing yet:* “sources”" in fit
