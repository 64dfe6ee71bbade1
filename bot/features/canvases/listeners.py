"""Slack listeners of canvases: `new`, `show`, `canvases`, `settings`, their forms, and the list's menu."""

from collections.abc import Awaitable, Callable

from bot.features.canvases import blocks, forms, service
from bot.features.canvases.names import check_name, check_segment, find_name_errors, parse_names
from bot.features.canvases.reposting import DELETED_SUBTYPE, repost_message
from bot.features.channels import membership
from bot.features.channels.blocks import build_no_canvas_error
from bot.features.channels.service import must_name_canvas, parse_entry_id, resolve_canvas
from bot.features.fit.next_step import build_next_step
from bot.features.fit.service import load_metrics
from bot.features.tickets.model import InvalidTrackerError
from bot.features.workspaces import service as workspaces
from bot.method.next_step import find_next_step
from bot.slack.blockkit.builders import Message, build_message, command_button
from bot.slack.blockkit.text import escape, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo


async def start_canvas(request: Request, deps: Deps) -> Answer:
    """Start a canvas with the typed names; without names, open the form that asks for them."""
    if request.is_direct:
        raise UserError("A canvas belongs to a channel: type `/valuemap new` in your team's channel.")
    await membership.require_bot_in_channel(deps, request.channel_id)
    if not request.argument:
        # Stored now, so that the form's submission needs no call to Slack within its three seconds.
        await workspaces.get_member(deps, request.team_id, request.user_id)
        return Modal(forms.build_start_form(request.channel_id))
    return await _start_unless_known(request, deps, *parse_names(request.argument))


async def submit_start(request: Request, deps: Deps) -> Answer:
    """Start a canvas with the names in the form."""
    name, segment = forms.read_names(Form(request.view))
    if errors := find_name_errors(name, segment):
        return FieldErrors(errors)
    return await _start_unless_known(request, deps, check_name(name), check_segment(segment))


async def start_anyway(request: Request, deps: Deps) -> Answer:
    """Start a canvas of the same name and segment as another: the button "Start another anyway"."""
    name, _, segment = request.argument.partition(blocks.NAME_SEPARATOR)
    await membership.require_bot_in_channel(deps, request.channel_id)
    return await _start(request, deps, check_name(name), check_segment(segment))


async def _start_unless_known(request: Request, deps: Deps, name: str, segment: str) -> Answer:
    """Start a canvas; where the channel has one of the same name and segment, ask first."""
    if same := await service.find_same_canvas(request, deps, name, segment):
        return blocks.build_same_canvas_question(same, name, segment)
    return await _start(request, deps, name, segment)


async def _start(request: Request, deps: Deps, name: str, segment: str) -> Message:
    canvas_info = await service.start_canvas(request, deps, name, segment)
    has_others = await must_name_canvas(request, deps, canvas_info)
    return blocks.build_started_message(canvas_info, has_others=has_others)


async def show_canvas(request: Request, deps: Deps) -> Answer:
    """Show the canvas as it is, and send its picture; or show it as it was on a day."""
    canvas_info = await resolve_canvas(request, deps)
    if request.argument:
        day, metrics, is_over = await service.load_past_day(request, deps, canvas_info)
        return blocks.build_past_day_message(canvas_info, day, metrics, is_over=is_over)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    picture_note = service.start_picture(request, deps, canvas_info, metrics)
    next_step_blocks = build_next_step(canvas_info, find_next_step(metrics))
    return blocks.build_show_message(canvas_info, metrics, picture_note, next_step_blocks)


async def list_canvases(request: Request, deps: Deps) -> Answer:
    """List the canvases of a channel, each with a menu: a page of them, or those with these words."""
    channel_id = await _find_listed_channel(request, deps)
    canvas_list = await service.list_canvases(request, deps, channel_id)
    if canvas_list.total:
        return blocks.build_canvas_list(canvas_list)
    if canvas_list.searched_text:
        quoted = escape(truncate(canvas_list.searched_text, blocks.MAX_QUOTED_CHARACTERS))
        raise UserError(
            f"No canvas of this channel has “{quoted}” in its name.",
            command_button("All canvases", "canvases", request.canvas_id),
        )
    raise build_no_canvas_error(())


