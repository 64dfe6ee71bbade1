"""The scopes that workspaces granted. Pure."""

from collections.abc import Iterable


class GrantedScopes:
    """The scopes of each workspace's token, as Slack states them in a header of each answer.

    Some scopes are optional. A feature that needs one of these asks here, and says what is missing instead of
    offering what Slack would refuse.
    """

    def __init__(self) -> None:
        self._by_team: dict[str, frozenset[str]] = {}

    def record(self, team_id: str, header: str) -> None:
        """Record the value of the header x-oauth-scopes; "" as the team id stands for the only workspace."""
        if scopes := parse_scopes(header):
            self._by_team[team_id] = scopes

    def lacks(self, team_id: str, scope: str) -> bool:
        """Return whether a workspace did not grant a scope; False while its scopes are unknown."""
        scopes = self._by_team.get(team_id) or self._by_team.get("")
        return scopes is not None and scope not in scopes


def parse_scopes(header: str) -> frozenset[str]:
    """Return the scopes of a list that is separated by commas."""
    return frozenset(scope.strip() for scope in header.split(",") if scope.strip())


def describe_lacking_scope(scopes: Iterable[str]) -> str:
    """Return, for the end of a sentence, which permission is missing and who can give it."""
    names = " or ".join(f"`{scope}`" for scope in sorted(scopes))
    permission = f"the permission {names}" if names else "a permission"
    return f"I lack {permission}, which an admin can give me by installing me again"
