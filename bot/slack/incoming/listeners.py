"""The Bolt listeners: acknowledge, read the payload into a Request, hand it to the router.

The app runs with `process_before_response=True`, so Slack gets its acknowledgement when a listener returns.
What must be stored before that is awaited; everything else goes on as a background task.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.deps import Deps
from bot.slack.incoming.commands import SLASH_COMMAND
from bot.slack.incoming.requests import (
    Body,
    build_action_request,
    build_command_request,
    build_message_request,
    build_shortcut_request,
    build_submission_answer,
    build_view_request,
    get_team_id,
)
from bot.slack.incoming.router import Router
from bot.slack.outgoing.dialogs import build_home_opened_event, build_message_dialog, read_home_page
from bot.slack.request import Modal, Request, RequestSource

ANY = re.compile(r"")
RETRY_HEADER = "x-slack-retry-num"  # only on an event that Slack sends again
MESSAGE_NOT_STORED = build_message(
    "I can't reach my storage at the moment. I'll try again for some minutes: if you hear nothing more, "
    "please ask me again."
)


class IncomingMessages(Protocol):
    """Stores the messages of people until they are answered, so that no crash loses one."""

    async def store_message(self, request: Request) -> bool: ...  # False: it was stored before

    async def answer_message(self, request: Request) -> None: ...


@dataclass(frozen=True, slots=True)
class SlackListeners:
    """All listeners of the app. There are few, since Bolt tries them one after the other."""

    router: Router
    deps: Deps
    incoming_messages: IncomingMessages

    def register(self, app: AsyncApp) -> None:
        app.event(ANY)(self.handle_event)  # first, since most requests are events
        app.command(SLASH_COMMAND)(self.handle_command)
        app.action(ANY)(self.handle_actions)
        app.shortcut(ANY)(self.handle_shortcut)
        app.view(ANY)(self.handle_submission)
        app.view_closed(ANY)(self.handle_view_closed)
        app.options(ANY)(self.handle_options_request)

    async def handle_command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = build_command_request(body, get_team_id(context))
        self.deps.background.start(self.router.answer_and_deliver(self.router.run_command, request))

    async def handle_actions(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        for action in body["actions"]:
            request = build_action_request(action, body, get_team_id(context))
            self.deps.background.start(self.router.handle_action(action["action_id"], request))

    async def handle_shortcut(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        request = build_shortcut_request(body, get_team_id(context))
        self.deps.background.start(self.router.handle_shortcut(body["callback_id"], request))

    async def handle_submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = build_view_request(body, get_team_id(context))
        answer = await self.router.handle_submission(body["view"]["callback_id"], request)
        if isinstance(answer, Message) and read_home_page(request) is not None:
            answer = Modal(build_message_dialog(answer, request))
        await ack(**build_submission_answer(answer, request))
        if isinstance(answer, Message):
            self.deps.background.start(self.router.deliver_answer(answer, request))
        await self._refresh_home(request, context)

    async def handle_view_closed(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await self._refresh_home(build_view_request(body, get_team_id(context)), context)

    async def handle_options_request(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        request = build_view_request(body, get_team_id(context), argument=body.get("value") or "")
        await ack(options=await self.router.load_options(body["action_id"], request))

    async def handle_event(self, event: Body, context: AsyncBoltContext, req: AsyncBoltRequest) -> None:
        if event["type"] == "app_mention":
            request = build_message_request(RequestSource.MENTION, event, context)
            await self._store_and_answer(request, req)
        elif event["type"] == "message" and event.get("channel_type") == "im":
            request = build_message_request(RequestSource.DIRECT_MESSAGE, event, context)
            await self._store_and_answer(request, req)
        else:
            await self._handle_other_event(event, context)

    async def _refresh_home(self, request: Request, context: AsyncBoltContext) -> None:
        """Publish App Home again after a dialog that was opened from it: Slack sends no event for that."""
        page = read_home_page(request)
        if page is not None:
            await self._handle_other_event(build_home_opened_event(request.user_id, page), context)

    async def _handle_other_event(self, event: Body, context: AsyncBoltContext) -> None:
        """Let the handlers store the effect of an event before Slack gets its acknowledgement.

        Where one raises, Slack gets an error, and sends the event again.
        """
        team_id = get_team_id(context)
        for handler in self.router.events.get(event["type"], ()):
            await handler(team_id, event, self.deps.for_team(team_id))

    async def _store_and_answer(self, request: Request | None, req: AsyncBoltRequest) -> None:
        """Store a message before Slack gets its acknowledgement, and answer it after that."""
        if request is None:
            return
        try:
            is_new = await self.incoming_messages.store_message(request)
        except Exception:
            if RETRY_HEADER not in req.headers:  # say it once, not at each of Slack's attempts
                self.deps.background.start(self.router.deliver_answer(MESSAGE_NOT_STORED, request))
            raise
        if is_new:
            self.deps.background.start(self.incoming_messages.answer_message(request))
