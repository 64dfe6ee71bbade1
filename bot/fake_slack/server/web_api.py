"""The Web API: one function a method, each refusing what Slack refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.fake_slack.blockkit import InvalidBlocks, check_view
from bot.fake_slack.models import BOT_USER_ID, ApiResponse, ApiArguments, SlackChannel, SlackMessage, FakeSlackError
from bot.fake_slack.server import canvas_api
from bot.fake_slack.server.workspace import FakeWorkspace


def _postable(slack: FakeWorkspace, channel: str) -> SlackChannel:
    found = slack.channels.get(channel)
    if found is None or (found.is_private and BOT_USER_ID not in found.member_ids):
        raise FakeSlackError("channel_not_found")
    if found.is_archived:
        raise FakeSlackError("is_archived")
    if BOT_USER_ID not in found.member_ids:
        raise FakeSlackError("not_in_channel")
    return found


def _auth_test(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
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


def _connections_open(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    return {"url": f"{slack.url.replace('http', 'ws')}/link"}


def _post(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    target = args["channel"]
    channel = slack.direct_channel(target) if target in slack.users else _postable(slack, target)
    slack.validate_message(args)
    posted = slack.post_message(
        SlackMessage(
            channel.id,
            slack.new_ts(),
            BOT_USER_ID,
            args.get("text", ""),
            args.get("blocks") or [],
            _thread(slack, channel, args),
            metadata=args.get("metadata"),
        )
    )
    return {"channel": channel.id, "ts": posted.ts}


def _post_ephemeral(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = _postable(slack, args["channel"])
    if args["user"] not in channel.member_ids:
        raise FakeSlackError("user_not_in_channel")
    slack.validate_message(args)
    posted = slack.post_message(
        SlackMessage(
            channel.id,
            slack.new_ts(),
            BOT_USER_ID,
            args["text"],
            args.get("blocks") or [],
            _thread(slack, channel, args),
            ephemeral_user_id=args["user"],
        )
    )
    return {"message_ts": posted.ts}


def _thread(slack: FakeWorkspace, channel: SlackChannel, args: ApiArguments) -> str | None:
    thread: str | None = args.get("thread_ts")
    if thread:
        slack.find_message(channel.id, thread)
    return thread


def _own(slack: FakeWorkspace, args: ApiArguments, refusal: str) -> SlackMessage:
    _postable(slack, args["channel"])
    posted = slack.find_message(args["channel"], args["ts"])
    if posted.user_id != BOT_USER_ID:
        raise FakeSlackError(refusal)
    return posted


def _update(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    posted = _own(slack, args, "cant_update_message")
    slack.validate_message(args)
    slack.edit_message(posted, args.get("text", ""), args.get("blocks") or [])
    return {"channel": posted.channel_id, "ts": posted.ts}


def _delete(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    posted = _own(slack, args, "cant_delete_message")
    slack.delete_message(posted)
    return {"channel": posted.channel_id, "ts": posted.ts}


def _history(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = _postable(slack, args["channel"])
    slack.require_scope(f"{channel.scope_prefix}:history")
    thread, oldest = args.get("ts"), float(args.get("oldest", 0))
    with_metadata = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
    found = [
        {"ts": posted.ts, **({"metadata": posted.metadata} if with_metadata and posted.metadata else {})}
        for posted in slack.messages
        if posted.channel_id == channel.id
        and posted.ephemeral_user_id is None
        and float(posted.ts) >= oldest
        and (posted.thread_ts == thread if thread else posted.thread_ts is None)
    ]
    return {"messages": found}


def _conversations_info(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = slack.channels.get(args["channel"])
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_archived": channel.is_archived,
            "is_member": BOT_USER_ID in channel.member_ids,
            "properties": canvas_api.properties(slack, channel.id),
        }
    }


def _conversations_members(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = slack.channels.get(args["channel"])
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.member_ids):
        raise FakeSlackError("channel_not_found")
    slack.require_scope(f"{channel.scope_prefix}:read")
    limit, start = int(args.get("limit", 100)), str(args.get("cursor") or "0")
    if not 1 <= limit <= 1000:
        raise FakeSlackError("invalid_limit")
    members = sorted(channel.member_ids)
    if not start.isdigit() or int(start) > len(members):
        raise FakeSlackError("invalid_cursor")
    end = int(start) + limit
    more = str(end) if end < len(members) else ""
    return {"members": members[int(start) : end], "response_metadata": {"next_cursor": more}}


def _conversations_open(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    return {"channel": {"id": slack.direct_channel(args["users"]).id}}


def _users_conversations(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    found = [
        {"id": channel.id, "name": channel.name}
        for channel in slack.channels.values()
        if args["user"] in channel.member_ids
        and not channel.is_direct
        and (not channel.is_private or BOT_USER_ID in channel.member_ids)
    ]
    return {"channels": found}


def _users_info(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
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


def _reactions_add(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    _postable(slack, args["channel"])
    slack.add_reaction(slack.find_message(args["channel"], args["timestamp"]), args["name"], BOT_USER_ID)
    return {}


def _reactions_get(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    _postable(slack, args["channel"])
    posted = slack.find_message(args["channel"], args["timestamp"])
    full = str(args.get("full", "")).lower() in {"1", "true"}
    return {
        "message": {
            "ts": posted.ts,
            "reactions": [
                {"name": name, "users": users if full else users[:1], "count": len(users)}
                for name, users in posted.reactions.items()
                if users
            ],
        }
    }


def _views_open(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user = slack.use_trigger_id(args["trigger_id"])
    _check_view(args["view"])
    return {"view": slack.open_view(args["view"], user)}


def _views_push(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user = slack.use_trigger_id(args["trigger_id"])
    _check_view(args["view"])
    return {"view": slack.push_view(args["view"], user)}


def _views_update(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    current = slack.views.get(args["view_id"])
    if current is None:
        raise FakeSlackError("not_found")
    if args.get("hash") and args["hash"] != current["hash"]:
        raise FakeSlackError("hash_conflict")
    _check_view(args["view"])
    return {"view": slack.store_view(args["view"], current["id"], current["user"])}


def _views_publish(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    if args["user_id"] not in slack.users:
        raise FakeSlackError("user_not_found")
    if slack.manifest is not None and not slack.manifest["features"]["app_home"]["home_tab_enabled"]:
        raise FakeSlackError("not_enabled")
    _check_view(args["view"])
    return {"view": slack.publish_home(args["view"], args["user_id"])}


def _check_view(view: Mapping[str, Any]) -> None:
    try:
        check_view(view)
    except InvalidBlocks as error:
        raise FakeSlackError(
            "view_too_large" if "view_too_large" in str(error) else "invalid_arguments", str(error)
        ) from error


def _upload_url(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    _ = args["length"]
    file = slack.start_upload(args["filename"], BOT_USER_ID, args.get("alt_txt") or "")
    return {"upload_url": f"{slack.url}/upload/{file.id}", "file_id": file.id}


def _complete_upload(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    channel = _postable(slack, args["channel_id"]) if args.get("channel_id") else None
    files = [
        slack.finish_upload(file["id"], file.get("title", ""), channel.id if channel else "")
        for file in args["files"]
    ]
    if channel:
        says = args.get("initial_comment") or ""
        thread = _thread(slack, channel, args)
        slack.post_message(SlackMessage(channel.id, slack.new_ts(), BOT_USER_ID, says, [], thread, file_ids=[file.id for file in files]))
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _files_info(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    return {"file": slack.file_payload(slack.find_file(args["file"]))}


API_METHODS: dict[str, Callable[[FakeWorkspace, ApiArguments], ApiResponse]] = {
    "apps.connections.open": _connections_open,
    "auth.test": _auth_test,
    "canvases.create": canvas_api.create,
    "canvases.edit": canvas_api.edit,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.postMessage": _post,
    "chat.update": _update,
    "conversations.canvases.create": canvas_api.create_in_channel,
    "conversations.history": _history,
    "conversations.info": _conversations_info,
    "conversations.members": _conversations_members,
    "conversations.open": _conversations_open,
    "conversations.replies": _history,
    "files.completeUploadExternal": _complete_upload,
    "files.getUploadURLExternal": _upload_url,
    "files.info": _files_info,
    "reactions.add": _reactions_add,
    "reactions.get": _reactions_get,
    "users.conversations": _users_conversations,
    "users.info": _users_info,
    "views.open": _views_open,
    "views.publish": _views_publish,
    "views.push": _views_push,
    "views.update": _views_update,
}
# Methods that are not named need none, or one that depends on the channel.
SCOPES = {
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
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
}


def call_method(slack: FakeWorkspace, method: str, args: ApiArguments) -> ApiResponse:
    """Return what Slack answers to a call."""
    if method not in API_METHODS:
        return {"ok": False, "error": "unknown_method"}
    try:
        if method in SCOPES:
            slack.require_scope(*SCOPES[method])
        return {"ok": True, **API_METHODS[method](slack, args)}
    except FakeSlackError as refused:
        messages = [f"[ERROR] {refused.detail}"]
        return {"ok": False, "error": refused.error, "response_metadata": {"messages": messages}}
    except KeyError as missing:
        return {"ok": False, "error": "invalid_arguments", "needed": str(missing)}
