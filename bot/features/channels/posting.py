"""The job that tells a member that something they asked for could not be posted."""

import logging
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from bot.features.channels.blocks import build_notice
from bot.jobs.model import Job
from bot.jobs.posting import post_once
from bot.slack.api_errors import read_slack_error
from bot.slack.deps import Deps

log = logging.getLogger(__name__)


async def send_notice(job: Job, deps: Deps) -> None:
    """Send the notice as a direct message; if Slack refuses that, only to its reader in the channel.

    The job's subject is USER:CHANNEL:ERROR.
    """
    user_id, channel_id, error_code = job.subject.split(":", 2)
    message = build_notice(channel_id, error_code)
    try:
        direct_message = await deps.slack.conversations_open(users=user_id)
        dm_channel: dict[str, str] = direct_message["channel"]
        await post_once(replace(job, channel_id=dm_channel["id"]), deps, message)
    except SlackApiError as error:
        if read_slack_error(error).is_temporary:
            raise
        log.info("%s: no direct message: %s", job.kind.name, read_slack_error(error).reason)
    else:
        return
    try:
        await deps.slack.chat_postEphemeral(
            channel=channel_id, user=user_id, text=message.text, blocks=message.blocks
        )
    except SlackApiError as error:
        if read_slack_error(error).is_temporary:
            raise
        log.warning("%s: nobody could be told: %s", job.kind.name, read_slack_error(error).reason)
