"""The Web API: one function a method, each refusing what Slack refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.fake_slack import canvases
from bot.fake_slack.blockkit import Invalid, check_view
from bot.fake_slack.things import BOT, Answer, Args, Channel, Posted, Refused
from bot.fake_slack.workspace import Workspace


def _postable(slack: Workspace, channel: str) -> Channel:
    found = slack.channels.get(channel)
    if found is None or (found.private and BOT not in found.members):
        raise Refused("channel_not_found")
    if found.archived:
        raise Refused("is_archived")
    if BOT not in found.members:
        raise Refused("not_in_channel")
    return found


def _auth_test(slack: Workspace, _args: Args) -> Answer:
    org = {"enterprise_id": slack.enterprise, "is_enterprise_install": slack.by_organisation}
    return {
        "url": f"{slack.url}/",
        "team": slack.name,
        "user": slack.users[BOT].name,
        "team_id": slack.enterprise if slack.by_organisation else slack.team,
        "user_id": BOT,
        "bot_id": "B0BOT",
        **(org if slack.enterprise else {}),
    }


def _connections_open(slack: Workspace, _args: Args) -> Answer:
    return {"url": f"{slack.url.replace('http', 'ws')}/link"}


def _post(slack: Workspace, args: Args) -> Answer:
    target = args["channel"]
    channel = slack.direct(target) if target in slack.users else _postable(slack, target)
    slack.check_message(args)
    posted = slack.post(
        Posted(
            channel.id,
            slack.ts(),
            BOT,
            args.get("text", ""),
            args.get("blocks") or [],
            _thread(slack, channel, args),
            metadata=args.get("metadata"),
        )
    )
    return {"channel": channel.id, "ts": posted.ts}


def _post_ephemeral(slack: Workspace, args: Args) -> Answer:
    channel = _postable(slack, args["channel"])
    if args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    slack.check_message(args)
    posted = slack.post(
        Posted(
            channel.id,
            slack.ts(),
            BOT,
            args["text"],
            args.get("blocks") or [],
            _thread(slack, channel, args),
            only_for=args["user"],
        )
    )
    return {"message_ts": posted.ts}


def _thread(slack: Workspace, channel: Channel, args: Args) -> str | None:
    thread: str | None = args.get("thread_ts")
    if thread:
        slack.message(channel.id, thread)
    return thread


def _own(slack: Workspace, args: Args, refusal: str) -> Posted:
    _postable(slack, args["channel"])
    posted = slack.message(args["channel"], args["ts"])
    if posted.user != BOT:
        raise Refused(refusal)
    return posted


def _update(slack: Workspace, args: Args) -> Answer:
    posted = _own(slack, args, "cant_update_message")
    slack.check_message(args)
    slack.edit(posted, args.get("text", ""), args.get("blocks") or [])
    return {"channel": posted.channel, "ts": posted.ts}


def _delete(slack: Workspace, args: Args) -> Answer:
    posted = _own(slack, args, "cant_delete_message")
    slack.remove(posted)
    return {"channel": posted.channel, "ts": posted.ts}


def _history(slack: Workspace, args: Args) -> Answer:
    channel = _postable(slack, args["channel"])
    slack.check_scope(f"{channel.family}:history")
    thread, oldest = args.get("ts"), float(args.get("oldest", 0))
    with_metadata = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
    found = [
        {"ts": posted.ts, **({"metadata": posted.metadata} if with_metadata and posted.metadata else {})}
        for posted in slack.messages
        if posted.channel == channel.id
        and posted.only_for is None
        and float(posted.ts) >= oldest
        and (posted.thread_ts == thread if thread else posted.thread_ts is None)
    ]
    return {"messages": found}


def _conversations_info(slack: Workspace, args: Args) -> Answer:
    channel = slack.channels.get(args["channel"])
    if channel is None or (channel.private and BOT not in channel.members):
        raise Refused("channel_not_found")
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_archived": channel.archived,
            "is_member": BOT in channel.members,
            "properties": canvases.properties(slack, channel.id),
        }
    }


def _conversations_members(slack: Workspace, args: Args) -> Answer:
    channel = slack.channels.get(args["channel"])
    if channel is None or (channel.private and BOT not in channel.members):
        raise Refused("channel_not_found")
    slack.check_scope(f"{channel.family}:read")
    limit, start = int(args.get("limit", 100)), str(args.get("cursor") or "0")
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    members = sorted(channel.members)
    if not start.isdigit() or int(start) > len(members):
        raise Refused("invalid_cursor")
    end = int(start) + limit
    more = str(end) if end < len(members) else ""
    return {"members": members[int(start) : end], "response_metadata": {"next_cursor": more}}


def _conversations_open(slack: Workspace, args: Args) -> Answer:
    return {"channel": {"id": slack.direct(args["users"]).id}}


def _users_conversations(slack: Workspace, args: Args) -> Answer:
    found = [
        {"id": channel.id, "name": channel.name}
        for channel in slack.channels.values()
        if args["user"] in channel.members
        and not channel.is_direct
        and (not channel.private or BOT in channel.members)
    ]
    return {"channels": found}


def _users_info(slack: Workspace, args: Args) -> Answer:
    user = slack.users.get(args["user"])
    if user is None:
        raise Refused("user_not_found")
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


def _reactions_add(slack: Workspace, args: Args) -> Answer:
    _postable(slack, args["channel"])
    slack.react(slack.message(args["channel"], args["timestamp"]), args["name"], BOT)
    return {}


def _reactions_get(slack: Workspace, args: Args) -> Answer:
    _postable(slack, args["channel"])
    posted = slack.message(args["channel"], args["timestamp"])
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


def _views_open(slack: Workspace, args: Args) -> Answer:
    user = slack.open_trigger(args["trigger_id"])
    _check_view(args["view"])
    return {"view": slack.open_view(args["view"], user)}


def _views_push(slack: Workspace, args: Args) -> Answer:
    user = slack.open_trigger(args["trigger_id"])
    _check_view(args["view"])
    return {"view": slack.push_view(args["view"], user)}


def _views_update(slack: Workspace, args: Args) -> Answer:
    current = slack.views.get(args["view_id"])
    if current is None:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != current["hash"]:
        raise Refused("hash_conflict")
    _check_view(args["view"])
    return {"view": slack.store_view(args["view"], current["id"], current["user"])}


def _views_publish(slack: Workspace, args: Args) -> Answer:
    if args["user_id"] not in slack.users:
        raise Refused("user_not_found")
    if slack.manifest is not None and not slack.manifest["features"]["app_home"]["home_tab_enabled"]:
        raise Refused("not_enabled")
    _check_view(args["view"])
    return {"view": slack.publish_home(args["view"], args["user_id"])}


def _check_view(view: Mapping[str, Any]) -> None:
    try:
        check_view(view)
    except Invalid as error:
        raise Refused(
            "view_too_large" if "view_too_large" in str(error) else "invalid_arguments", str(error)
        ) from error


def _upload_url(slack: Workspace, args: Args) -> Answer:
    _ = args["length"]
    file = slack.expect_file(args["filename"], BOT, args.get("alt_txt") or "")
    return {"upload_url": f"{slack.url}/upload/{file.id}", "file_id": file.id}


def _complete_upload(slack: Workspace, args: Args) -> Answer:
    channel = _postable(slack, args["channel_id"]) if args.get("channel_id") else None
    files = [
        slack.store_file(file["id"], file.get("title", ""), channel.id if channel else "")
        for file in args["files"]
    ]
    if channel:
        says = args.get("initial_comment") or ""
        thread = _thread(slack, channel, args)
        slack.post(Posted(channel.id, slack.ts(), BOT, says, [], thread, files=[file.id for file in files]))
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _files_info(slack: Workspace, args: Args) -> Answer:
    return {"file": slack.about_file(slack.file(args["file"]))}


METHODS: dict[str, Callable[[Workspace, Args], Answer]] = {
    "apps.connections.open": _connections_open,
    "auth.test": _auth_test,
    "canvases.create": canvases.create,
    "canvases.edit": canvases.edit,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.postMessage": _post,
    "chat.update": _update,
    "conversations.canvases.create": canvases.create_in_channel,
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


def answer(slack: Workspace, method: str, args: Args) -> Answer:
    """Return what Slack answers to a call."""
    if method not in METHODS:
        return {"ok": False, "error": "unknown_method"}
    try:
        if method in SCOPES:
            slack.check_scope(*SCOPES[method])
        return {"ok": True, **METHODS[method](slack, args)}
    except Refused as refused:
        messages = [f"[ERROR] {refused.detail}"]
        return {"ok": False, "error": refused.error, "response_metadata": {"messages": messages}}
    except KeyError as missing:
        return {"ok": False, "error": "invalid_arguments", "needed": str(missing)}
