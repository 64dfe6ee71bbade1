"""Slack listeners of tests: the command, the buttons, and the forms."""

from dataclasses import replace

from bot.features.assumption_tests import blocks, forms, service
from bot.features.assumption_tests.model import check_reason, check_result, check_terms
from bot.features.channels import service as channels
from bot.features.entries import forms as entry_forms, service as entry_service
from bot.features.fit.blocks import build_entry_choice
from bot.features.fit.matching import match_entries
from bot.features.fit.next_step import build_test_button
from bot.features.fit.service import load_metrics
from bot.features.workspaces import service as workspaces
from bot.method.assumption_tests import find_next_rung, find_open_tests
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Choice, Decision
from bot.slack.blockkit.text import escape, parse_id, truncate
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import Form, InvalidInput, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import CanvasInfo, Card


async def run_test_command(request: Request, deps: Deps) -> Answer:
    """Answer `/valuemap test`: the tests of the canvas, or the form for the entry that is named."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    words = request.argument
    if not words:
        return blocks.build_test_list(await service.list_tests(request, deps, canvas_info, metrics))
    matches = match_entries(words, metrics.canvas.entries)
    if len(matches) > 1:
        return build_entry_choice(matches, words, lambda entry: build_test_button(canvas_info, entry.id))
    return await _test_entry(request, deps, canvas_info, metrics, matches[0].id)


async def start_or_show_test(request: Request, deps: Deps) -> Answer:
    """Answer *Test it*: the form of a test of the entry in its value, or its test that runs."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    return await _test_entry(request, deps, canvas_info, metrics, channels.parse_entry_id(request.argument))


async def open_another_form(request: Request, deps: Deps) -> Answer:
    """Answer *Another test*: the form, also where a test of the entry runs."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metrics = await load_metrics(deps, request.team_id, canvas_info)
    entry_id = channels.parse_entry_id(request.argument)
    card = await service.find_testable_card(request, deps, canvas_info, entry_id)
    return await _open_start_form(request, deps, canvas_info, metrics, card)


async def _test_entry(
    request: Request, deps: Deps, canvas_info: CanvasInfo, metrics: CanvasMetrics, entry_id: int
) -> Answer:
    card = await service.find_testable_card(request, deps, canvas_info, entry_id)
    if card.entry.id in find_open_tests(metrics):
        view = await service.list_tests(request, deps, canvas_info, metrics, card.entry.id)
        return blocks.build_test_list(view)
    return await _open_start_form(request, deps, canvas_info, metrics, card)


async def _open_start_form(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    card: Card,
    warning: str = "",
) -> Answer:
    # Stored now, so that submitting the form needs no call to Slack within its three seconds.
    await workspaces.get_member(deps, request.team_id, request.user_id)
    evidence = metrics.evidence.entries.get(card.entry.id)
    rung = find_next_rung(evidence) if evidence else ""
    today = service.find_today(deps, canvas_info)
    return Modal(forms.build_start_form(canvas_info, card, rung, request.user_id, today, warning))


async def submit_start(request: Request, deps: Deps) -> Answer:
    """Start the test of the form; show the form again if its entry reads otherwise now."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metadata = read_private_metadata(request.view)
    card = await service.find_testable_card(request, deps, canvas_info, metadata.read_number("entry"))
    if (card.entry.id, card.version) != (metadata.read_number("entry"), metadata.read_number("version")):
        text = escape(truncate(card.entry.text, 200))
        warning = f"It was changed meanwhile to “{text}”. Press *Start the test* again if you mean that."
        metrics = await load_metrics(deps, request.team_id, canvas_info)
        return await _open_start_form(request, deps, canvas_info, metrics, card, warning)
    typed = forms.read_terms_form(Form(request.view))
    try:
        terms = check_terms(typed, service.find_today(deps, canvas_info))
        await service.require_owner(request, deps, canvas_info, terms.owner_id)
    except InvalidInput as error:
        return FieldErrors({error.field: error.text})
    test_id = await service.start_test(request, deps, canvas_info, card, terms)
    return blocks.build_started_message(canvas_info, terms, card.entry.text, test_id or 0)


async def undo_start(request: Request, deps: Deps) -> Answer:
    """Answer *Undo* in the answer to who started a test."""
    canvas_info, test = await _find_test(request, deps)
    await service.undo_start(request, deps, canvas_info, test)
    return blocks.build_undone_message(canvas_info, test)


async def open_change_form(request: Request, deps: Deps) -> Answer:
    """Open the form that changes a test."""
    canvas_info, test = await _find_test(request, deps)
    if test.result is not None:
        raise UserError(service.HAS_RESULT)
    return Modal(forms.build_change_form(canvas_info, test, service.find_today(deps, canvas_info)))


