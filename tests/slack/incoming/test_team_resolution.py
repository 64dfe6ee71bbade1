"""The workspace of a payload, also where an Enterprise organisation has the app."""

from typing import Any

import pytest

from bot.slack.incoming.team_resolution import read_team_id

ORGANISATION_AUTHORIZATIONS = [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]


@pytest.mark.parametrize(
    ("body", "team_id"),
    [
        ({"team_id": "T1", "authorizations": [{"team_id": "T2"}]}, "T2"),
        ({"team_id": "T1", "authorizations": ORGANISATION_AUTHORIZATIONS}, "T1"),
        ({"team_id": "T1", "context_team_id": "T2", "authorizations": ORGANISATION_AUTHORIZATIONS}, "T2"),
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
def test_the_workspace_of_a_payload_is_found(body: dict[str, Any], team_id: str | None) -> None:
    assert read_team_id(body) == team_id
