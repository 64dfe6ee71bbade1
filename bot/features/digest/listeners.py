"""What people ask about the digest."""

from bot.features.channels.service import in_hand
from bot.features.digest import blocks, service
from bot.slack.blockkit.forms import Form
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request


async def digest(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    schedule, next_at = await service.schedule_of(deps, request.team_id, head)
    match request.words.lower().strip():
        case "":
            return blocks.planned(head, schedule.in_words(), next_at)
        case "now":
            await service.send_now(deps, request.team_id, head, request.key)
            return blocks.sent_soon(head)
        case "off":
            next_at = await service.plan(deps, request.team_id, head, schedule, on=False)
        case "on":
            next_at = await service.plan(deps, request.team_id, head, schedule)
        case "change":
            return Modal(blocks.form(head, schedule))
        case _:
            schedule = service.understood(request.words, schedule.time_zone)
            next_at = await service.plan(deps, request.team_id, head, schedule)
    return blocks.planned(head, schedule.in_words(), next_at)


async def submit(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    try:
        schedule = service.understood(blocks.read_form(Form(request.view)), head.time_zone)
    except Refusal as refusal:
        return FieldErrors({"zone": refusal.says})
    next_at = await service.plan(deps, request.team_id, head, schedule)
    return blocks.planned(head, schedule.in_words(), next_at)


ROUTES = Routes(
    commands=(
        Command(
            "digest",
            "[now | on | off | daily 09:00 | weekly mon 09:00 | weekdays 09:00 | monthly 1 09:00]",
            "the fit digest and when it comes",
            digest,
        ),
    ),
    views={blocks.SCHEDULE: submit},
)
