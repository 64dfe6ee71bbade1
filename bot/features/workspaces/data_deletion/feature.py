"""The routes of app removal and data deletion."""

from bot.features.feature import Feature
from bot.features.workspaces.data_deletion import blocks
from bot.features.workspaces.data_deletion.listeners import (
    delete_data,
    on_app_uninstalled,
    on_team_access_granted,
    on_team_access_revoked,
    on_tokens_revoked,
    open_confirmation,
)

FEATURE = Feature(
    actions={"forget": open_confirmation},
    views={blocks.DELETE_CALLBACK_ID: delete_data},
    events={
        "app_uninstalled": on_app_uninstalled,
        "team_access_granted": on_team_access_granted,
        "team_access_revoked": on_team_access_revoked,
        "tokens_revoked": on_tokens_revoked,
    },
)
