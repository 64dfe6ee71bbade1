"""What Slack refuses the bot until somebody changes something: one table of its errors. Pure.

A job that Slack refuses waits for that change, and the member who asked for it reads the sentence of its
error. The errors are on the pages of the methods: https://docs.slack.dev/reference/methods.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CHANNEL = "{channel}"  # in a sentence, in place of the channel


class RestrictionScope(StrEnum):
    """What Slack refuses."""

    CHANNEL = "channel"  # messages in one channel
    UPLOAD = "upload"  # files
    WORKSPACE = "workspace"  # everything in the workspace, or everything that needs a scope


@dataclass(frozen=True, slots=True)
class Restriction:
    """Why Slack refuses something, and who can change it, in one sentence of mrkdwn."""

    scope: RestrictionScope
    sentence: str

    def describe(self, channel_id: str = "") -> str:
        """Return the sentence, with a link to the channel if its id is given."""
        return self.sentence.replace(CHANNEL, f"<#{channel_id}>" if channel_id else "that channel")


def find_restriction(error_code: str) -> Restriction | None:
    """Return the restriction that an error of Slack means; None for any other error."""
    restriction = RESTRICTIONS.get(error_code)
    if restriction is None and error_code.startswith("restricted_action_"):  # Slack adds more of them
        return RESTRICTIONS["restricted_action"]
    return restriction


def restricts_channel(error_code: str) -> bool:
    """Return whether an error of Slack means that it refuses the bot's messages in a channel."""
    restriction = find_restriction(error_code)
    return restriction is not None and restriction.scope is RestrictionScope.CHANNEL


def describe_restriction(error_code: str, channel_id: str) -> str:
    """Return why Slack refuses something, and who can change it; an unknown error is quoted."""
    restriction = find_restriction(error_code)
    if restriction is None:
        return f"Slack answers `{error_code}`, which I do not know: please tell the person who runs me."
    return restriction.describe(channel_id)


def _refuse(scope: RestrictionScope, sentence: str, *error_codes: str) -> dict[str, Restriction]:
    return dict.fromkeys(error_codes, Restriction(scope, sentence))


RESTRICTIONS: Mapping[str, Restriction] = {
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because a setting says who may: a channel manager or a "
        "workspace admin can change it.",
        "restricted_action",
        "no_permission",
        "posting_to_channel_denied",
        "posting_to_general_channel_denied",
        "user_is_restricted",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because it is read-only: a channel manager or a workspace "
        "admin can let me post there.",
        "restricted_action_read_only_channel",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack takes only replies in threads in {channel}, and a canvas needs messages of its own: a "
        "channel manager or a workspace admin can change that.",
        "restricted_action_thread_only_channel",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack takes no replies in threads in {channel}: choose cards in the channel with `/valuemap "
        "settings`, or ask a channel manager or a workspace admin to allow threads.",
        "restricted_action_non_threadable_channel",
        "cannot_reply_to_message",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "The thread of the canvas in {channel} is locked: a workspace admin can unlock it, or choose cards "
        "in the channel with `/valuemap settings`.",
        "restricted_action_thread_locked",
        "thread_locked",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because I am not in it: invite me there with `/invite` "
        "and my name.",
        "not_in_channel",
        "channel_not_found",
        "channel_is_limited_access",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because it is archived: somebody in it can unarchive it.",
        "is_archived",
        "is_inactive",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because this workspace's admins have turned messages off "
        "there: only they can turn them on.",
        "ekm_access_denied",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because the organisation gave me no access to its "
        "workspace: an admin of the organisation can give it.",
        "team_access_not_granted",
        "access_denied",
        "enterprise_is_restricted",
        "org_login_required",
        "team_not_found",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because the app's Messages tab is off: the person who runs "
        "me can turn it on.",
        "messages_tab_disabled",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack takes no more messages, because this workspace has sent as many as its plan allows: a "
        "workspace owner can change the plan.",
        "message_limit_exceeded",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel} with the kind of access that I have: the person who runs me "
        "can install me again.",
        "as_user_not_supported",
        "not_allowed_token_type",
    ),
    **_refuse(
        RestrictionScope.CHANNEL,
        "Slack does not let me post in {channel}, because an organisation that shares it forbids that: an "
        "admin of that organisation can allow it.",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
    ),
    **_refuse(
        RestrictionScope.WORKSPACE,
        "Slack does not let me change my messages in {channel} any more, because a setting limits for how "
        "long messages can be edited: a workspace admin can change it.",
        "edit_window_closed",
    ),
    **_refuse(
        RestrictionScope.UPLOAD,
        "Slack takes no file from me, because file uploads are turned off in this workspace: a workspace "
        "admin can turn them on.",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "upload_disabled",
    ),
    **_refuse(
        RestrictionScope.UPLOAD,
        "Slack takes no file from me, because this workspace's storage is full: delete files there, or ask "
        "a workspace owner for more.",
        "storage_limit_reached",
        "over_file_storage_limit",
    ),
    **_refuse(
        RestrictionScope.UPLOAD,
        "Slack does not take the file, because this workspace limits the size of files and it is larger: a "
        "workspace admin can raise the limit.",
        "file_upload_size_restricted",
        "file_too_large",
        "snippet_too_large",
    ),
    **_refuse(
        RestrictionScope.UPLOAD,
        "Slack does not take the file, because this workspace allows no files of its type: a workspace "
        "admin can allow them.",
        "blocked_file_type",
        "file_type_not_allowed",
        "restricted_file_type",
    ),
    **_refuse(
        RestrictionScope.UPLOAD,
        "Slack takes no file here, because an organisation that shares the conversation forbids that: an "
        "admin of that organisation can allow it.",
        "slack_connect_file_upload_sharing_blocked",
        "slack_connect_blocked_file_type",
    ),
    **_refuse(
        RestrictionScope.WORKSPACE,
        "Slack does not accept my access to this workspace any more: a workspace admin or the person who "
        "runs me can install me again.",
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
    ),
    **_refuse(
        RestrictionScope.WORKSPACE,
        "I lack a permission that Slack requires for this: the person who runs me can add it and "
        "install me again.",
        "missing_scope",
    ),
}
