"""What every part of the fake workspace shares: identity, app, time, numbers and change feeds."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bot.fake_slack.blockkit.traversal import interactive_elements
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import (
    BOT_USER_ID,
    TEAM_ID,
    ApiArguments,
    Block,
    FakeSlackError,
    InjectedFault,
    SlackUser,
)
from bot.fake_slack.server.change_feed import ChangeFeed, ChangeKind, WorkspaceChange


class WorkspaceBase:
    """The workspace's identity, the app that is installed in it, its members and its clock."""

    def __init__(self, clock: FakeClock | None = None, manifest: Mapping[str, Any] | None = None) -> None:
        self.clock = clock or FakeClock()
        self.team_id, self.name, self.enterprise_id = TEAM_ID, "Acme", ""
        self.is_enterprise_install = False  # whether the organisation installed the app, not the workspace
        self.is_free_plan = False  # Slack's free plan limits canvases
        self.url = ""
        self.manifest = manifest  # the app's; None for an app with all scopes and all events
        self.declined_scopes: set[str] = set()  # of the manifest's, that were left out at the installation
        self.bot_token, self.signing_secret = "xoxb-fake", "fake-signing-secret"
        self.app_token = "xapp-fake"  # noqa: S105 - a fake token
        bot_name = manifest["features"]["bot_user"]["display_name"] if manifest else "valuemap"
        self.users = {BOT_USER_ID: SlackUser(BOT_USER_ID, bot_name, is_bot=True)}
        self.calls: list[tuple[str, ApiArguments]] = []  # every Web API call, in order
        self.faults: list[InjectedFault] = []
        self.page_size: int | None = None  # the largest page of any list; None for what each call asks for
        self.preparation_notice = ""  # what the page shows while the workspace is not ready; "" once it is
        self._numbers = itertools.count(1)
        self._change_feeds: set[ChangeFeed] = set()

    # For tests

    def record_call(self, method: str, args: ApiArguments) -> None:
        self.calls.append((method, args))

    def count_calls(self, method: str) -> int:
        return Counter(name for name, _ in self.calls)[method]

    def inject_fault(self, method: str, **fault: Any) -> None:
        """Let the next calls of a method fail. The arguments are the fields of InjectedFault."""
        self.faults.append(InjectedFault(method, **fault))

    # Change feeds

    def open_change_feed(self) -> ChangeFeed:
        feed = ChangeFeed()
        self._change_feeds.add(feed)
        return feed

    def close_change_feed(self, feed: ChangeFeed) -> None:
        self._change_feeds.discard(feed)

    def end_change_feeds(self) -> None:
        for feed in self._change_feeds:
            feed.end()

    def publish_change(self, kind: ChangeKind, key: str = "") -> None:
        for feed in self._change_feeds:
            feed.add_change(WorkspaceChange(kind, key))

    # Ids

    def next_number(self) -> int:
        """Return a number that this workspace has not used yet: the unique part of each id."""
        return next(self._numbers)

    def start_numbers_at(self, number: int) -> None:
        self._numbers = itertools.count(number)

    def new_ts(self) -> str:
        """Return a message timestamp: seconds, and a counter in place of the microseconds."""
        return f"{int(self.clock.now().timestamp())}.{self.next_number() % 1_000_000:06d}"

    def assign_block_ids(self, blocks: Iterable[Block]) -> list[Block]:
        """Return the blocks with a generated block_id or action_id wherever the app gave none."""
        identified = [{"block_id": f"b{self.next_number()}", **block} for block in blocks]
        for element in (element for block in identified for element in interactive_elements(block)):
            if element["type"] != "image":
                element.setdefault("action_id", f"a{self.next_number()}")
        return identified

    # The app

    def is_subscribed(self, event: str) -> bool:
        """Say whether the app gets an event: "message.im" for direct messages, which needs a scope."""
        if self.manifest is None:
            return True
        if event == "message.im" and "im:history" in self.declined_scopes:
            return False
        return event in self.manifest["settings"]["event_subscriptions"]["bot_events"]

    @property
    def granted_scopes(self) -> list[str]:
        """The scopes of the app's token, in the manifest's order."""
        scopes = self.manifest["oauth_config"]["scopes"]["bot"] if self.manifest else []
        return [scope for scope in scopes if scope not in self.declined_scopes]

    def require_scope(self, *scopes: str) -> None:
        """Raise FakeSlackError unless the app has one of these scopes."""
        if self.manifest is not None and not {*scopes} & {*self.granted_scopes}:
            raise FakeSlackError("missing_scope", ",".join(scopes))

    def require_team(self, args: ApiArguments) -> None:
        """Raise FakeSlackError where the token is an organisation's and the call names no workspace."""
        if not args.get("team_id") and self.is_enterprise_install:
            raise FakeSlackError("missing_argument", "missing required field: team_id")
