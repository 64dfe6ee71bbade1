"""The Bolt listeners: acknowledge, read the payload into a Request, hand it to the router.

The app runs with `process_before_response=True`: Bolt sends the acknowledgement when a listener returns, and
Slack waits three seconds for it. A listener therefore awaits only what must be stored before the
acknowledgement, and starts the rest as a background task.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest

from bot.slack.blockkit.builders import Message, build_message
from bot.slack.deps import Deps
from bot.slack.incoming.commands import SLASH_COMMAND
from bot.slack.incoming.messages import read_message
from bot.slack.incoming.requests import (
    Body,
    build_action_request,
    build_command_request,
    build_shortcut_request,
    build_submission_answer,
    build_view_request,
    get_team_id,
)
from bot.slack.incoming.router import Router
from bot.slack.outgoing.dialogs import build_home_opened_event, build_message_dialog, read_home_page
from bot.slack.request import Modal, Request

ANY_ID = re.compile(r"")
RETRY_HEADER = "x-slack-retry-num"  # present when Slack sends an event again
MESSAGE_NOT_STORED = build_message(
    "I can't reach my storage at the moment. I'll try again for some minutes: if you hear nothing more, "
    "please ask me again."
)


class IncomingMessages(Protocol):
    """Stores the messages of users until they are answered, so that a crash loses none."""

    async def store_message(self, request: Request) -> bool:
        """Store a message; return False where it is stored already."""

    async def answer_message(self, request: Request) -> None:
        """Answer a stored message."""


@dataclass(frozen=True, slots=True)
class SlackListeners:
    """The listeners of the app. There is one for each payload type, since Bolt tries them in turn."""

    router: Router
    deps: Deps
    incoming_messages: IncomingMessages

    def register(self, app: AsyncApp) -> None:
        """Register every listener. Bolt tries them in this order."""
        app.event(ANY_ID)(self.handle_event)  # first, since most requests are events
        app.command(SLASH_COMMAND)(self.handle_command)
        app.action(ANY_ID)(self.handle_actions)
        app.shortcut(ANY_ID)(self.handle_shortcut)
        app.view(ANY_ID)(self.handle_submission)
        app.view_closed(ANY_ID)(self.handle_view_closed)
        app.options(ANY_ID)(self.handle_options_request)

    async def handle_command(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Acknowledge /valuemap; answer it in the background."""
        await ack()
        request = build_command_request(body, get_team_id(context))
        self.deps.background.start(self.router.answer_and_deliver(self.router.run_command, request))

    async def handle_actions(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Acknowledge the press of a button or a choice; handle it in the background."""
        await ack()
        for action in body["actions"]:
            request = build_action_request(action, body, get_team_id(context))
            self.deps.background.start(self.router.handle_action(action["action_id"], request))

    async def handle_shortcut(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Acknowledge a shortcut; handle it in the background."""
        await ack()
        request = build_shortcut_request(body, get_team_id(context))
        self.deps.background.start(self.router.handle_shortcut(body["callback_id"], request))

    async def handle_submission(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Handle a form before its acknowledgement, which contains its errors or the next view."""
        request = build_view_request(body, get_team_id(context))
        answer = await self.router.handle_submission(body["view"]["callback_id"], request)
        if isinstance(answer, Message) and read_home_page(request) is not None:
            answer = Modal(build_message_dialog(answer, request))
        await ack(**build_submission_answer(answer, request))
        if isinstance(answer, Message):
            self.deps.background.start(self.router.deliver_answer(answer, request))
        await self._refresh_home(request, context)

    async def handle_view_closed(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Acknowledge that a dialog was closed; publish App Home again if it was opened there."""
        await ack()
        await self._refresh_home(build_view_request(body, get_team_id(context)), context)

    async def handle_options_request(self, ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        """Answer with the options of a select that match what the user types."""
        request = build_view_request(body, get_team_id(context), argument=body.get("value") or "")
        await ack(options=await self.router.load_options(body["action_id"], request))

    async def handle_event(self, event: Body, context: AsyncBoltContext, req: AsyncBoltRequest) -> None:
        """Store a mention or direct message and answer it; pass other events to the features."""
        request = read_message(event, context, self.router.is_command)
        if request is None:
            await self._handle_other_event(event, context)
        else:
            await self._store_and_answer(request, req)

    async def _refresh_home(self, request: Request, context: AsyncBoltContext) -> None:
        """Publish App Home again after a dialog that was opened from it: Slack sends no event then."""
        page = read_home_page(request)
        if page is not None:
            await self._handle_other_event(build_home_opened_event(request.user_id, page), context)

    async def _handle_other_event(self, event: Body, context: AsyncBoltContext) -> None:
        """Run the handlers of an event, which store its effect, before Slack gets its acknowledgement.

        Where a handler raises, Slack gets an error and sends the event again.
        """
        team_id = get_team_id(context)
        for handler in self.router.events.get(event["type"], ()):
            await handler(team_id, event, self.deps.for_team(team_id))

    async def _store_and_answer(self, request: Request, req: AsyncBoltRequest) -> None:
        """Store a message before the acknowledgement; answer it in the background."""
        try:
            is_new = await self.incoming_messages.store_message(request)
        except Exception:
            if RETRY_HEADER not in req.headers:  # tell the user once, not at each retry of Slack
                self.deps.background.start(self.router.deliver_answer(MESSAGE_NOT_STORED, request))
            raise
        if is_new:
            self.deps.background.start(self.incoming_messages.answer_message(request))
