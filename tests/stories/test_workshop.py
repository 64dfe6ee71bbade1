"""A team's workshop as it would go, through signed HTTP and the real Bolt app."""

from tests.conftest import World


async def test_a_canvas_is_started_and_entries_become_cards(world: World) -> None:
    ana = world.bench.person("Ana", "Europe/Berlin")
    channel = world.bench.channel("product", ana)

    await ana.types(channel, "/valuemap")
    assert "no canvas yet" in ana.last(channel).text

    await ana.types(channel, "/valuemap new Reports for small shops")
    assert "Value map: Reports" in ana.finds(channel, "Every entry is a card").text

    await ana.types(channel, "/valuemap add pain: waiting takes an hour; gain: figures are right")
    card = ana.finds(channel, "waiting takes an hour\n")
    assert "Pain" in card.text
    assert "by Ana" in card.text
    assert "not ranked yet" in card.text
    assert set(card.posted.reactions) == {"one", "two", "three", "four", "five"}
    assert "Added 2 entries" in ana.finds(channel, "Added").text


async def test_votes_change_the_card_and_the_ranking(world: World) -> None:
    ana, ben, cleo = (world.bench.person(name) for name in ("Ana", "Ben", "Cleo"))
    channel = world.bench.channel("product", ana, ben, cleo)
    await world.canvas(channel)
    card = ana.finds(channel, "*Job*\nreport")

    for person, level in ((ana, "five"), (ben, "five"), (cleo, "four")):
        await person.reacts(card, level)
    await world.passes(seconds=2)

    assert "score 4.00, 3 votes (:five: 2, :four: 1)" in card.text
    await ana.types(channel, "/valuemap rank job")
    assert "1 | report | 4.00 | 3 | 0.83 | ★ must-have" in ana.last(channel).text
    await ana.clicks(card, "Why?")
    assert "*Score 4.00* = (3·2 + 14) ÷ (2 + 3)" in ana.last(channel).text


async def test_the_review_leads_through_the_offers_and_gives_the_fit(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    for name in ("five",):
        await ana.reacts(ana.finds(channel, "*Job*\nreport"), name)
        other = world.bench.person("Dee")
        await other.reacts(ana.finds(channel, "*Job*\nreport"), name)
    await world.passes(seconds=2)

    await ana.types(channel, "/valuemap review")
    modal = ana.modal
    assert "Offer 1 of 2" in modal.text
    await modal.fill("Fits strongly", ["report"])
    await modal.fill("Fits partly", ["slow"])
    await modal.submit()
    assert "Offer 2 of 2" in ana.modal.text
    await ana.modal.clicks("Fits nothing")
    assert "reviewed all 2 offers" in ana.modal.text

    await ana.types(channel, "/valuemap fit")
    fit = ana.last(channel).text
    assert "achieved on paper: now test it with customers" in fit
    assert "important jobs addressed 1/1 · extreme pains relieved 0/0 · essential gains created 0/0" in fit
    # job weight 3/4 covered 1, pain 1/2 covered 1/2, gain 1/2 covered 0: 1 / 1.75
    assert "Fit 57 % (jobs 100 %, pains 50 %, gains 0 %)" in fit
    assert "Fits nothing yet:* “sources”" in fit