async def submit_change(request: Request, deps: Deps) -> Answer:
    """Change the test of the form; show the form again if somebody changed it first."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metadata, today = read_private_metadata(request.view), service.find_today(deps, canvas_info)
    test = await service.find_own_test(request, deps, canvas_info, metadata.read_number("test"))
    try:
        terms = check_terms(forms.read_terms_form(Form(request.view)), today)
        await service.require_owner(request, deps, canvas_info, terms.owner_id)
    except InvalidInput as error:
        return FieldErrors({error.field: error.text})
    if not await service.change_test(
        request, deps, canvas_info, test, metadata.read_number("version"), terms
    ):
        test = await service.find_own_test(request, deps, canvas_info, test.id)
        warning = "Somebody changed this test meanwhile. Press *Save* again to put yours in its place."
        return Modal(forms.build_change_form(canvas_info, test, today, warning))
    return blocks.build_changed_message(canvas_info, replace(test, terms=terms))


async def open_result_form(request: Request, deps: Deps) -> Answer:
    """Open the form of a result."""
    canvas_info, test = await _find_test(request, deps)
    if test.result is not None:
        raise UserError(service.HAS_RESULT)
    await service.find_testable_card(request, deps, canvas_info, test.entry_id)
    return Modal(forms.build_result_form(canvas_info, test))


async def submit_result(request: Request, deps: Deps) -> Answer:
    """Say what the result comes to; save it once the form has shown that."""
    canvas_info = await channels.resolve_canvas(request, deps)
    metadata, form = read_private_metadata(request.view), Form(request.view)
    test = await service.find_own_test(request, deps, canvas_info, metadata.read_number("test"))
    card = await service.find_testable_card(request, deps, canvas_info, test.entry_id)
    try:
        result = check_result(forms.read_result_form(form), test.terms, deps.clock())
    except InvalidInput as error:
        return FieldErrors({error.field: error.text})
    if metadata.read_text("shown") != forms.describe_shown(result, test):
        return Modal(forms.build_result_form(canvas_info, test, result))
    await service.record_result(request, deps, canvas_info, test, result)
    return blocks.build_recorded_message(canvas_info, test, result, card.entry.text)


async def open_decision_form(request: Request, deps: Deps) -> Answer:
    """Open the form of the decision after a test."""
    canvas_info, test = await _find_test(request, deps)
    if test.result is None:
        raise UserError(service.NO_RESULT)
    if test.decision is not None:
        raise UserError(service.HAS_DECISION)
    await service.find_testable_card(request, deps, canvas_info, test.entry_id)
    return Modal(forms.build_decision_form(canvas_info, test))


async def submit_decision(request: Request, deps: Deps) -> Answer:
    """Store the decision of the form; a change leads to the edit form, a drop to the delete form."""
    canvas_info = await channels.resolve_canvas(request, deps)
    test = await service.find_own_test(
        request, deps, canvas_info, read_private_metadata(request.view).read_number("test")
    )
    try:
        choice, reason = check_reason(*forms.read_decision_form(Form(request.view)))
    except InvalidInput as error:
        return FieldErrors({error.field: error.text})
    card = await service.find_testable_card(request, deps, canvas_info, test.entry_id)
    decision = Decision(choice, reason, request.user_id, deps.clock())
    await service.decide(request, deps, canvas_info, test, decision)
    settings, author_id = canvas_info.settings, card.entry.author_id
    may_edit = settings.may_edit(request.user_id, author_id, canvas_info.starter_id)
    if choice is not Choice.KEEP and may_edit:
        return await _lead_on(request, deps, card, choice)
    return blocks.build_decided_message(canvas_info, choice, reason, card.entry.text)


async def _lead_on(request: Request, deps: Deps, card: Card, choice: Choice) -> Answer:
    """Return the form that does what was decided."""
    note = f":white_check_mark: Decided: {choice} it. The decision log has it."
    if choice is Choice.DROP:
        return Modal(entry_forms.build_delete_form(card, note))
    products = await entry_service.list_products(request, deps, card.canvas_id)
    support = await entry_service.count_support(deps, request.team_id, card)
    return Modal(entry_forms.build_edit_form(card, card.entry.kind, products, support, note))


async def _find_test(request: Request, deps: Deps) -> tuple[CanvasInfo, AssumptionTest]:
    """Return the canvas and test of an option's value such as "3:12"."""
    canvas_id, _, test_id = request.argument.partition(":")
    canvas_info = await channels.resolve_canvas(replace(request, canvas_id=parse_id(canvas_id) or 0), deps)
    test = await service.find_own_test(request, deps, canvas_info, parse_id(test_id) or 0)
    return canvas_info, test
