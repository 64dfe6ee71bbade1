"""The `digest` command and the form that changes its schedule."""

from dataclasses import replace

from bot.features.channels.service import resolve_canvas
from bot.features.digest import schedule_blocks as blocks, service
from bot.slack.deps import Deps
from bot.slack.errors import explain_invalid_time
from bot.slack.forms import Form
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.times.errors import InvalidTime


async def run_digest_command(request: Request, deps: Deps) -> Answer:
    """Show, change or switch the schedule, or send a digest now."""
    canvas_info = await resolve_canvas(request, deps)
    schedule, next_due_at = await service.load_schedule(deps, request.team_id, canvas_info)
    match request.argument.lower().strip(" .!"):
        case "":
            return blocks.build_schedule_message(canvas_info, schedule, next_due_at)
        case "now":
            await service.request_digest(request, deps, canvas_info)
            return blocks.build_sent_soon_message(canvas_info)
        case "change":
            return Modal(blocks.build_schedule_form(canvas_info, schedule))
        case "on" | "off" as switch:
            is_on = switch == "on"
        case _:
            schedule = service.read_typed_schedule(request.argument, schedule.time_zone)
            is_on = True
    schedule, next_due_at = await service.set_schedule(request, deps, canvas_info, schedule, is_on=is_on)
    return blocks.build_schedule_message(canvas_info, schedule, next_due_at)


async def change_frequency(request: Request, deps: Deps) -> Answer:
    """Show the form's fields for the frequency that was chosen in it."""
    canvas_info = await resolve_canvas(request, deps)
    schedule, _ = await service.load_schedule(deps, request.team_id, canvas_info)
    frequency = blocks.read_frequency(request.argument)
    return Modal(blocks.build_schedule_form(canvas_info, replace(schedule, frequency=frequency)))


async def submit_schedule_form(request: Request, deps: Deps) -> Answer:
    """Set the schedule that was chosen in the form; ask for its days where they are missing."""
    canvas_info = await resolve_canvas(request, deps)
    form = Form(request.view)
    try:
        schedule = blocks.read_schedule_form(form)
    except InvalidTime as error:
        # Only the zone is typed: the other fields are selects and a time picker.
        return FieldErrors({blocks.ZONE_BLOCK_ID: explain_invalid_time(error).text})
    if schedule is None:  # submitted before the fields of a new frequency were shown
        frequency = form.read_choice(blocks.FREQUENCY_BLOCK_ID) or ""
        return await change_frequency(replace(request, argument=frequency), deps)
    schedule, next_due_at = await service.set_schedule(request, deps, canvas_info, schedule)
    return blocks.build_schedule_message(canvas_info, schedule, next_due_at)
