"""Render messages as the page shows them: author, time, content, files, reactions and replies."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import htpy as h

from bot.fake_slack.models import (
    GUIDE_USER_ID,
    SLACKBOT_USER_ID,
    FakeSlackError,
    SlackFile,
    SlackMessage,
    SlackUser,
)
from bot.fake_slack.server.workspace import FakeWorkspace
from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.blocks import render_blocks
from bot.fake_slack.web.html.mrkdwn import render_mrkdwn
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.icons import render_icon

NUMBER_EMOJI = ("one", "two", "three", "four", "five")
AVATAR_COLOURS = 8  # as many as page.css defines
MAX_REPLY_AVATARS = 3
OTHER_EMOJI = ("thumbsup", "eyes", "tada", "heart", "thinking_face", "white_check_mark")


def build_reader(slack: FakeWorkspace, user: SlackUser) -> Reader:
    """Return what rendering must know about the member who reads the page."""
    names = {one.id: one.name for one in slack.users.values()}
    channels = {one.id: one.name for one in slack.channels.values() if user.id in one.member_ids}
    return Reader(user.id, ZoneInfo(user.time_zone), names, channels)


def render_message(slack: FakeWorkspace, message: SlackMessage, reader: Reader) -> h.Element:
    """Return a message, the same for channel and thread: style sheets hide what one of them does not show."""
    posted_at = datetime.fromtimestamp(int(message.ts.partition(".")[0]), reader.time_zone)
    author = find_author(slack, message.user_id)
    return h.article(
        class_=[
            "message",
            {"ephemeral": message.ephemeral_user_id is not None, "guide": author.id == GUIDE_USER_ID},
        ],
        data_channel_id=message.channel_id,
        data_message_ts=message.ts,
        data_thread_ts=message.thread_ts or "",
        data_day=f"{posted_at:%A, %B} {posted_at.day}",
        data_own=message.user_id == reader.user_id or message.ephemeral_user_id is not None,
        tabindex="0",
        aria_label=f"{author.name}, {posted_at:%H:%M}",
    )[
        render_avatar(author),
        h.div(".message-content")[
            h.p(".byline")[
                h.strong[author.name],
                h.span(".app")["APP"] if author.is_bot else None,
                h.a(
                    ".time",
                    href=build_permalink(message),
                    title=f"{posted_at:%A, %B} {posted_at.day}, {posted_at:%H:%M:%S}",
                )[f"{posted_at:%H:%M}"],
                h.span(".muted")["(edited)"] if message.edited else None,
            ],
            h.p(".only-you")[render_icon("eye"), " Only visible to you"]
            if message.ephemeral_user_id
            else None,
            h.div(".body")[_render_body(message, reader)],
            [_render_file(slack.find_file(file_id)) for file_id in message.file_ids],
            _render_reactions(message, reader),
            _render_replies_button(slack, message, reader) if message.ephemeral_user_id is None else None,
        ],
    ]


def render_messages(slack: FakeWorkspace, messages: Iterable[SlackMessage], reader: Reader) -> h.Node:
    return h.fragment[(render_message(slack, message, reader) for message in messages)]


def find_author(slack: FakeWorkspace, user_id: str) -> SlackUser:
    return slack.users.get(user_id) or SlackUser(
        user_id, "Slackbot" if user_id == SLACKBOT_USER_ID else "Unknown", is_bot=True
    )


def render_avatar(user: SlackUser) -> h.Element:
    """Return a square with the member's initial, in one of eight colours."""
    colour_number = sum(user.id.encode()) % AVATAR_COLOURS
    colour_class = "avatar-app" if user.is_bot else f"avatar-{colour_number}"
    return h.span(class_=["avatar", colour_class], aria_hidden="true")["◆" if user.is_bot else user.name[:1]]


def build_permalink(message: SlackMessage) -> str:
    thread = f"?thread_ts={message.thread_ts}&cid={message.channel_id}" if message.thread_ts else ""
    return f"/archives/{message.channel_id}/p{message.ts.replace('.', '')}{thread}"


def _render_body(message: SlackMessage, reader: Reader) -> h.Node:
    if message.blocks:
        return render_blocks(message.blocks, reader, container_id=message.key)
    return h.div(".block")[render_mrkdwn(message.text, reader)] if message.text else None


def _render_file(file: SlackFile) -> h.Element:
    url = f"/page/files/{file.id}"
    if file.is_picture:
        return h.figure(".file")[
            h.figcaption(".muted")[file.title], h.img(src=url, alt=file.alt_text or file.title)
        ]
    return h.a(".file.file-card", href=url, download=file.name)[
        h.span(".file-icon", aria_hidden="true")[file.name.rpartition(".")[2].upper()[:4]],
        h.span[
            h.strong[file.title], h.br, h.span(".muted")[f"{file.name} · {_format_size(len(file.content))}"]
        ],
    ]


def _format_size(length: int) -> str:
    return f"{length} bytes" if length < 1000 else f"{length / 1000:.1f} kB"


def _render_reactions(message: SlackMessage, reader: Reader) -> h.Node:
    if not message.reactions:
        return None
    return h.div(".reactions")[
        (_render_reaction(name, users, reader) for name, users in message.reactions.items()),
        h.button(".reaction.add-reaction", type="button", data_open_picker=True, aria_label="Add reaction")[
            "☺+"
        ],
    ]


def _render_reaction(name: str, users: Sequence[str], reader: Reader) -> h.Element:
    names = [reader.user_names.get(user, user) for user in users]
    return h.button(
        class_=["reaction", {"mine": reader.user_id in users}],
        type="button",
        data_react=name,
        aria_pressed="true" if reader.user_id in users else "false",
        aria_label=f":{name}:, {len(users)}",
        title=f"{', '.join(names)} reacted with :{name}:",
    )[render_reaction_emoji(name), h.span[str(len(users))]]


def render_reaction_emoji(name: str) -> h.Node:
    return h.span(".emoji", aria_hidden="true")[inline.find_emoji(name) or f":{name}:"]


def _render_replies_button(slack: FakeWorkspace, message: SlackMessage, reader: Reader) -> h.Node:
    replies = slack.thread_replies(message)
    if not replies:
        return None
    last_reply_at = datetime.fromtimestamp(int(replies[-1].ts.partition(".")[0]), reader.time_zone)
    authors = list(dict.fromkeys(reply.user_id for reply in replies))[:MAX_REPLY_AVATARS]
    return h.button(".replies", type="button", data_open_thread=True)[
        (render_avatar(find_author(slack, author)) for author in authors),
        h.strong[f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"],
        h.span(".muted")[f"Last {last_reply_at:%b} {last_reply_at.day} at {last_reply_at:%H:%M}"],
    ]


def find_visible_message(slack: FakeWorkspace, key: str, reader_id: str) -> SlackMessage | None:
    """Return the message with this key, "channel_id/message_ts"; None if this member does not see it."""
    channel_id, _, message_ts = key.partition("/")
    channel = slack.channels.get(channel_id)
    if channel is None or reader_id not in channel.member_ids:
        return None
    try:
        return slack.find_message(channel_id, message_ts, reader_id)
    except FakeSlackError:
        return None
