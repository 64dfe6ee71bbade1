"""Messages as the page shows them: who, when, what, reactions, replies."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import htpy as h

from bot.fake_slack.things import GUIDE, SLACKBOT, File, Posted, Refused, User
from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.blocks import blocks
from bot.fake_slack.web.html.mrkdwn import mrkdwn
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.workspace import Workspace

NUMBERS = ("one", "two", "three", "four", "five")
MORE = ("thumbsup", "eyes", "tada", "heart", "thinking_face", "white_check_mark")


def reader_of(slack: Workspace, user: User) -> Reader:
    names = {one.id: one.name for one in slack.users.values()}
    channels = {one.id: one.name for one in slack.channels.values() if user.id in one.members}
    return Reader(user.id, ZoneInfo(user.time_zone), names, channels)


def message(slack: Workspace, posted: Posted, reader: Reader) -> h.Element:
    """A message, the same in the channel and in its thread: the page hides what does not belong there."""
    at = datetime.fromtimestamp(int(posted.ts.partition(".")[0]), reader.zone)
    author = author_of(slack, posted.user)
    return h.article(
        class_=["message", {"ephemeral": posted.only_for is not None, "guide": author.id == GUIDE}],
        data_channel=posted.channel,
        data_ts=posted.ts,
        data_thread=posted.thread_ts or "",
        data_day=f"{at:%A, %B} {at.day}",
        data_own=posted.user == reader.id or posted.only_for is not None,
        tabindex="0",
        aria_label=f"{author.name}, {at:%H:%M}",
    )[
        avatar(author),
        h.div(".said")[
            h.p(".byline")[
                h.strong[author.name],
                h.span(".app")["APP"] if author.is_bot else None,
                h.a(".time", href=permalink(posted), title=f"{at:%A, %B} {at.day}, {at:%H:%M:%S}")[
                    f"{at:%H:%M}"
                ],
                h.span(".muted")["(edited)"] if posted.edited else None,
            ],
            h.p(".only-you")["Only visible to you"] if posted.only_for else None,
            h.div(".body")[_body(posted, reader)],
            [_file(slack.file(key)) for key in posted.files],
            _reactions(posted, reader),
            _replies(slack, posted, reader) if posted.only_for is None else None,
        ],
    ]


def messages(slack: Workspace, shown: Iterable[Posted], reader: Reader) -> h.Node:
    return h.fragment[(message(slack, posted, reader) for posted in shown)]


def author_of(slack: Workspace, user: str) -> User:
    return slack.users.get(user) or User(user, "Slackbot" if user == SLACKBOT else "Unknown", is_bot=True)


def avatar(user: User) -> h.Element:
    """A square with a letter, its colour by the person."""
    number = sum(user.id.encode()) % 8
    look = "avatar-app" if user.is_bot else f"avatar-{number}"
    return h.span(class_=["avatar", look], aria_hidden="true")["◆" if user.is_bot else user.name[:1]]


def permalink(posted: Posted) -> str:
    thread = f"?thread_ts={posted.thread_ts}&cid={posted.channel}" if posted.thread_ts else ""
    return f"/archives/{posted.channel}/p{posted.ts.replace('.', '')}{thread}"


def _body(posted: Posted, reader: Reader) -> h.Node:
    if posted.blocks:
        return blocks(posted.blocks, reader, within=posted.key)
    return h.div(".block")[mrkdwn(posted.text, reader)] if posted.text else None


def _file(file: File) -> h.Element:
    address = f"/play/files/{file.id}"
    if file.is_picture:
        return h.figure(".file")[
            h.figcaption(".muted")[file.title], h.img(src=address, alt=file.alt_text or file.title)
        ]
    return h.a(".file.file-card", href=address, download=file.name)[
        h.span(".file-icon", aria_hidden="true")[file.name.rpartition(".")[2].upper()[:4]],
        h.span[h.strong[file.title], h.br, h.span(".muted")[f"{file.name} · {_size(len(file.content))}"]],
    ]


def _size(length: int) -> str:
    return f"{length} bytes" if length < 1000 else f"{length / 1000:.1f} kB"


def _reactions(posted: Posted, reader: Reader) -> h.Node:
    if not posted.reactions:
        return None
    return h.div(".reactions")[
        (_reaction(name, users, reader) for name, users in posted.reactions.items()),
        h.button(".reaction.add-reaction", type="button", data_pick=True, aria_label="Add reaction")["☺+"],
    ]


def _reaction(name: str, users: Sequence[str], reader: Reader) -> h.Element:
    who = [reader.names.get(user, user) for user in users]
    return h.button(
        class_=["reaction", {"mine": reader.id in users}],
        type="button",
        data_react=name,
        aria_pressed="true" if reader.id in users else "false",
        aria_label=f":{name}:, {len(users)}",
        title=f"{', '.join(who)} reacted with :{name}:",
    )[glyph(name), h.span[str(len(users))]]


def glyph(name: str) -> h.Node:
    return h.span(".emoji", aria_hidden="true")[inline.glyph(name) or f":{name}:"]


def _replies(slack: Workspace, posted: Posted, reader: Reader) -> h.Node:
    replies = slack.replies_to(posted)
    if not replies:
        return None
    last = datetime.fromtimestamp(int(replies[-1].ts.partition(".")[0]), reader.zone)
    authors = list(dict.fromkeys(reply.user for reply in replies))[:3]
    return h.button(".replies", type="button", data_open_thread=True)[
        (avatar(author_of(slack, author)) for author in authors),
        h.strong[f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"],
        h.span(".muted")[f"Last {last:%b} {last.day} at {last:%H:%M}"],
    ]


def found(slack: Workspace, key: str, reader: str) -> Posted | None:
    """Return the message with this key, channel and ts, if this reader sees it."""
    channel_id, _, ts = key.partition("/")
    channel = slack.channels.get(channel_id)
    if channel is None or reader not in channel.members:
        return None
    try:
        return slack.message(channel_id, ts, reader)
    except Refused:
        return None
