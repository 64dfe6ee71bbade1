"""Installing an app: codes, a token for each workspace, tokens that end and are renewed."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.things import APP, BOT, Answer, Args, Refused
from bot.fake_slack.workspace import Workspace


@dataclass(frozen=True)
class Grant:
    """What somebody agreed to."""

    workspace: Workspace
    lives: int | None  # seconds that a token lives, where tokens end
    of_all: bool  # of the workspace's whole organisation


class Installing:
    """What Slack knows of one app's installations."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = "1.2", "playground-client-secret"
        self.tokens: dict[str, tuple[Workspace, datetime | None]] = {}  # whose each is, and when it ends
        self.issued: list[str] = []  # all that is secret and was ever handed out
        self._codes: dict[str, Grant] = {}
        self._refreshing: dict[str, Grant] = {}

    def agree(self, workspace: Workspace, lives: int | None = None, *, of_all: bool = False) -> str:
        """Let somebody agree to an installation; return the code that Slack sends them back with."""
        code = self._new("code", workspace)
        workspace.by_organisation = of_all
        self._codes[code] = Grant(workspace, lives, of_all)
        return code

    def remove(self, workspace: Workspace) -> None:
        """Let a workspace remove the app: its tokens are good for nothing any more."""
        self.tokens = {token: of for token, of in self.tokens.items() if of[0] is not workspace}

    def workspace_of(self, token: str) -> Workspace:
        """Return whose a token is; raise Refused where it is nobody's or has ended."""
        workspace, ends = self.tokens.get(token, (None, None))
        if workspace is None:
            raise Refused("invalid_auth")
        if ends is not None and workspace.clock.now() >= ends:
            raise Refused("token_expired")
        return workspace

    def access(self, args: Args, authorization: str) -> Answer:
        """Answer oauth.v2.access."""
        secret = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {secret}":
            raise Refused("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            return self._tokens(self._used(self._refreshing, args, "refresh_token"))
        grant = self._used(self._codes, args, "code")
        slack = grant.workspace
        return {
            **self._tokens(grant),
            "scope": ",".join(slack.manifest["oauth_config"]["scopes"]["bot"] if slack.manifest else []),
            "bot_user_id": BOT,
            "app_id": APP,
            "team": None if grant.of_all else {"id": slack.team, "name": slack.name},
            "enterprise": {"id": slack.enterprise, "name": "Org"} if slack.enterprise else None,
            "is_enterprise_install": grant.of_all,
            "authed_user": {"id": "U0ADMIN"},
        }

    def _used(self, grants: dict[str, Grant], args: Args, what: str) -> Grant:
        grant = grants.pop(args.get(what, ""), None)
        if grant is None:
            raise Refused(f"invalid_{what}")
        return grant

    def _tokens(self, grant: Grant) -> dict[str, Any]:
        token, ends = self._new("xoxb", grant.workspace), None
        answer: dict[str, Any] = {"access_token": token, "token_type": "bot"}
        if grant.lives is not None:
            refresh = self._new("xoxe-1", grant.workspace)
            self._refreshing[refresh] = grant
            ends = grant.workspace.clock.now() + timedelta(seconds=grant.lives)
            answer |= {"refresh_token": refresh, "expires_in": grant.lives}
        self.tokens[token] = (grant.workspace, ends)
        return answer

    def _new(self, kind: str, workspace: Workspace) -> str:
        self.issued.append(f"{kind}-{workspace.team}-secret{len(self.issued)}")
        return self.issued[-1]
