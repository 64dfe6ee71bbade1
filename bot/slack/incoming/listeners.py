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

from bot.slack.blockkit.builders import Message, message
from bot.slack.blockkit.forms import about_of
from bot.slack.blockkit.text import typed, unesc
from bot.slack.incoming.commands import SLASH
from bot.slack.incoming.router import Router
from bot.slack.outgoing.dialogs import carried, home_again, home_page, said as dialog
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request, Via

Body = dict[str, Any]
ANY = re.compile(r"")
DOUBLE_CLICK = 10  # seconds
RETRY = "x-slack-retry-num"  # the header of an event that Slack sends again
LATER = message(
    "I can't reach my storage at the moment. I'll try again for some minutes: if you hear nothing more, "
    "please ask me again."
)


class Inbox(Protocol):
    """Keeps what was said until it is answered."""

    async def keep(self, request: Request) -> bool: ...

    async def work(self, request: Request) -> None: ...


@dataclass(frozen=True, slots=True)
class Door:
    """Where everything from Slack comes in."""

    router: Router
    deps: Deps
    inbox: Inbox

    def bind(self, app: AsyncApp) -> None:
        app.event(ANY)(self.event)  # first, since there are most of them
        app.command(SLASH)(self.command)
        app.action(ANY)(self.action)
        app.shortcut(ANY)(self.shortcut)
        app.view(ANY)(self.submission)
        app.view_closed(ANY)(self.closed)
        app.options(ANY)(self.options)

    async def command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = Request(
            team_id=_team(context),
            user=body["user_id"],
            via=Via.COMMAND,
            channel=body["channel_id"],
            typed=typed(body.get("text") or ""),
            trigger=body["trigger_id"],
            response_url=body["response_url"],
            key=f"command:{body['trigger_id']}",
        )
        self.deps.tasks.start(self.router.answer_and_deliver(self.router.run, request))

    async def action(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        for pressed in body["actions"]:
            request = _action_request(pressed, body, _team(context))
            self.deps.tasks.start(self.router.act(pressed["action_id"], request))

    async def shortcut(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = Request(
            team_id=_team(context),
            user=body["user"]["id"],
            via=Via.SHORTCUT,
            channel=(body.get("channel") or {}).get("id", ""),
            trigger=body["trigger_id"],
            response_url=body.get("response_url", ""),
            thread=(body.get("message") or {}).get("thread_ts", ""),
            key=f"shortcut:{body['trigger_id']}",
            message=body.get("message") or {},
        )
        self.deps.tasks.start(self.router.choose(body["callback_id"], request))

    async def submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = _view_request(body, _team(context))
        answer = await self.router.submit(body["view"]["callback_id"], request)
        if isinstance(answer, Message) and home_page(request) is not None:
            answer = Modal(dialog(answer, request))
        await ack(**_submission_answer(answer, request))
        if isinstance(answer, Message):
            self.deps.tasks.start(self.router.deliver(answer, request))
        await self._home_again(request, context)

    async def closed(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await self._home_again(_view_request(body, _team(context)), context)

    async def _home_again(self, request: Request, context: AsyncBoltContext) -> None:
        """Make Home anew where somebody came from there: Slack tells of its opening alone."""
        page = home_page(request)
        if page is not None:
            await self._heard(home_again(request.user, page), context)

    async def options(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = _view_request(body, _team(context), words=body.get("value") or "")
        await ack(options=await self.router.suggest(body["action_id"], request))

    async def event(self, event: Body, context: AsyncBoltContext, req: AsyncBoltRequest) -> None:
        if event["type"] == "app_mention":
            await self._said(_said_request(Via.MENTION, event, context), req)
        elif event["type"] == "message" and event.get("channel_type") == "im":
            await self._said(_said_request(Via.DIRECT, event, context), req)
        else:
            await self._heard(event, context)

    async def _heard(self, event: Body, context: AsyncBoltContext) -> None:
        for handler in self.router.events.get(event["type"], ()):
            await handler(_team(context), event, self.deps.within(_team(context)))

    async def _said(self, request: Request | None, req: AsyncBoltRequest) -> None:
        """Keep what was said before Slack hears that it came, and answer it after that."""
        if request is None:
            return
        try:
            is_new = await self.inbox.keep(request)
        except Exception:
            if RETRY not in req.headers:
                self.deps.tasks.start(self.router.deliver(LATER, request))
            raise
        if is_new:
            self.deps.tasks.start(self.inbox.work(request))


def _team(context: AsyncBoltContext) -> str:
    team = context.team_id
    assert team is not None, "a request without a workspace"
    return team


def _said_request(via: Via, event: Body, context: AsyncBoltContext) -> Request | None:
    """Return what a person said to the bot; None where it was no person, or nothing new."""
    if event.get("subtype") or event.get("bot_id") or event.get("edited") or not event.get("user"):
        return None
    words = re.sub(rf"<@{context.bot_user_id}(\|[^>]*)?>", "", event.get("text") or "", count=1)
    return Request(
        team_id=_team(context),
        user=event["user"],
        via=via,
        channel=event["channel"],
        typed=typed(words).strip(),
        thread=event.get("thread_ts", "") if via is Via.MENTION else "",
        key=f"said:{event['channel']}:{event['ts']}",
    )


def _action_request(action: Mapping[str, Any], body: Body, team: str) -> Request:
    canvas, words = _aim(_value(action))
    view = body.get("view") or {}
    about = about_of(view)
    if view.get("type") == "home":
        via, channel = Via.HOME, ""
    elif view:
        via, channel = Via.VIEW, about.get("channel", "")
    else:
        via, channel = Via.ACTION, body["channel"]["id"]
    return Request(
        team_id=team,
        user=body["user"]["id"],
        via=via,
        channel=channel,
        canvas=canvas or about.get("canvas"),
        typed=words,
        words=words,
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        thread=(body.get("container") or {}).get("thread_ts", ""),
        key=_press(action, body),
        view=view,
    )


def _value(action: Mapping[str, Any]) -> str:
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _press(action: Mapping[str, Any], body: Body) -> str:
    """Name a press on a button. Another press on it by the same person within seconds is a double click."""
    where = body.get("container") or {}
    place = f"{where.get('channel_id', '')}:{where.get('message_ts') or where.get('view_id', '')}"
    what = f"{place}:{(body.get('view') or {}).get('hash', '')}:{action['action_id']}:{_value(action)}"
    about_when = int(float(action.get("action_ts") or 0)) // DOUBLE_CLICK
    digest = sha256(what.encode(errors="surrogatepass")).hexdigest()[:32]
    return f"action:{body['user']['id']}:{digest}:{about_when}"


def _view_request(body: Body, team: str, words: str = "") -> Request:
    view = body["view"]
    about = about_of(view)
    return Request(
        team_id=team,
        user=body["user"]["id"],
        via=Via.VIEW,
        channel=about.get("channel", ""),
        canvas=about.get("canvas"),
        words=words,
        key=f"view:{view['id']}:{view.get('hash', '')}",
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
            return {"response_action": "errors", "errors": {block: unesc(e) for block, e in errors.items()}}
        case Modal(view):
            return {"response_action": "update", "view": carried(view, request)}
        case _:
            return {"response_action": "clear"}
