"""The Web API: one function for each method, each refusing what Slack refuses.

Error codes and scopes: https://docs.slack.dev/reference/methods, on the page of each method.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.fake_slack.blockkit import InvalidBlocks, check_view
from bot.fake_slack.models import (
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    SlackChannel,
    SlackMessage,
)
from bot.fake_slack.server import canvas_api, message_api
from bot.fake_slack.server.workspace import FakeWorkspace


def _test_auth(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    org = {"enterprise_id": slack.enterprise_id, "is_enterprise_install": slack.is_enterprise_install}
    return {
        "url": f"{slack.url}/",
        "team": slack.name,
        "user": slack.users[BOT_USER_ID].name,
        "team_id": slack.enterprise_id if slack.is_enterprise_install else slack.team_id,
        "user_id": BOT_USER_ID,
        "bot_id": "B0BOT",
        **(org if slack.enterprise_id else {}),
    }


def _open_connection(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    return {"url": f"{slack.url.replace('http', 'ws')}/link"}


def _require_visible(slack: FakeWorkspace, channel_id: str) -> SlackChannel:
    """Return a channel that the bot may read about; raise FakeSlackError for any other."""
    channel = slack.channels.get(channel_id)
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    return channel


def _get_conversation(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = _require_visible(slack, args["channel"])
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_archived": channel.is_archived,
            "is_member": BOT_USER_ID in channel.member_ids,
            "properties": canvas_api.channel_properties(slack, channel.id),
        }
    }


def _list_members(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = _require_visible(slack, args["channel"])
    slack.require_scope(f"{channel.scope_prefix}:read")
    # Pages of at most 1,000 members; the cursor is opaque to the app, here it is an offset.
    limit, cursor = int(args.get("limit", 100)), str(args.get("cursor") or "0")
    if not 1 <= limit <= 1000:
        raise FakeSlackError("invalid_limit")
    members = sorted(channel.member_ids)
    if not cursor.isdigit() or int(cursor) > len(members):
        raise FakeSlackError("invalid_cursor")
    end = int(cursor) + limit
    next_cursor = str(end) if end < len(members) else ""
    return {"members": members[int(cursor) : end], "response_metadata": {"next_cursor": next_cursor}}


def _open_conversation(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    return {"channel": {"id": slack.direct_channel(args["users"]).id}}


def _list_conversations(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channels = [
        {"id": channel.id, "name": channel.name}
        for channel in slack.channels.values()
        if args["user"] in channel.member_ids
        and not channel.is_direct
        and (not channel.is_private or BOT_USER_ID in channel.member_ids)
    ]
    return {"channels": channels}


def _get_user(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user = slack.users.get(args["user"])
    if user is None:
        raise FakeSlackError("user_not_found")
    return {
        "user": {
            "id": user.id,
            "name": user.name.lower(),
            "real_name": user.name,
            "tz": user.time_zone,
            "is_bot": user.is_bot,
            "is_admin": user.is_admin,
            "profile": {"display_name": user.name},
        }
    }


def _list_user_groups(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    groups = [
        {"id": key, "team_id": slack.team_id, "handle": handle, "name": handle}
        for key, handle in slack.user_groups.items()
    ]
    return {"usergroups": groups}


def _open_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user_id = slack.use_trigger_id(args["trigger_id"])
    _validate_view(args["view"])
    return {"view": slack.open_view(args["view"], user_id)}


def _push_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user_id = slack.use_trigger_id(args["trigger_id"])
    _validate_view(args["view"])
    return {"view": slack.push_view(args["view"], user_id)}


def _update_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    current = slack.views.get(args["view_id"])
    if current is None:
        raise FakeSlackError("not_found")
    if args.get("hash") and args["hash"] != current["hash"]:
        raise FakeSlackError("hash_conflict")
    _validate_view(args["view"])
    return {"view": slack.store_view(args["view"], current["id"], current["user"])}


def _publish_home(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    if args["user_id"] not in slack.users:
        raise FakeSlackError("user_not_found")
    if slack.manifest is not None and not slack.manifest["features"]["app_home"]["home_tab_enabled"]:
        raise FakeSlackError("not_enabled")
    _validate_view(args["view"])
    return {"view": slack.publish_home(args["view"], args["user_id"])}


def _validate_view(view: Mapping[str, Any]) -> None:
    try:
        check_view(view)
    except InvalidBlocks as error:
        error_code = "view_too_large" if "view_too_large" in str(error) else "invalid_arguments"
        raise FakeSlackError(error_code, str(error)) from error


def _start_upload(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    _ = args["length"]  # required: a call without it is refused
    file = slack.start_upload(args["filename"], BOT_USER_ID, args.get("alt_txt") or "")
    return {"upload_url": f"{slack.url}/upload/{file.id}", "file_id": file.id}


def _complete_upload(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = message_api.require_postable(slack, args["channel_id"]) if args.get("channel_id") else None
    files = [
        slack.finish_upload(file["id"], file.get("title", ""), channel.id if channel else "")
        for file in args["files"]
    ]
    if channel:
        comment = args.get("initial_comment") or ""
        thread_ts = message_api.require_thread(slack, channel, args)
        file_ids = [file.id for file in files]
        slack.post_message(
            SlackMessage(channel.id, slack.new_ts(), BOT_USER_ID, comment, [], thread_ts, file_ids=file_ids)
        )
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _get_file(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    return {"file": slack.file_payload(slack.find_file(args["file"]))}


API_METHODS: dict[str, Callable[[FakeWorkspace, ApiArguments], ApiResponse]] = {
    "apps.connections.open": _open_connection,
    "auth.test": _test_auth,
    "canvases.create": canvas_api.create_canvas,
    "canvases.edit": canvas_api.edit_canvas,
    "chat.delete": message_api.delete_message,
    "chat.postEphemeral": message_api.post_ephemeral,
    "chat.postMessage": message_api.post_message,
    "chat.update": message_api.update_message,
    "conversations.canvases.create": canvas_api.create_channel_canvas,
    "conversations.history": message_api.list_messages,
    "conversations.info": _get_conversation,
    "conversations.members": _list_members,
    "conversations.open": _open_conversation,
    "conversations.replies": message_api.list_messages,
    "files.completeUploadExternal": _complete_upload,
    "files.getUploadURLExternal": _start_upload,
    "files.info": _get_file,
    "reactions.add": message_api.add_reaction,
    "reactions.get": message_api.get_reactions,
    "usergroups.list": _list_user_groups,
    "users.conversations": _list_conversations,
    "users.info": _get_user,
    "views.open": _open_view,
    "views.publish": _publish_home,
    "views.push": _push_view,
    "views.update": _update_view,
}
# Each method needs one of these scopes. A method that is missing here needs none, or checks the scope itself
# because it depends on the type of channel.
METHOD_SCOPES = {
    "canvases.create": ("canvases:write",),
    "canvases.edit": ("canvases:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.canvases.create": ("canvases:write",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "usergroups.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
}


def call_method(slack: FakeWorkspace, method: str, args: ApiArguments) -> ApiResponse:
    """Return Slack's answer to a call, an error where Slack refuses it."""
    if method not in API_METHODS:
        return {"ok": False, "error": "unknown_method"}
    try:
        if method in METHOD_SCOPES:
            slack.require_scope(*METHOD_SCOPES[method])
        return {"ok": True, **API_METHODS[method](slack, args)}
    except FakeSlackError as error:
        messages = [f"[ERROR] {error.detail}"]
        return {"ok": False, "error": error.error, "response_metadata": {"messages": messages}}
    except KeyError as missing:
        return {"ok": False, "error": "invalid_arguments", "needed": str(missing)}
