"""Installing an app: codes, a token for each workspace, tokens that end and are renewed."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.models import APP_ID, BOT_USER_ID, ApiResponse, ApiArguments, FakeSlackError
from bot.fake_slack.server.workspace import FakeWorkspace


@dataclass(frozen=True)
class OAuthGrant:
    """What somebody agreed to."""

    workspace: FakeWorkspace
    lives: int | None  # seconds that a token lives, where tokens end
    of_all: bool  # of the workspace's whole organisation


class OAuthServer:
    """What Slack knows of one app's installations."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = "1.2", "fake-client-secret"
        self.tokens: dict[str, tuple[FakeWorkspace, datetime | None]] = {}  # whose each is, and when it ends
        self.issued_secrets: list[str] = []  # all that is secret and was ever handed out
        self._codes: dict[str, OAuthGrant] = {}
        self._refreshing: dict[str, OAuthGrant] = {}

    def authorize_install(self, workspace: FakeWorkspace, lifetime_seconds: int | None = None, *, is_org_wide: bool = False) -> str:
        """Let somebody agree to an installation; return the code that Slack sends them back with."""
        code = self._new("code", workspace)
        workspace.is_enterprise_install = is_org_wide
        self._codes[code] = OAuthGrant(workspace, lifetime_seconds, is_org_wide)
        return code

    def uninstall_app(self, workspace: FakeWorkspace) -> None:
        """Let a workspace remove the app: its tokens are good for nothing any more."""
        self.tokens = {token: of for token, of in self.tokens.items() if of[0] is not workspace}

    def find_workspace(self, token: str) -> FakeWorkspace:
        """Return whose a token is; raise Refused where it is nobody's or has ended."""
        workspace, ends = self.tokens.get(token, (None, None))
        if workspace is None:
            raise FakeSlackError("invalid_auth")
        if ends is not None and workspace.clock.now() >= ends:
            raise FakeSlackError("token_expired")
        return workspace

    def grant_access(self, args: ApiArguments, authorization: str) -> ApiResponse:
        """Answer oauth.v2.access."""
        secret = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {secret}":
            raise FakeSlackError("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            return self._tokens(self._used(self._refreshing, args, "refresh_token"))
        grant = self._used(self._codes, args, "code")
        slack = grant.workspace
        return {
            **self._tokens(grant),
            "scope": ",".join(slack.manifest["oauth_config"]["scopes"]["bot"] if slack.manifest else []),
            "bot_user_id": BOT_USER_ID,
            "app_id": APP_ID,
            "team": None if grant.of_all else {"id": slack.team_id, "name": slack.name},
            "enterprise": {"id": slack.enterprise_id, "name": "Org"} if slack.enterprise_id else None,
            "is_enterprise_install": grant.of_all,
            "authed_user": {"id": "U0ADMIN"},
        }

    def _used(self, grants: dict[str, OAuthGrant], args: ApiArguments, what: str) -> OAuthGrant:
        grant = grants.pop(args.get(what, ""), None)
        if grant is None:
            raise FakeSlackError(f"invalid_{what}")
        return grant

    def _tokens(self, grant: OAuthGrant) -> dict[str, Any]:
        token, ends = self._new("xoxb", grant.workspace), None
        answer: dict[str, Any] = {"access_token": token, "token_type": "bot"}
        if grant.lives is not None:
            refresh = self._new("xoxe-1", grant.workspace)
            self._refreshing[refresh] = grant
            ends = grant.workspace.clock.now() + timedelta(seconds=grant.lives)
            answer |= {"refresh_token": refresh, "expires_in": grant.lives}
        self.tokens[token] = (grant.workspace, ends)
        return answer

    def _new(self, kind: str, workspace: FakeWorkspace) -> str:
        self.issued_secrets.append(f"{kind}-{workspace.team_id}-secret{len(self.issued_secrets)}")
        return self.issued_secrets[-1]
