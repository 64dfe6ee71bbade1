"""The job that asks the owner of a test for its result."""

import logging

from bot.features.assumption_tests.blocks import build_question
from bot.features.channels.membership import list_members
from bot.features.workspaces.service import get_member
from bot.jobs.model import Job
from bot.jobs.posting import send_direct_message
from bot.method.model import AssumptionTest
from bot.slack.deps import Deps
from bot.store import assumption_tests as test_store, canvases as canvas_store, cards as card_store
from bot.store.model import CanvasInfo, Card

log = logging.getLogger(__name__)

MAX_LISTED_MEMBERS = 10_000


async def ask_owner(job: Job, deps: Deps) -> None:
    """Ask the owner of the test whose id is the job's subject, privately, unless it has a result.

    Who left the channel must not read about it: then who started the test is asked, or who started the
    canvas. If all have left, nobody is; the digest says that the test is overdue.
    """
    found = await _find_test(job, deps)
    if found is None:
        return
    canvas_info, test, card = found
    user_id = await _choose_person(job, deps, canvas_info, test)
    if user_id is None:
        log.info("%s: nobody to ask is in the channel", job.key)
        return
    await send_direct_message(job, deps, user_id, build_question(canvas_info, test, card))


async def _find_test(job: Job, deps: Deps) -> tuple[CanvasInfo, AssumptionTest, Card] | None:
    """Return the test of a job with its canvas and card; None if there is nothing to ask any more."""
    test_id = int(job.subject)
    async with deps.db.reading(job.team_id) as session:
        canvas_id = await test_store.find_canvas_id(session, test_id)
        canvas_info = await canvas_store.find_canvas(session, canvas_id) if canvas_id else None
        test = await test_store.find_test(session, canvas_info.id, test_id) if canvas_info else None
        card = await card_store.find_card(session, test.entry_id) if test else None
    if canvas_info is None or test is None or card is None:
        return None
    if test.result is not None or card.deleted_by_id is not None:
        return None
    return canvas_info, test, card


async def _choose_person(job: Job, deps: Deps, canvas_info: CanvasInfo, test: AssumptionTest) -> str | None:
    """Return the owner, or who else is responsible, if they are in the channel."""
    members = await list_members(deps, job.team_id, canvas_info.channel_id, MAX_LISTED_MEMBERS)
    for user_id in (test.terms.owner_id, test.starter_id, canvas_info.starter_id):
        if user_id in members and not (await get_member(deps, job.team_id, user_id)).is_bot:
            return user_id
    return None
