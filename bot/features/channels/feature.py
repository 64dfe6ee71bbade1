"""The feature channels: it handles channel events, and says what Slack refuses in a channel."""

from bot.features.channels.listeners import (
    archive_channel,
    change_channel_id,
    forget_former_member,
    forget_members,
    retry_channel,
    welcome_member,
)
from bot.features.channels.posting import send_notice
from bot.features.feature import Feature
from bot.jobs.model import NOTICE_JOB

FEATURE = Feature(
    events={
        "channel_id_changed": change_channel_id,
        "member_joined_channel": welcome_member,
        "member_left_channel": forget_former_member,
        "channel_deleted": archive_channel,
        "channel_left": forget_members,
        "channel_unarchive": retry_channel,
        # Slack calls private channels groups in the names of these events.
        "group_deleted": archive_channel,
        "group_left": forget_members,
        "group_unarchive": retry_channel,
    },
    jobs={NOTICE_JOB: send_notice},
)
