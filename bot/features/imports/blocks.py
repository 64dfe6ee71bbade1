"""The form of an import, and the preview of what it would add. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.features.channels.blocks import explain_missing_messages
from bot.features.imports.missing import NOTHING_LEFT_OUT
from bot.features.imports.parsed import MAX_ENTRIES_PER_FILE, ParsedEntry
from bot.features.imports.plan import ImportPlan, SimilarChoice
from bot.features.imports.undo import join_ids
from bot.method.kinds import KIND_SPECS, Kind
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    action_button,
    actions_block,
    build_message,
    build_modal,
    build_option,
    command_button,
    context_note,
    input_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, join_words, truncate
from bot.slack.forms import Form
from bot.slack.scopes import describe_lacking_scope
from bot.store.model import CanvasInfo

FILE_SCOPE = "files:read"
UNDO_ACTION_ID = "undo_import"
IMPORT_CALLBACK_ID = "import"
TEXT_BLOCK_ID = "text"
BOX_BLOCK_ID = "box"  # of what has no kind
LEAVE_OUT = "-"
SIMILAR_BLOCK_ID = "similar"
FILE_BLOCK_ID = "file"  # followed by the form's version, as in "file:2": a new version has an empty field
MAX_PASTED_LENGTH = 3000  # characters; Slack's limit for a text field
MAX_FILE_MEGABYTES = 5
FILE_TYPES = ["json", "csv", "tsv", "md", "txt"]
PREVIEW_AGAIN_LABEL = "Preview again"
MAX_LINE_LENGTH = 150  # characters of an entry in a list
MAX_SECTIONS_LENGTH = 6000  # characters of the main list of a preview, which has to fit into one view
MAX_SIDE_SECTIONS_LENGTH = 3000  # characters of each of the lists beside it
_LOCATION = re.compile(r"[A-Z]\w* \d+(?=:)")  # "Line 29"
MAX_CARDS_WITHOUT_NOTICE = 50  # with more new cards, the answer says how long they take
COMES_ALONG = ("comes along", "come along")  # of one and of several
CAME_ALONG = ("came along", "came along")
STAYS_OUT = ("stays out", "stay out")
VOTES, REVIEWS, TESTS = ("vote", "votes"), ("review", "reviews"), ("test", "tests")
ITEMS = ("item of evidence", "items of evidence")

Counted = tuple[int, str, str]  # a number of things, with their name in the singular and in the plural


def build_import_form(
    canvas_info: CanvasInfo, form_version: int = 0, problem: str = "", *, takes_files: bool = True
) -> View:
    """Return the empty form. `problem` says why the file of the submission before it could not be read.

    Slack opens a form with a file field only for an app with the scope files:read.
    """
    pasted_hint = f"Up to {MAX_PASTED_LENGTH:,} characters; for more choose a file."
    return build_modal(
        IMPORT_CALLBACK_ID,
        "Import",
        [
            section_block(f":warning: {problem}") if problem else None,
            section_block(
                f"Adds entries to *{escape(canvas_info.title)}* from pasted text or from a file: what "
                "`/valuemap export` writes as json, csv or md, notes with headings, lists and tables, or "
                "lines as after `/valuemap add`. You see what would be added before it is."
            ),
            _build_text_field("", "Paste text", pasted_hint, optional=True),
            _build_file_field(form_version, "Or choose a file") if takes_files else None,
            context_note(
                f"Up to {MAX_ENTRIES_PER_FILE:,} entries at once; a file of up to {MAX_FILE_MEGABYTES} MB: "
                "json, csv, tsv, md or txt."
                if takes_files
                else f"Files can't be imported here: {describe_lacking_scope([FILE_SCOPE])}."
            ),
        ],
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "form_version": form_version,
        },
        submit_label="Preview",
    )


def read_import_form(form: Form) -> tuple[str, str]:
    """Return the pasted text and the id of the chosen file; "" for what is missing."""
    file_ids = form.read_file_ids(form.find_block_id(FILE_BLOCK_ID))
    return form.read_text(TEXT_BLOCK_ID).strip(), file_ids[0] if file_ids else ""


def read_box(form: Form) -> Kind | None:
    """Return the kind that was chosen for texts without one; None to leave them out."""
    value = form.read_choice(BOX_BLOCK_ID)
    return Kind(value) if value is not None and value in {*Kind} else None


def read_similar_choice(form: Form) -> SimilarChoice:
    """Return what becomes of the entries that are similar to others; they are left out without a choice."""
    value = form.read_choice(SIMILAR_BLOCK_ID)
    return next((each for each in SimilarChoice if each == value), SimilarChoice.LEAVE_OUT)


def find_form_errors(form: Form, text: str, file_id: str) -> dict[str, str]:
    """Return error messages by block id, unless there is either a text or a file."""
    if bool(text) != bool(file_id):
        return {}
    problem = "Paste a text or choose a file, not both." if text else "Paste a text or choose a file."
    block_ids = [TEXT_BLOCK_ID, form.find_block_id(FILE_BLOCK_ID)] if text else [TEXT_BLOCK_ID]
    return dict.fromkeys(block_ids, problem)


def build_preview_form(
    canvas_info: CanvasInfo, plan: ImportPlan, text: str, file_id: str, form_version: int
) -> View:
    """Return the preview of a plan; its button adds the entries or, if there are errors, previews again."""
    is_ready = plan.is_ready
    blocks = [
        *_build_error_blocks(plan.errors),
        *_build_summary_blocks(canvas_info, plan),
        *_build_list_blocks(plan),
        *_build_similar_blocks(plan),
        *_build_unplaced_blocks(plan),
    ]
    if text:
        blocks.append(_build_text_field(text, "The text", "Change it here, if you like.", optional=False))
    elif not is_ready:
        label = "The fixed file" if plan.errors else "Another file"
        blocks.append(_build_file_field(form_version + 1, label, optional=False))
    add_label = f"Add {_count_entries(len(plan.new_entries))}" if plan.new_entries else "Add"
    return build_modal(
        IMPORT_CALLBACK_ID,
        "Import: preview",
        blocks,
        private_metadata={
            "channel": canvas_info.channel_id,
            "canvas": canvas_info.id,
            "form_version": form_version + 1,
            "file": file_id if is_ready else "",
            "confirmed": plan.fingerprint if is_ready else "",
        },
        submit_label=add_label if is_ready else PREVIEW_AGAIN_LABEL,
    )


def _build_similar_blocks(plan: ImportPlan) -> list[Block]:
    """Return the entries that look like others of the canvas, and the choice what becomes of them."""
    if not plan.similar_texts or plan.errors:
        return []
    is_single = len(plan.similar_texts) == 1
    lines = [
        f"{_format_line(plan.result.entries[index])}: looks like “{escape(truncate(text, MAX_LINE_LENGTH))}”"
        for index, text in plan.similar_texts.items()
    ]
    it = "it" if is_single else "them"
    options = [
        build_option(f"Leave {it} out", SimilarChoice.LEAVE_OUT),
        build_option("Change the text of what is there", SimilarChoice.REPLACE),
        build_option(f"Add {it} all the same", SimilarChoice.ADD),
    ]
    element = StaticSelectElement(
        action_id=SIMILAR_BLOCK_ID, options=options, initial_option=options[0], placeholder="Choose"
    )
    title = "*Looks alike.* An edited text, or something new?"
    return [
        *pack_sections([title, *lines], MAX_SIDE_SECTIONS_LENGTH),
        input_block(SIMILAR_BLOCK_ID, "What looks alike", element),
    ]


def _build_unplaced_blocks(plan: ImportPlan) -> list[Block]:
    """Return the texts without a kind, and the field that puts them into a box."""
    unplaced = plan.result.unplaced
    if not unplaced:
        return []
    number = len(unplaced)
    title = f"*{'One line has' if number == 1 else f'{number:,} lines have'} no box:* no kind is named for"
    lines = [f"• {each.location}: {escape(truncate(each.text, MAX_LINE_LENGTH))}" for each in unplaced]
    leave_out = build_option(f"Leave {'it' if number == 1 else 'them'} out", LEAVE_OUT)
    kinds = [build_option(capitalize(spec.plural), kind.value) for kind, spec in KIND_SPECS.items()]
    can_leave_out = bool(plan.new_entries) or bool(plan.errors)
    element = StaticSelectElement(
        action_id=BOX_BLOCK_ID,
        placeholder="Choose a box",
        options=[leave_out, *kinds] if can_leave_out else kinds,
        initial_option=leave_out if can_leave_out else None,
    )
    return [
        *pack_sections([f"{title} {'it' if number == 1 else 'them'}.", *lines], MAX_SIDE_SECTIONS_LENGTH),
        input_block(BOX_BLOCK_ID, f"Put {'it' if number == 1 else 'them'} into", element),
    ]


def _build_error_blocks(errors: Sequence[str]) -> list[Block]:
    if not errors:
        return []
    title = "One thing is wrong" if len(errors) == 1 else f"{len(errors):,} things are wrong"
    return [
        section_block(
            f":no_entry: *{title}, so nothing can be added yet.* "
            f"Fix {_name_what_to_fix(errors)} and preview again."
        ),
        *pack_sections([f"• {escape(error)}" for error in errors], MAX_SECTIONS_LENGTH),
    ]


def _name_what_to_fix(errors: Sequence[str]) -> str:
    """Return "line 29" for the single error "Line 29: …"; "it" or "them" for others."""
    if len(errors) > 1:
        return "them"
    located = _LOCATION.match(errors[0])
    return located[0].lower() if located else "it"


def _build_summary_blocks(canvas_info: CanvasInfo, plan: ImportPlan) -> list[Block]:
    """Return the counts of what would be added; nothing while there are errors."""
    if plan.errors:
        return []
    sentences = [*_summarize(escape(canvas_info.title), plan), *_describe_left_out(plan)]
    return [section_block("\n".join(sentences))] if sentences else []


def _summarize(title: str, plan: ImportPlan) -> list[str]:
    """Return what would be added to the canvas with this title, or that nothing is to be added."""
    if plan.new_entries:
        number, kinds = _count_entries(len(plan.new_entries)), _count_by_kind(plan.new_entries.values())
        summary = f"*{number} would be added to {title}:* {kinds}."
        return [summary, *_describe_votes_and_reviews(plan, COMES_ALONG)]
    if added := _join_counts(_count_evidence_and_tests(plan)):
        return [f"*{added} would be added to {title}.*"]
    if plan.result.unplaced or plan.similar_texts:
        return []
    what = "The entries are" if plan.left_out != NOTHING_LEFT_OUT else "All of it is"
    return [f"{what} on *{title}* already, so there is nothing to add."]


def _describe_left_out(plan: ImportPlan) -> list[str]:
    """Return a sentence about what stays out; an empty list without any."""
    left_out = plan.left_out
    counts: list[Counted] = [
        (left_out.votes, *VOTES),
        (left_out.reviews, *REVIEWS),
        (left_out.evidence, *ITEMS),
        (left_out.tests, *TESTS),
    ]
    return _build_count_sentence(counts, " of entries that are known", STAYS_OUT)


def _describe_votes_and_reviews(plan: ImportPlan, verbs: tuple[str, str]) -> list[str]:
    """Return sentences about the votes, reviews, evidence and tests that come; an empty list without any."""
    given: list[Counted] = [(plan.vote_count, *VOTES), (len(plan.reviews), *REVIEWS)]
    members = _format_count(len(plan.user_ids), "member")
    return [
        *_build_count_sentence(given, f" of {members}", verbs),
        *_build_count_sentence(_count_evidence_and_tests(plan), "", verbs),
    ]


def _count_evidence_and_tests(plan: ImportPlan) -> list[Counted]:
    return [(len(plan.evidence), *ITEMS), (len(plan.tests), *TESTS)]


def _build_count_sentence(counts: Sequence[Counted], of_whom: str, verbs: tuple[str, str]) -> list[str]:
    """Return "2 votes and 1 review of 2 members come along."; an empty list without any."""
    total = sum(number for number, _, _ in counts)
    return [f"{_join_counts(counts)}{of_whom} {verbs[0 if total == 1 else 1]}."] if total else []


def _join_counts(counts: Iterable[Counted]) -> str:
    """Return "2 votes and 1 review", without what there is none of."""
    return join_words([_format_count(*each) for each in counts if each[0]])


def _build_list_blocks(plan: ImportPlan) -> Iterable[Block]:
    """Yield the warnings, the new entries, and those that exist already, which stay as they are."""
    new = [_format_line(entry) for entry in plan.new_entries.values()]
    existing = [
        _format_line(plan.result.entries[index])
        for index in plan.existing_ids
        if index not in plan.similar_texts
    ]
    warnings = [f"• {escape(warning)}" for warning in plan.result.warnings]
    if warnings:
        yield from pack_sections(["*Please note*", *warnings], MAX_SIDE_SECTIONS_LENGTH)
    if new:
        title = "*Right so far*" if plan.errors else "*New*"
        yield from pack_sections([title, *new], MAX_SECTIONS_LENGTH)
    if existing and (new or plan.errors):
        title = f"*Known already, and left as {'it is' if len(existing) == 1 else 'they are'}*"
        yield from pack_sections([title, *existing], MAX_SIDE_SECTIONS_LENGTH)


def _format_line(entry: ParsedEntry) -> str:
    category = f" · {escape(entry.category)}" if entry.category else ""
    return f"{KIND_SPECS[entry.kind].icon} {escape(truncate(entry.text, MAX_LINE_LENGTH))}{category}"


def _count_by_kind(entries: Iterable[ParsedEntry]) -> str:
    """Return "2 jobs, 1 pain and 3 gains"."""
    numbers = Counter(entry.kind for entry in entries)
    parts = [
        count_noun(numbers[kind], spec.singular, spec.plural)
        for kind, spec in KIND_SPECS.items()
        if numbers[kind]
    ]
    return escape(join_words(parts))


def build_added_message(canvas_info: CanvasInfo, plan: ImportPlan, added_ids: Sequence[int]) -> Message:
    """Return the answer to an import: how many entries, votes and reviews it added, with *Undo*."""
    entries = plan.new_entries.values()
    number = _count_entries(len(entries))
    title, explanation = escape(canvas_info.title), explain_missing_messages(canvas_info)
    sentences = [] if entries or plan.new_texts else [f"Added to *{title}*."]
    if entries and explanation:
        stored = f"Stored {number} in *{title}*: {_count_by_kind(entries)}."
        sentences = [f"{stored} Their cards are not in the channel. {explanation}"]
    elif entries:
        sentences = [f"Added {number} to *{title}*: {_count_by_kind(entries)}."]
    if plan.new_texts:
        sentences.append(f"Changed the text of {_count_entries(len(plan.new_texts))} on *{title}*.")
    sentences += _describe_votes_and_reviews(plan, CAME_ALONG)
    if left_out := len(plan.result.unplaced):
        sentences.append(
            f"{count_noun(left_out, 'line')} without a box {'was' if left_out == 1 else 'were'} left out."
        )
    if len(entries) > MAX_CARDS_WITHOUT_NOTICE and not explanation:
        # Slack allows about one message per second in a channel.
        sentences.append("Their cards follow, about one a second.")
    text = "\n".join(sentences)
    joined_ids = join_ids(added_ids)
    buttons = actions_block(
        action_button("Undo", UNDO_ACTION_ID, f"{canvas_info.id}:{joined_ids}") if joined_ids else None,
        command_button("Show", "show", canvas_info.id, style="primary"),
        command_button("Rank", "rank", canvas_info.id),
    )
    return build_message(text, section_block(text), buttons)


def _count_entries(number: int) -> str:
    return _format_count(number, "entry", "entries")


def _format_count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 vote", "2,000 votes"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _build_text_field(text: str, label: str, hint: str, *, optional: bool) -> Block:
    element = PlainTextInputElement(
        action_id=TEXT_BLOCK_ID,
        placeholder="pain: waiting takes an hour\npain: every change costs money\ngain: right the first time",
        initial_value=text or None,
        multiline=True,
        max_length=MAX_PASTED_LENGTH,
    )
    return input_block(TEXT_BLOCK_ID, label, element, hint=hint, optional=optional)


def _build_file_field(form_version: int, label: str, *, optional: bool = True) -> Block:
    element = FileInputElement(action_id=FILE_BLOCK_ID, filetypes=FILE_TYPES, max_files=1)
    return input_block(f"{FILE_BLOCK_ID}:{form_version}", label, element, optional=optional)
