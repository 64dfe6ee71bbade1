"""Listeners for the removal of the app, and for an admin's request to delete all data."""

from bot.features.workspaces.data_deletion import blocks, service
from bot.slack.deps import Deps
from bot.slack.forms import Form
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, FieldErrors, Modal, Request


async def on_app_uninstalled(team_id: str, _event: Event, deps: Deps) -> None:
    """Handle the event that a workspace has removed the app."""
    await service.handle_uninstall(deps, team_id)


async def on_tokens_revoked(team_id: str, event: Event, deps: Deps) -> None:
    """Handle the revocation of the bot's token. Slack reports members' tokens too, which have no effect."""
    if (event.get("tokens") or {}).get("bot"):
        await service.handle_uninstall(deps, team_id)


async def on_team_access_granted(team_id: str, event: Event, deps: Deps) -> None:
    """Handle the event that an organisation gave the app to some of its workspaces."""
    await service.handle_granted_access(deps, team_id, event["team_ids"])


async def on_team_access_revoked(_team_id: str, event: Event, deps: Deps) -> None:
    """Handle the event that an organisation took the app from some of its workspaces."""
    for revoked_id in event["team_ids"]:
        await service.handle_uninstall(deps, revoked_id)


async def open_confirmation(request: Request, deps: Deps) -> Answer:
    """Open the confirmation dialog, from App Home or the settings in the direct message."""
    await service.require_admin(request, deps)
    stored = await service.count_stored_data(request, deps)
    return Modal(blocks.build_confirmation(request.channel_id, stored))


async def delete_data(request: Request, deps: Deps) -> Answer:
    """Handle the submitted dialog. The role is checked again, because it may have changed since."""
    await service.require_admin(request, deps)
    if not blocks.is_confirmed(Form(request.view)):
        return FieldErrors({blocks.CONFIRMATION_BLOCK_ID: blocks.NOT_CONFIRMED_TEXT})
    await service.delete_data_on_request(request, deps)
    return blocks.build_deleted_message()