async def _find_listed_channel(request: Request, deps: Deps) -> str:
    """Return the channel whose canvases are meant: a button in Home names it by its current canvas."""
    if request.canvas_id is not None:
        return (await resolve_canvas(request, deps)).channel_id
    if request.is_direct:
        raise UserError("Canvases belong to channels: type `/valuemap canvases` in your team's channel.")
    return request.channel_id


async def choose_from_menu(request: Request, deps: Deps) -> Answer:
    """Handle the menu of a canvas in the list."""
    option, _, canvas_id = request.argument.partition(":")
    canvas_info = await service.find_managed_canvas(request, deps, parse_entry_id(canvas_id))
    return await MENU_HANDLERS.get(option, _open_delete_form)(request, deps, canvas_info)


async def _make_current(request: Request, deps: Deps, canvas_info: CanvasInfo) -> Answer:
    await service.switch_canvas(request, deps, canvas_info)
    return blocks.build_switched_message(canvas_info)


async def _open_rename_form(_request: Request, _deps: Deps, canvas_info: CanvasInfo) -> Answer:
    return Modal(forms.build_rename_form(canvas_info))


async def _archive_canvas(request: Request, deps: Deps, canvas_info: CanvasInfo) -> Answer:
    await service.set_archived(request, deps, canvas_info, is_archived=True)
    return blocks.build_archived_message(canvas_info)


async def _restore_canvas(request: Request, deps: Deps, canvas_info: CanvasInfo) -> Answer:
    await service.set_archived(request, deps, canvas_info, is_archived=False)
    return build_message(f"*{escape(canvas_info.title)}* is back.")


async def _open_delete_form(request: Request, deps: Deps, canvas_info: CanvasInfo) -> Answer:
    canvas, is_archived = await service.load_canvas_for_deletion(request, deps, canvas_info)
    return Modal(forms.build_delete_form(canvas_info, canvas, is_archived=is_archived))


MENU_HANDLERS: dict[str, Callable[[Request, Deps, CanvasInfo], Awaitable[Answer]]] = {
    "switch": _make_current,
    "rename": _open_rename_form,
    "archive": _archive_canvas,
    "restore": _restore_canvas,
    "delete": _open_delete_form,
}


async def handle_deleted_message(team_id: str, event: Event, deps: Deps) -> None:
    """Post a message of the bot again that somebody deleted in a channel."""
    if event.get("subtype") == DELETED_SUBTYPE and event.get("channel") and event.get("deleted_ts"):
        await repost_message(deps, team_id, event["channel"], event["deleted_ts"])


async def submit_rename(request: Request, deps: Deps) -> Answer:
    """Rename a canvas."""
    canvas_info = await service.find_managed_canvas(request, deps, request.canvas_id or 0)
    name, segment = forms.read_names(Form(request.view))
    if errors := find_name_errors(name, segment):
        return FieldErrors(errors)
    await service.rename_canvas(request, deps, canvas_info, check_name(name), check_segment(segment))
    return build_message(f"*{escape(canvas_info.title)}* is renamed.")


async def submit_delete(request: Request, deps: Deps) -> Answer:
    """Delete a canvas."""
    canvas_info = await service.find_managed_canvas(request, deps, request.canvas_id or 0)
    await service.delete_canvas(request, deps, canvas_info)
    return build_message(f"*{escape(canvas_info.title)}* is deleted.")


async def open_settings(request: Request, deps: Deps) -> Answer:
    """Open the form of a canvas's settings."""
    canvas_info = await resolve_canvas(request, deps)
    await service.require_may_manage(request, deps, canvas_info)
    return Modal(forms.build_settings_form(canvas_info, is_direct=request.is_direct))


async def submit_settings(request: Request, deps: Deps) -> Answer:
    """Change the settings of a canvas."""
    canvas_info = await service.find_managed_canvas(request, deps, request.canvas_id or 0)
    try:
        settings = forms.read_settings_form(Form(request.view))
    except InvalidTrackerError as error:
        return FieldErrors({forms.TRACKER: str(error)})
    await service.change_settings(request, deps, canvas_info, settings)
    return blocks.build_settings_message(canvas_info, settings)
