"""Bolt's side: acknowledge, read the payload, hand it to the router. Few listeners for everything.

The app runs with `process_before_response=True`, so a listener's end is the acknowledgement's start: what
must be stored before Slack hears 200 is awaited, all else goes on as a task of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.blockkit.forms import read_private_metadata
from bot.slack.blockkit.text import read_typed_text, unescape
from bot.slack.deps import Deps
from bot.slack.incoming.commands import SLASH_COMMAND
from bot.slack.incoming.router import Router
from bot.slack.outgoing.dialogs import carry_home_page, build_home_opened_event, read_home_page, build_message_dialog as dialog
from bot.slack.request import Answer, FieldErrors, Modal, Request, RequestSource

Body = dict[str, Any]
ANY = re.compile(r"")
DOUBLE_CLICK_SECONDS = 10  # seconds
RETRY = "x-slack-retry-num"  # the header of an event that Slack sends again
LATER = build_message(
    "I can't reach my storage at the moment. I'll try again for some minutes: if you hear nothing more, "
    "please ask me again."
)


class IncomingMessages(Protocol):
    """Keeps what was said until it is answered."""

    async def store_message(self, request: Request) -> bool: ...

    async def answer_message(self, request: Request) -> None: ...


@dataclass(frozen=True, slots=True)
class SlackListeners:
    """Where everything from Slack comes in."""

    router: Router
    deps: Deps
    incoming_messages: IncomingMessages

    def register(self, app: AsyncApp) -> None:
        app.event(ANY)(self.event)  # first, since there are most of them
        app.command(SLASH_COMMAND)(self.command)
        app.action(ANY)(self.action)
        app.shortcut(ANY)(self.shortcut)
        app.view(ANY)(self.submission)
        app.view_closed(ANY)(self.closed)
        app.options(ANY)(self.options)

    async def command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = Request(
            team_id=_team(context),
            user_id=body["user_id"],
            source=RequestSource.COMMAND,
            channel_id=body["channel_id"],
            command_text=read_typed_text(body.get("text") or ""),
            trigger_id=body["trigger_id"],
            response_url=body["response_url"],
            idempotency_key=f"command:{body['trigger_id']}",
        )
        self.deps.background.start(self.router.answer_and_deliver(self.router.run_command, request))

    async def action(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        for pressed in body["actions"]:
            request = _action_request(pressed, body, _team(context))
            self.deps.background.start(self.router.handle_action(pressed["action_id"], request))

    async def shortcut(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = Request(
            team_id=_team(context),
            user_id=body["user"]["id"],
            source=RequestSource.SHORTCUT,
            channel_id=(body.get("channel") or {}).get("id", ""),
            trigger_id=body["trigger_id"],
            response_url=body.get("response_url", ""),
            thread_ts=(body.get("message") or {}).get("thread_ts", ""),
            idempotency_key=f"shortcut:{body['trigger_id']}",
            message=body.get("message") or {},
        )
        self.deps.background.start(self.router.handle_shortcut(body["callback_id"], request))

    async def submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = _view_request(body, _team(context))
        answer = await self.router.handle_submission(body["view"]["callback_id"], request)
        if isinstance(answer, Message) and read_home_page(request) is not None:
            answer = Modal(dialog(answer, request))
        await ack(**_submission_answer(answer, request))
        if isinstance(answer, Message):
            self.deps.background.start(self.router.deliver_answer(answer, request))
        await self._home_again(request, context)

    async def closed(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await self._home_again(_view_request(body, _team(context)), context)

    async def _home_again(self, request: Request, context: AsyncBoltContext) -> None:
        """Make Home anew where somebody came from there: Slack tells of its opening alone."""
        page = read_home_page(request)
        if page is not None:
            await self._heard(build_home_opened_event(request.user_id, page), context)

    async def options(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = _view_request(body, _team(context), words=body.get("value") or "")
        await ack(options=await self.router.load_options(body["action_id"], request))

    async def event(self, event: Body, context: AsyncBoltContext, req: AsyncBoltRequest) -> None:
        if event["type"] == "app_mention":
            await self._said(_said_request(RequestSource.MENTION, event, context), req)
        elif event["type"] == "message" and event.get("channel_type") == "im":
            await self._said(_said_request(RequestSource.DIRECT_MESSAGE, event, context), req)
        else:
            await self._heard(event, context)

    async def _heard(self, event: Body, context: AsyncBoltContext) -> None:
        for handler in self.router.events.get(event["type"], ()):
            await handler(_team(context), event, self.deps.for_team(_team(context)))

    async def _said(self, request: Request | None, req: AsyncBoltRequest) -> None:
        """Keep what was said before Slack hears that it came, and answer it after that."""
        if request is None:
            return
        try:
            is_new = await self.incoming_messages.store_message(request)
        except Exception:
            if RETRY not in req.headers:
                self.deps.background.start(self.router.deliver_answer(LATER, request))
            raise
        if is_new:
            self.deps.background.start(self.incoming_messages.answer_message(request))


def _team(context: AsyncBoltContext) -> str:
    team = context.team_id
    assert team is not None, "a request without a workspace"
    return team


def _said_request(via: RequestSource, event: Body, context: AsyncBoltContext) -> Request | None:
    """Return what a person said to the bot; None where it was no person, or nothing new."""
    if event.get("subtype") or event.get("bot_id") or event.get("edited") or not event.get("user"):
        return None
    words = re.sub(rf"<@{context.bot_user_id}(\|[^>]*)?>", "", event.get("text") or "", count=1)
    return Request(
        team_id=_team(context),
        user_id=event["user"],
        source=via,
        channel_id=event["channel"],
        command_text=read_typed_text(words).strip(),
        thread_ts=event.get("thread_ts", "") if via is RequestSource.MENTION else "",
        idempotency_key=f"said:{event['channel']}:{event['ts']}",
    )


def _action_request(action: Mapping[str, Any], body: Body, team: str) -> Request:
    canvas, words = _aim(_value(action))
    view = body.get("view") or {}
    about = read_private_metadata(view)
    if view.get("type") == "home":
        via, channel = RequestSource.HOME, ""
    elif view:
        via, channel = RequestSource.VIEW, about.get("channel", "")
    else:
        via, channel = RequestSource.ACTION, body["channel"]["id"]
    return Request(
        team_id=team,
        user_id=body["user"]["id"],
        source=via,
        channel_id=channel,
        canvas_id=canvas or about.get("canvas"),
        command_text=words,
        argument=words,
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        thread_ts=(body.get("container") or {}).get("thread_ts", ""),
        idempotency_key=_press(action, body),
        view=view,
    )


def _value(action: Mapping[str, Any]) -> str:
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _press(action: Mapping[str, Any], body: Body) -> str:
    """Name a press on a button. Another press on it by the same person within seconds is a double click."""
    where = body.get("container") or {}
    place = f"{where.get('channel_id', '')}:{where.get('message_ts') or where.get('view_id', '')}"
    what = f"{place}:{(body.get('view') or {}).get('hash', '')}:{action['action_id']}:{_value(action)}"
    about_when = int(float(action.get("action_ts") or 0)) // DOUBLE_CLICK_SECONDS
    digest = sha256(what.encode(errors="surrogatepass")).hexdigest()[:32]
    return f"action:{body['user']['id']}:{digest}:{about_when}"


def _view_request(body: Body, team: str, words: str = "") -> Request:
    view = body["view"]
    about = read_private_metadata(view)
    return Request(
        team_id=team,
        user_id=body["user"]["id"],
        source=RequestSource.VIEW,
        channel_id=about.get("channel", ""),
        canvas_id=about.get("canvas"),
        argument=words,
        idempotency_key=f"view:{view['id']}:{view.get('hash', '')}",
        view=view,
    )


def _aim(value: str) -> tuple[int | None, str]:
    """Split a button's value "12:review" into the canvas that it is about and the words."""
    aimed = re.match(r"([0-9]{0,12}):", value)
    if not aimed:
        return None, value
    return int(aimed[1]) if aimed[1] else None, value[aimed.end() :]


def _submission_answer(answer: Answer, request: Request) -> dict[str, Any]:
    match answer:
        case FieldErrors(errors):
            return {
                "response_action": "errors",
                "errors": {block: unescape(e) for block, e in errors.items()},
            }
        case Modal(view):
            return {"response_action": "update", "view": carry_home_page(view, request)}
        case _:
            return {"response_action": "clear"}
