"""An uninstall, and an admin who deletes all data."""

from bot.features.workspaces.data_deletion import blocks
from bot.features.workspaces.data_deletion.listeners import open_confirmation, on_tokens_revoked, delete_data, on_app_uninstalled
from bot.features.feature import Feature

FEATURE = Feature(
    actions={"forget": open_confirmation},
    views={blocks.DELETE_CALLBACK_ID: delete_data},
    events={"app_uninstalled": on_app_uninstalled, "tokens_revoked": on_tokens_revoked},
)
