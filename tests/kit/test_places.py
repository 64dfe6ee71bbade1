"""Which workspace something is of, where an organisation has the app."""

from typing import Any

import pytest

from bot.slack.incoming.team_resolution import read_team_id

OF_ORG = [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1", "authorizations": [{"team_id": "T2"}]}, "T2"),
        ({"team_id": "T1", "authorizations": OF_ORG}, "T1"),
        ({"team_id": "T1", "context_team_id": "T2", "authorizations": OF_ORG}, "T2"),
        ({"team_id": "T1", "context_team_id": "T2"}, "T2"),
        ({"team_id": "T1", "context_team_id": "T2", "authorizations": []}, "T2"),
        ({"team_id": "T1", "context_team_id": None, "authorizations": None}, "T1"),
        ({"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T2"}}, "T1"),
        ({"team": None, "user": {"id": "U1", "team_id": "T2"}}, "T2"),
        ({"team": {"id": "T1"}, "view": {"app_installed_team_id": "T3"}}, "T3"),
        ({"team": None, "view": {"app_installed_team_id": "E1"}, "user": {"team_id": "T2"}}, "T2"),
        ({"team": None, "enterprise": {"id": "E1"}, "user": "U1"}, None),
        ({"team_id": 7, "user": {"team_id": ["T2"]}}, None),
        ({}, None),
    ],
)
def test_the_workspace_is_found(body: dict[str, Any], team: str | None) -> None:
    assert read_team_id(body) == team
