"""Slack's side of OAuth: codes, a token for each installation, tokens that expire and are refreshed.

https://docs.slack.dev/authentication/installing-with-oauth and using-token-rotation
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.fake_slack.models import APP_ID, BOT_USER_ID, ApiArguments, ApiResponse, FakeSlackError
from bot.fake_slack.server.workspace import FakeWorkspace


@dataclass(frozen=True)
class OAuthGrant:
    """What a user agreed to when they installed the app."""

    workspace: FakeWorkspace
    lifetime_seconds: int | None  # of each token; None for tokens that do not expire
    is_org_wide: bool  # for the workspace's whole organisation


class OAuthServer:
    """The installations of one app."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = "1.2", "fake-client-secret"
        self.tokens: dict[str, tuple[FakeWorkspace, datetime | None]] = {}  # workspace and expiry by token
        self.issued_secrets: list[str] = []  # every code and token, for tests that look for leaks
        self._codes: dict[str, OAuthGrant] = {}
        self._refresh_tokens: dict[str, OAuthGrant] = {}

    def authorize_install(
        self, workspace: FakeWorkspace, lifetime_seconds: int | None = None, *, is_org_wide: bool = False
    ) -> str:
        """Agree to an installation; return the code that Slack sends the user back with."""
        code = self._issue_secret("code", workspace)
        workspace.is_enterprise_install = is_org_wide
        self._codes[code] = OAuthGrant(workspace, lifetime_seconds, is_org_wide)
        return code

    def uninstall_app(self, workspace: FakeWorkspace) -> None:
        """Remove the app from a workspace: its tokens stop working."""
        self.tokens = {token: owner for token, owner in self.tokens.items() if owner[0] is not workspace}

    def find_workspace(self, token: str) -> FakeWorkspace:
        """Return the workspace of a token; raise FakeSlackError where the token is unknown or expired."""
        workspace, expires_at = self.tokens.get(token, (None, None))
        if workspace is None:
            raise FakeSlackError("invalid_auth")
        if expires_at is not None and workspace.clock.now() >= expires_at:
            raise FakeSlackError("token_expired")
        return workspace

    def grant_access(self, args: ApiArguments, authorization: str) -> ApiResponse:
        """Answer oauth.v2.access: exchange a code or a refresh token for a token."""
        credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {credentials}":
            raise FakeSlackError("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            return self._issue_tokens(self._use_grant(self._refresh_tokens, args, "refresh_token"))
        grant = self._use_grant(self._codes, args, "code")
        slack = grant.workspace
        return {
            **self._issue_tokens(grant),
            "scope": ",".join(slack.granted_scopes),
            "bot_user_id": BOT_USER_ID,
            "app_id": APP_ID,
            "team": None if grant.is_org_wide else {"id": slack.team_id, "name": slack.name},
            "enterprise": {"id": slack.enterprise_id, "name": "Org"} if slack.enterprise_id else None,
            "is_enterprise_install": grant.is_org_wide,
            "authed_user": {"id": "U0ADMIN"},
        }

    def _use_grant(self, grants: dict[str, OAuthGrant], args: ApiArguments, name: str) -> OAuthGrant:
        """Return the grant of a code or refresh token, which works once."""
        grant = grants.pop(args.get(name, ""), None)
        if grant is None:
            raise FakeSlackError(f"invalid_{name}")
        return grant

    def _issue_tokens(self, grant: OAuthGrant) -> dict[str, Any]:
        token, expires_at = self._issue_secret("xoxb", grant.workspace), None
        response: dict[str, Any] = {"access_token": token, "token_type": "bot"}
        if grant.lifetime_seconds is not None:
            refresh_token = self._issue_secret("xoxe-1", grant.workspace)
            self._refresh_tokens[refresh_token] = grant
            expires_at = grant.workspace.clock.now() + timedelta(seconds=grant.lifetime_seconds)
            response |= {"refresh_token": refresh_token, "expires_in": grant.lifetime_seconds}
        self.tokens[token] = (grant.workspace, expires_at)
        return response

    def _issue_secret(self, prefix: str, workspace: FakeWorkspace) -> str:
        self.issued_secrets.append(f"{prefix}-{workspace.team_id}-secret{len(self.issued_secrets)}")
        return self.issued_secrets[-1]
