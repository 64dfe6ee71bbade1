"""A workspace removes the app, or one of its admins wants all data deleted."""

from bot.features.workspaces.data_deletion import blocks, service
from bot.slack.blockkit.forms import Form
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, FieldErrors, Modal, Request


async def on_app_uninstalled(team: str, _event: Event, deps: Deps) -> None:
    await service.handle_uninstall(deps, team)


async def on_tokens_revoked(team: str, event: Event, deps: Deps) -> None:
    """Tokens were revoked; those of members are not ours."""
    if (event.get("tokens") or {}).get("bot"):
        await service.handle_uninstall(deps, team)


async def open_confirmation(request: Request, deps: Deps) -> Answer:
    """The button in the settings."""
    await service.require_admin(request, deps)
    return Modal(blocks.build_confirmation(request.channel_id, await service.count_stored_data(request, deps)))


async def delete_data(request: Request, deps: Deps) -> Answer:
    await service.require_admin(request, deps)
    if not blocks.is_confirmed(Form(request.view)):
        return FieldErrors({blocks.CONFIRMATION_BLOCK_ID: blocks.NOT_CONFIRMED_TEXT})
    await service.delete_data_on_request(request, deps)
    return blocks.build_deleted_message()
