"""The Web API: one function for each method, each refusing what Slack refuses.

Error codes and scopes: https://docs.slack.dev/reference/methods, on the page of each method.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from bot.fake_slack.blockkit import InvalidBlocks, check_view
from bot.fake_slack.models import (
    BOT_ID,
    BOT_USER_ID,
    ApiArguments,
    ApiResponse,
    FakeSlackError,
    SlackMessage,
)
from bot.fake_slack.server import canvas_api, conversation_api, message_api
from bot.fake_slack.server.objects import user_object, view_object
from bot.fake_slack.server.paging import PageRules, cut_page
from bot.fake_slack.server.workspace import FakeWorkspace

USER_PAGES = PageRules("user", default_limit=None, max_limit=999)  # without a limit Slack tries to send all


def _test_auth(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    org = {"enterprise_id": slack.enterprise_id} if slack.enterprise_id else {}
    return {
        "url": f"{slack.url}/",
        "team": slack.name,
        "user": slack.users[BOT_USER_ID].name,
        "team_id": slack.enterprise_id if slack.is_enterprise_install else slack.team_id,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": slack.is_enterprise_install,
        **org,
    }


def _open_connection(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    return {"url": f"{slack.url.replace('http', 'ws')}/link"}


def _get_user(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user = slack.users.get(args["user"])
    if user is None:
        raise FakeSlackError("user_not_found")
    return {"user": user_object(slack, user)}


def _list_users(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    slack.require_team(args)
    users = sorted(slack.users.values(), key=attrgetter("id"))
    page, next_cursor = cut_page(users, attrgetter("id"), args, USER_PAGES, slack.page_size)
    members = [user_object(slack, user) for user in page]
    return {"members": members, "response_metadata": {"next_cursor": next_cursor}}


def _list_user_groups(slack: FakeWorkspace, _args: ApiArguments) -> ApiResponse:
    groups = [
        {"id": key, "team_id": slack.team_id, "handle": handle, "name": handle}
        for key, handle in slack.user_groups.items()
    ]
    return {"usergroups": groups}


def _open_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user_id = slack.use_trigger_id(args["trigger_id"])
    _validate_view(slack, args["view"])
    return {"view": view_object(slack, slack.open_view(args["view"], user_id))}


def _push_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    user_id = slack.use_trigger_id(args["trigger_id"])
    _validate_view(slack, args["view"])
    return {"view": view_object(slack, slack.push_view(args["view"], user_id))}


def _update_view(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    current = slack.views.get(args["view_id"])
    if current is None:
        raise FakeSlackError("not_found")
    if args.get("hash") and args["hash"] != current["hash"]:
        raise FakeSlackError("hash_conflict")
    _validate_view(slack, args["view"])
    return {"view": view_object(slack, slack.store_view(args["view"], current["id"], current["user"]))}


def _publish_home(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
    if args["user_id"] not in slack.users:
        raise FakeSlackError("user_not_found")
    if slack.manifest is not None and not slack.manifest["features"]["app_home"]["home_tab_enabled"]:
        raise FakeSlackError("not_enabled")
    _validate_view(slack, args["view"])
    return {"view": view_object(slack, slack.publish_home(args["view"], args["user_id"]))}


def _validate_view(slack: FakeWorkspace, view: Mapping[str, Any]) -> None:
    """Raise FakeSlackError where Slack would refuse a view. A file field needs the scope files:read."""
    if any(block.get("element", {}).get("type") == "file_input" for block in view.get("blocks", ())):
        slack.require_scope("files:read")
    for index, block in enumerate(view.get("blocks", ())):
        if block.get("type") in slack.unsupported_block_types:
            pointer = f"/view/blocks/{index}/type"
            detail = f"unsupported type: {block['type']} [json-pointer:{pointer}]"
            raise FakeSlackError("invalid_arguments", detail)
    try:
        check_view(view)
    except InvalidBlocks as error:
        error_code = "view_too_large" if "view_too_large" in str(error) else "invalid_arguments"
        raise FakeSlackError(error_code, str(error)) from error


def _start_upload(slack: FakeWorkspace, args: ApiArguments) -> ApiResponse:
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


@dataclass(frozen=True, slots=True)
class ApiMethod:
    """A method: what answers it, the arguments and one of the scopes that it needs.

    Without `scopes` it needs none, or checks them itself because they depend on the type of channel.
    """

    answer: Callable[[FakeWorkspace, ApiArguments], ApiResponse]
    required: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    missing_error: str = "invalid_arguments"  # the code for a call without a required argument


API_METHODS = {
    "apps.connections.open": ApiMethod(_open_connection),
    "auth.test": ApiMethod(_test_auth),
    "canvases.create": ApiMethod(canvas_api.create_canvas, scopes=("canvases:write",)),
    "canvases.edit": ApiMethod(canvas_api.edit_canvas, ("canvas_id", "changes"), ("canvases:write",)),
    "chat.delete": ApiMethod(message_api.delete_message, ("channel", "ts"), ("chat:write",)),
    "chat.postEphemeral": ApiMethod(message_api.post_ephemeral, ("channel", "user"), ("chat:write",)),
    "chat.postMessage": ApiMethod(message_api.post_message, ("channel",), ("chat:write",)),
    "chat.update": ApiMethod(message_api.update_message, ("channel", "ts"), ("chat:write",)),
    "conversations.canvases.create": ApiMethod(
        canvas_api.create_channel_canvas, ("channel_id",), ("canvases:write",)
    ),
    "conversations.history": ApiMethod(conversation_api.list_history, ("channel",)),
    "conversations.info": ApiMethod(
        conversation_api.get_conversation, ("channel",), ("channels:read", "groups:read")
    ),
    "conversations.members": ApiMethod(conversation_api.list_members, ("channel",)),
    "conversations.open": ApiMethod(conversation_api.open_conversation, scopes=("im:write",)),
    "conversations.replies": ApiMethod(conversation_api.list_replies, ("channel", "ts")),
    "files.completeUploadExternal": ApiMethod(_complete_upload, ("files",), ("files:write",)),
    "files.getUploadURLExternal": ApiMethod(
        _start_upload, ("filename", "length"), ("files:write",), missing_error="missing_argument"
    ),
    "files.info": ApiMethod(_get_file, ("file",), ("files:read",)),
    "reactions.add": ApiMethod(
        message_api.add_reaction,
        ("channel", "name", "timestamp"),
        ("reactions:write",),
        missing_error="no_item_specified",
    ),
    "reactions.get": ApiMethod(
        message_api.get_reactions,
        ("channel", "timestamp"),
        ("reactions:read",),
        missing_error="no_item_specified",
    ),
    "reactions.remove": ApiMethod(
        message_api.remove_reaction,
        ("channel", "name", "timestamp"),
        ("reactions:write",),
        missing_error="no_item_specified",
    ),
    "usergroups.list": ApiMethod(_list_user_groups, scopes=("usergroups:read",)),
    "users.conversations": ApiMethod(conversation_api.list_conversations),
    "users.info": ApiMethod(_get_user, ("user",), ("users:read",)),
    "users.list": ApiMethod(_list_users, scopes=("users:read",)),
    "views.open": ApiMethod(_open_view, ("trigger_id", "view")),
    "views.publish": ApiMethod(_publish_home, ("user_id", "view")),
    "views.push": ApiMethod(_push_view, ("trigger_id", "view")),
    "views.update": ApiMethod(_update_view, ("view", "view_id")),
}


def call_method(slack: FakeWorkspace, method_name: str, args: ApiArguments) -> ApiResponse:
    """Return Slack's answer to a call, an error where Slack refuses it."""
    method = API_METHODS.get(method_name)
    if method is None:
        return {"ok": False, "error": "unknown_method"}
    try:
        if method.scopes:
            slack.require_scope(*method.scopes)
        _require_arguments(method, args)
        return {"ok": True, **method.answer(slack, args)}
    except FakeSlackError as error:
        if error.error == "missing_scope":
            provided = ",".join(slack.granted_scopes)
            return {"ok": False, "error": error.error, "needed": error.detail, "provided": provided}
        messages = [f"[ERROR] {error.detail}"]
        return {"ok": False, "error": error.error, "response_metadata": {"messages": messages}}
    except KeyError as missing:  # in an object within an argument
        return {"ok": False, "error": "invalid_arguments", "needed": str(missing)}


def _require_arguments(method: ApiMethod, args: ApiArguments) -> None:
    for name in method.required:
        if args.get(name) in (None, ""):
            raise FakeSlackError(method.missing_error, f"missing required field: {name}")
