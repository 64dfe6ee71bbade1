"""The text of a new ticket has what the entry stands on, and leads back to its card."""

from dataclasses import replace
from urllib.parse import unquote

import pytest

from bot.fake_slack.blockkit import check_blocks, check_view
from bot.features.tickets.blocks import TicketView, build_linked_message, build_new_ticket_message
from bot.features.tickets.forms import build_ticket_form
from bot.features.tickets.model import MAX_TICKET_URL_CHARACTERS
from bot.method.kinds import Kind
from bot.method.model import Grade
from bot.slack.blockkit.builders import actions_block
from bot.slack.blockkit.text import MAX_WEB_ADDRESS_CHARACTERS
from bot.store.model import CanvasInfo, CanvasSettings, Card
from tests.method.build import STARTED_AT, CanvasBuilder, build_entry

INFO = CanvasInfo(1, "C1", "Map", "Anyone", "U0", "UTC", STARTED_AT, None)
CARD_LINKS = {1: "https://acme.slack.com/archives/C1/p1?a=1&amp;cid=C1"}


def build_view(
    tracker: str, text: str = "slow *now*", ticket_links: dict[int, str] | None = None
) -> TicketView:
    builder = CanvasBuilder()
    need_id = builder.add(Kind.PAIN, 5, 5, 5, text=text)
    builder.record([need_id], grade=Grade.TOLD, count=1, quote=f"I wait {text}")
    builder.record([], [need_id], grade=Grade.DID, count=20, quote="They came back")
    metrics = builder.compute_metrics()
    canvas_info = replace(INFO, settings=CanvasSettings(tracker=tracker))
    return TicketView(canvas_info, metrics, ticket_links or {}, CARD_LINKS)


def build_card(text: str, ticket_link: str = "") -> Card:
    entry = build_entry(1, Kind.PAIN, {}, text)
    return Card(
        entry,
        1,
        "C1",
        1,
        None,
        None,
        "1.2",
        "",
        None,
        None,
        frozenset({1}),
        is_imported=False,
        ticket_link=ticket_link,
    )


def test_a_new_ticket_says_what_the_entry_stands_on() -> None:
    view = build_view("https://x.example/?t={title}&b={body}")
    url = view.build_button(view.metrics.canvas.entries[0]).url
    assert url is not None
    title, _, body = unquote(url.partition("?t=")[2]).partition("&b=")
    assert title == "Pain: slow *now*"
    assert body.split("\n") == [
        "Pain on the value map “Map for Anyone”, a must-have.",
        "",
        "Risk 0.72 = 0.80·(1 − 0.10).",
        "",
        "Evidence: some evidence, 2 points for, 8 against.",
        "",
        "Card: https://acme.slack.com/archives/C1/p1?a=1&cid=C1",
        "",
        "- against: “They came back” (Customer 2, did, 2 Mar 2026)",
        "- for: “I wait slow *now*” (Customer 1, told, 2 Mar 2026)",
    ]


def test_where_tickets_are_markdown_what_people_wrote_is_no_formatting() -> None:
    view = build_view("github.com/acme/shop")
    url = view.build_button(view.metrics.canvas.entries[0]).url
    assert url is not None
    assert "I wait slow \\*now\\*" in unquote(url)


def test_a_linked_ticket_is_opened_and_without_a_tracker_the_form() -> None:
    view = build_view("github.com/a/b", ticket_links={1: "https://github.com/a/b/issues/7"})
    entry = view.metrics.canvas.entries[0]
    assert [button.to_dict()["text"]["text"] for button in view.build_buttons(entry)] == [
        "Open ticket",
        "Link a ticket",
    ]
    assert view.build_button(entry).url == "https://github.com/a/b/issues/7"
    unnamed = build_view("")
    (button,) = unnamed.build_buttons(unnamed.metrics.canvas.entries[0])
    assert (button.to_dict()["text"]["text"], button.url, button.value) == ("Ticket", None, "1")


@pytest.mark.parametrize(
    "tracker", ["https://x.example/{title}", "github.com/a/b", "what an older release read"]
)
@pytest.mark.parametrize("text", ["x" * 300, "<&>" * 100, "*so* " * 60, "長" * 300, "👩‍👩‍👧‍👦" * 40])
def test_buttons_answers_and_the_form_fit_into_slack(tracker: str, text: str) -> None:
    view = build_view(tracker, text)
    entry = view.metrics.canvas.entries[0]
    buttons = actions_block(*view.build_buttons(entry))
    assert buttons is not None
    check_blocks([buttons], "message")
    assert len(view.build_button(entry).url or "") <= MAX_TICKET_URL_CHARACTERS
    assert len(view.build_button(entry, 1500).url or "") <= 1500
    link = "https://x.example/" + "y" * (MAX_WEB_ADDRESS_CHARACTERS - 18)
    card = build_card(text, link)
    for message in (
        build_linked_message(card, link),
        build_linked_message(card, ""),
        build_new_ticket_message(card),
    ):
        check_blocks(list(message.blocks), "message")
    check_view(build_ticket_form(view.canvas_info, card))
