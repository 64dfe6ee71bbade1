"""A workspace removes the app, or one of its admins wants all data deleted."""

from bot.features.workspaces.data_deletion import blocks, service
from bot.slack.blockkit.forms import Form
from bot.slack.deps import Deps
from bot.slack.incoming.router import Event
from bot.slack.request import Answer, FieldErrors, Modal, Request


async def uninstalled(team: str, _event: Event, deps: Deps) -> None:
    await service.leave(deps, team)


async def revoked(team: str, event: Event, deps: Deps) -> None:
    """Tokens were revoked; those of members are not ours."""
    if (event.get("tokens") or {}).get("bot"):
        await service.leave(deps, team)


async def ask(request: Request, deps: Deps) -> Answer:
    """The button in the settings."""
    await service.require_admin(request, deps)
    return Modal(blocks.form(request.channel_id, await service.holdings(request, deps)))


async def submit(request: Request, deps: Deps) -> Answer:
    await service.require_admin(request, deps)
    if not blocks.is_sure(Form(request.view)):
        return FieldErrors({blocks.CONFIRM: blocks.NOT_SURE})
    await service.begin_anew(request, deps)
    return blocks.forgotten()
