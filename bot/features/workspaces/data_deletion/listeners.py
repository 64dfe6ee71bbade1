"""The removal of the app, and an admin's request to delete all data of a workspace."""

from bot.features.workspaces.data_deletion import blocks, service
from bot.slack.deps import Deps
from bot.slack.forms import Form
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, FieldErrors, Modal, Request


async def on_app_uninstalled(team_id: str, _event: Event, deps: Deps) -> None:
    await service.handle_uninstall(deps, team_id)


async def on_tokens_revoked(team_id: str, event: Event, deps: Deps) -> None:
    """Handle the revocation of the bot's token. Tokens of members do not concern the bot."""
    if (event.get("tokens") or {}).get("bot"):
        await service.handle_uninstall(deps, team_id)


async def open_confirmation(request: Request, deps: Deps) -> Answer:
    """Open the dialog, from the button in the settings."""
    await service.require_admin(request, deps)
    stored = await service.count_stored_data(request, deps)
    return Modal(blocks.build_confirmation(request.channel_id, stored))


async def delete_data(request: Request, deps: Deps) -> Answer:
    await service.require_admin(request, deps)
    if not blocks.is_confirmed(Form(request.view)):
        return FieldErrors({blocks.CONFIRMATION_BLOCK_ID: blocks.NOT_CONFIRMED_TEXT})
    await service.delete_data_on_request(request, deps)
    return blocks.build_deleted_message()
