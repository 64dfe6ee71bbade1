"""The form of an import, and what it shows before anything is added. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import PlainTextInputElement
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.features.imports.parsed import ENTRIES, Found
from bot.features.imports.plan import Plan
from bot.method.kinds import ABOUT
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    actions,
    field,
    message,
    modal,
    note,
    packed,
    run,
    section,
)
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import count, cut, esc, listed
from bot.store.model import CanvasInfo

IMPORT = "import"  # callback id
TEXT, FILE = "text", "file"  # block ids; another file is asked for in a fresh block, "file:2"
PASTED = 3000  # characters, which is all that Slack takes
MEGABYTES = 5  # of a file
FILE_TYPES = ["json", "csv", "md", "txt"]
AGAIN = "Preview again"
LINE = 150  # characters of an entry in a list
CARDS_AT_ONCE = 50  # with more of them, how long they take is said


def form(head: CanvasInfo, turn: int = 0, trouble: str = "") -> View:
    """The form at its start; `trouble` is what kept an earlier one from going on."""
    return modal(
        IMPORT,
        "Import",
        [
            section(f":warning: {trouble}") if trouble else None,
            section(
                f"Adds entries to *{esc(head.title)}* from pasted text or from a file: what "
                "`/valuemap export` writes as json, csv or md, or lines as after `/valuemap add`. You see "
                "what would be added before it is."
            ),
            _pasted("", "Paste text", f"Up to {PASTED:,} characters; for more choose a file.", optional=True),
            _file(turn, "Or choose a file"),
            note(f"Up to {ENTRIES:,} entries at once; a file of up to {MEGABYTES} MB: json, csv, md or txt."),
        ],
        about={"channel": head.channel_id, "canvas": head.id, "turn": turn},
        submit="Preview",
        close="Cancel",
    )


def read_form(form: Form) -> tuple[str, str]:
    """Return the text and the id of the file that were given; "" for what was not."""
    files = form.files(form.block_named(FILE))
    return form.text(TEXT).strip(), files[0] if files else ""


def wrongly_filled(form: Form, text: str, file: str) -> dict[str, str]:
    """Return what is wrong with a form that has to have one of both, by block."""
    if bool(text) != bool(file):
        return {}
    says = "Paste a text or choose a file, not both." if text else "Paste a text or choose a file."
    return {TEXT: says, form.block_named(FILE): says} if text else {TEXT: says}


def preview(head: CanvasInfo, plan: Plan, text: str, file: str, turn: int) -> View:
    """What would be added. Only where all is right can it be; else what is wrong is mended here."""
    ready = bool(plan.new) and not plan.wrong
    blocks = [*_wrong(plan.wrong), *_in_numbers(head, plan), *_lists(plan)]
    if text:
        blocks.append(_pasted(text, "The text", "Change it here, if you like.", optional=False))
    elif not ready:
        blocks.append(_file(turn + 1, "The mended file" if plan.wrong else "Another file", optional=False))
    return modal(
        IMPORT,
        "Import: preview",
        blocks,
        about={
            "channel": head.channel_id,
            "canvas": head.id,
            "turn": turn + 1,
            "file": file if ready else "",
            "sure": plan.digest if ready else "",
        },
        submit=f"Add {count_of(len(plan.new))}" if ready else AGAIN,
        close="Cancel",
    )


def _wrong(wrong: Sequence[str]) -> list[Block]:
    if not wrong:
        return []
    title = "One thing is wrong" if len(wrong) == 1 else f"{len(wrong):,} things are wrong"
    mend = "Mend it" if len(wrong) == 1 else "Mend them"
    return [
        section(f":no_entry: *{title}, so nothing can be added yet.* {mend}, then press *{AGAIN}*."),
        *packed([f"• {esc(each)}" for each in wrong], 6000),
    ]


def _in_numbers(head: CanvasInfo, plan: Plan) -> list[Block]:
    """What would be added, where nothing is wrong."""
    if plan.wrong:
        return []
    if not plan.new:
        return [section(f"All of it is on *{esc(head.title)}* already, so there is nothing to add.")]
    says = f"*{count_of(len(plan.new))} would be added to {esc(head.title)}:* {_by_kind(plan.new.values())}."
    return [section("\n".join([says, *_alongside(plan, "come along")]))]


def _alongside(plan: Plan, come: str) -> list[str]:
    """What comes along with new entries, if anything does."""
    counts = [(plan.votes, "vote"), (len(plan.reviews), "review")]
    said = [_many(number, word) for number, word in counts if number]
    members = _many(len(plan.members), "member")
    return [f"{listed(said)} of {members} {come}."] if said else []


def _lists(plan: Plan) -> Iterable[Block]:
    """What is taken otherwise than it stands there, what is new, and what is left as it is."""
    new = [_line(found) for found in plan.new.values()]
    known = [_line(plan.reading.entries[place]) for place in plan.known]
    notes = [f"• {esc(each)}" for each in plan.reading.notes]
    if notes:
        yield from packed(["*Please note*", *notes], 3000)
    if new:
        yield from packed(["*Right so far*" if plan.wrong else "*New*", *new], 6000)
    if known and (new or plan.wrong):
        title = f"*Known already, and left as {'it is' if len(known) == 1 else 'they are'}*"
        yield from packed([title, *known], 3000)


def _line(found: Found) -> str:
    about = ABOUT[found.kind]
    category = f" · {esc(found.category)}" if found.category else ""
    return f"{about.icon} {esc(cut(found.text, LINE))}{category}"


def _by_kind(new: Iterable[Found]) -> str:
    numbers = Counter(found.kind for found in new)
    return esc(
        listed(
            [count(numbers[kind], about.word, about.plural) for kind, about in ABOUT.items() if numbers[kind]]
        )
    )


def added(head: CanvasInfo, plan: Plan) -> Message:
    """What an import did."""
    new = plan.new.values()
    says = [f"Added {count_of(len(new))} to *{esc(head.title)}*: {_by_kind(new)}."]
    says += _alongside(plan, "came along")
    if len(new) > CARDS_AT_ONCE:
        says.append("Their cards follow, about one a second.")
    words = "\n".join(says)
    buttons = actions(
        run("Show", "show", head.id, style="primary"),
        run("Rank", "rank", head.id),
    )
    return message(words, section(words), buttons)


def count_of(entries: int) -> str:
    return _many(entries, "entry", "entries")


def _many(number: int, word: str, plural: str = "") -> str:
    """Return "1 vote", "2,000 votes"."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def _pasted(text: str, label: str, hint: str, *, optional: bool) -> Block:
    element = PlainTextInputElement(
        action_id=TEXT,
        placeholder="pain: waiting takes an hour\npain: every change costs money\ngain: right the first time",
        initial_value=text or None,
        multiline=True,
        max_length=PASTED,
    )
    return field(TEXT, label, element, hint=hint, optional=optional)


def _file(turn: int, label: str, *, optional: bool = True) -> Block:
    element = FileInputElement(action_id=FILE, filetypes=FILE_TYPES, max_files=1)
    return field(f"{FILE}:{turn}", label, element, optional=optional)
