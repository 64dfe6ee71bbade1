"""What people ask about the fit, and the reviews that they give."""

from collections.abc import Sequence

from bot.features.channels.service import entry_id, head_of, in_hand, live_card
from bot.features.fit import blocks, review_form as reviewing, service
from bot.features.fit.model import Stop, Walk, compared, meant
from bot.features.fit.why import why as explained
from bot.method.metrics import Figures
from bot.slack.blockkit.builders import Block
from bot.slack.blockkit.forms import Form, about_of
from bot.slack.blockkit.text import cut, esc
from bot.slack.errors import Refusal
from bot.slack.incoming.commands import Command
from bot.slack.incoming.router import Routes
from bot.slack.request import Answer, Deps, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo


async def fit(request: Request, deps: Deps) -> Answer:
    head = await in_hand(request, deps)
    return blocks.fit(head, await service.figures_of(deps, request.team_id, head))


async def why(request: Request, deps: Deps) -> Answer:
    if not request.words:
        raise Refusal("Say which entry you mean by a few of its words: `/valuemap why waiting`.")
    head = await in_hand(request, deps)
    now = await service.figures_of(deps, request.team_id, head)
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
    head = await head_of(request, deps, card)
    now = await service.figures_of(deps, request.team_id, head)
    return await _explain(request, deps, head, now, card.entry.id)


async def _explain(request: Request, deps: Deps, head: CanvasInfo, now: Figures, entry: int) -> Answer:
    return explained(head, now, entry, request.user, await service.names(deps, request.team_id, now))


async def review(request: Request, deps: Deps) -> Answer:
    return await _begin(request, deps, await in_hand(request, deps))


async def review_at(request: Request, deps: Deps) -> Answer:
    """A button that leads to one offer; after it the review goes on as usual."""
    card = await live_card(request, deps, entry_id(request.words))
    if not card.entry.kind.is_offer:
        raise Refusal("Only pain relievers and gain creators are reviewed for their fit.")
    return await _begin(request, deps, await head_of(request, deps, card), card.entry.id)


async def _begin(request: Request, deps: Deps, head: CanvasInfo, offer: int | None = None) -> Answer:
    now = await service.figures_of(deps, request.team_id, head)
    if not now.offers:
        raise Refusal("There is no pain reliever or gain creator to review yet: add some first.")
    if not now.needs:
        raise Refusal("There is no job, pain or gain that an offer could fit yet: add some first.")
    await service.get_known(request, deps)
    walk = Walk(now, request.user, again=None if offer is None else False)
    there = walk.first() if offer is None else walk.at(offer)
    return _arrive(request, head, now, walk, there)


async def submit_review(request: Request, deps: Deps) -> Answer:
    form, about = Form(request.view), about_of(request.view)
    try:
        marks = reviewing.read_marks(form)
    except Refusal as refusal:
        return FieldErrors({form.block_named(reviewing.PARTIAL): refusal.says})
    await service.review(request, deps, about["offer"], reviewing.asked(request.view), marks)
    head, now, walk = await _on_the_way(request, deps)
    if more := walk.next_part(about["offer"], about["page"], reviewing.until(about)):
        return _arrive(request, head, now, walk, more)
    return await _go_on(request, deps, head, now, walk)


async def step(request: Request, deps: Deps) -> Answer:
    """Back, skip, or 'fits nothing', which is a review too."""
    about = about_of(request.view)
    head, now, walk = await _on_the_way(request, deps)
    offer, page = about["offer"], about["page"]
    here = walk.at(offer, page)
    if here is None:
        return _arrive(request, head, now, walk, walk.first(), warning=f"{service.GONE}.")
    if request.words == "nothing":
        await service.review(request, deps, offer, now.needs.keys(), {})
        return await _go_on(request, deps, *await _on_the_way(request, deps))
    there = walk.back(offer, page) or here if request.words == "back" else walk.skip(offer)
    return _arrive(request, head, now, walk, there)


async def _on_the_way(request: Request, deps: Deps) -> tuple[CanvasInfo, Figures, Walk]:
    """Return where a member's review is led, as things are now."""
    head = await in_hand(request, deps)
    now = await service.figures_of(deps, request.team_id, head)
    return head, now, Walk(now, request.user, again=bool(about_of(request.view).get("again")))


async def _go_on(request: Request, deps: Deps, head: CanvasInfo, now: Figures, walk: Walk) -> Answer:
    """Lead on from an offer that was saved, and say how the marks on it compare to the others'."""
    offer: int = about_of(request.view)["offer"]
    comparison = compared(now, offer, request.user)
    known = await service.names(deps, request.team_id, now)
    said = reviewing.saved(comparison, known) if comparison else ()
    return _arrive(request, head, now, walk, walk.after(offer), said)


def _arrive(
    request: Request,
    head: CanvasInfo,
    now: Figures,
    walk: Walk,
    there: Stop | None,
    said: Sequence[Block] = (),
    warning: str = "",
) -> Modal:
    """Show a stop, or the end where there is none: no more offer, or no need that one could fit."""
    if there is None or not there.needs:
        return Modal(reviewing.review_done(head, now, walk, request.user, said, warning))
    return Modal(reviewing.review_form(head, now, walk, there, said, warning))


ROUTES = Routes(
    commands=(
        Command("review", "", "the fit review: which offer fits which need, one by one", review),
        Command("fit", "", "the fit as it is now, its gaps and what next", fit),
        Command("why", "ENTRY", "how an entry's figures came about; a few of its words will do", why),
    ),
    actions={"why": why_entry, "review_at": review_at, "review_step": step},
    views={reviewing.REVIEW: submit_review},
)
