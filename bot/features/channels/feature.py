"""Channels follow Slack: moved, deleted, unarchived, or the bot invited again."""

from bot.features.channels.listeners import archive_channel, change_channel_id, retry_channel
from bot.features.feature import Feature

FEATURE = Feature(
    events={
        "channel_id_changed": change_channel_id,
        "member_joined_channel": retry_channel,
        "channel_deleted": archive_channel,
        "channel_unarchive": retry_channel,
        "group_deleted": archive_channel,
        "group_unarchive": retry_channel,
    }
)
