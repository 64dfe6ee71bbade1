"""An uninstall, and an admin who deletes all data."""

from bot.features.workspaces.data_deletion import blocks
from bot.features.workspaces.data_deletion.listeners import ask, revoked, submit, uninstalled
from bot.features.feature import Feature

FEATURE = Feature(
    actions={"forget": ask},
    views={blocks.FORGET: submit},
    events={"app_uninstalled": uninstalled, "tokens_revoked": revoked},
)
