"""What people ask about the fit, and the reviews that they give."""

from bot.canvas.model import Head
from bot.canvas.service import NO_CANVAS, entry_id, in_hand, live_card
from bot.canvas.store import find
from bot.fit import blocks, service
from bot.fit.model import Stop, Walk, meant
from bot.fit.why import why as explained
from bot.kit.commands import Command
from bot.kit.errors import Refusal
from bot.kit.forms import Form, about_of
from bot.kit.request import Answer, Deps, FieldErrors, Modal, Request
from bot.kit.router import Routes
from bot.kit.text import cut, esc
from bot.method.figures import Figures


async def fit(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    return blocks.fit(head, await service.figures_of(deps, request.team, head))


async def why(request: Request, deps: Deps) -> Answer:
    if not request.words:
        raise Refusal("Say which entry you mean by a few of its words: `/valuemap why waiting`.")
    head = await in_hand(request, deps)
    now = await service.figures_of(deps, request.team, head)
    found = meant(request.words, now.canvas.entries)
    if not found:
        raise Refusal(
            f"No entry has “{esc(cut(request.words, 60))}” in it: `/valuemap show` shows what there is."
        )
    if len(found) > 1:
        return blocks.choose(found, request.words)
    return await _explain(request, deps, head, now, found[0].id)


async def why_entry(request: Request, deps: Deps) -> Answer:
    """A "Why?" button."""
    card = await live_card(request, deps, entry_id(request.words))
    async with deps.db.reading(request.team) as session:
        head = await find(session, card.canvas)
    if head is None:
        raise Refusal(NO_CANVAS)
    now = await service.figures_of(deps, request.team, head)
    return await _explain(request, deps, head, now, card.entry.id)


async def _explain(request: Request, deps: Deps, head: Head, now: Figures, entry: int) -> Answer:
    return explained(head, now, entry, request.user, await service.names(deps, request.team, now))


async def review(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    now = await service.figures_of(deps, request.team, head)
    if not now.offers:
        raise Refusal("There is no pain reliever or gain creator to review yet: add some first.")
    if not now.needs:
        raise Refusal("There is no job, pain or gain that an offer could fit yet: add some first.")
    await service.get_known(request, deps)
    walk = Walk(now, request.user)
    stop = walk.first()
    assert stop is not None
    return Modal(blocks.review_form(head, stop, again=walk.finished))


async def submit_review(request: Request, deps: Deps) -> Answer:
    form = Form(request.view)
    try:
        marks = blocks.read_marks(form)
    except Refusal as refusal:
        return FieldErrors({form.block_named(blocks.PARTIAL): refusal.says})
    head, _, stop = await _where(request, deps)
    await service.review(request, deps, stop.entry.id, [need.ranked.entry.id for need in stop.needs], marks)
    return await _go_on(request, deps, head, stop)


async def step(request: Request, deps: Deps) -> Answer:
    """Back, skip, or 'fits nothing', which is a review too."""
    head, walk, stop = await _where(request, deps)
    if request.words == "nothing":
        asked = [need.ranked.entry.id for need in walk.needs]
        await service.review(request, deps, stop.entry.id, asked, {})
        return await _go_on(request, deps, head, stop, last_page=True)
    there = walk.back(stop.entry.id, stop.page) if request.words == "back" else walk.skip(stop.entry.id)
    return Modal(blocks.review_form(head, there or stop, again=_again(request)))


async def _where(request: Request, deps: Deps) -> tuple[Head, Walk, Stop]:
    head = await in_hand(request, deps)
    about = about_of(request.view)
    walk = Walk(await service.figures_of(deps, request.team, head), request.user)
    stop = walk.at(about["offer"], about["page"])
    if stop is None:
        raise Refusal("This offer was deleted meanwhile: type `/valuemap review` to go on with the others.")
    return head, walk, stop


async def _go_on(request: Request, deps: Deps, head: Head, stop: Stop, *, last_page: bool = False) -> Answer:
    now = await service.figures_of(deps, request.team, head)
    walk = Walk(now, request.user)
    page = stop.pages if last_page else stop.page
    there = walk.after(stop.entry.id, page, again=_again(request))
    if there is None:
        return Modal(blocks.review_done(head, now, len(walk.offers)))
    return Modal(blocks.review_form(head, there, again=_again(request)))


def _again(request: Request) -> bool:
    """Whether the review leads through offers that were all reviewed before."""
    return bool(about_of(request.view).get("again"))


ROUTES = Routes(
    commands=(
        Command("review", "", "the fit review: which offer fits which need, one by one", review),
        Command("fit", "", "the fit as it is now, its gaps and what next", fit),
        Command("why", "ENTRY", "how an entry's figures came about; a few of its words will do", why),
    ),
    actions={"why": why_entry, "review_step": step},
    views={blocks.REVIEW: submit_review},
)
