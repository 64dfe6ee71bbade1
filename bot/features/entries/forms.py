"""What canvases and the forms for entries look like. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ExternalDataMultiSelectElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.features.entries.drafts import NAME, SEGMENT, TEXT
from bot.method.kinds import ABOUT, OTHER, Kind
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    OPTIONS,
    Block,
    Message,
    View,
    actions,
    button,
    field,
    header,
    message,
    modal,
    note,
    option,
    packed,
    run,
    section,
)
from bot.slack.blockkit.forms import OUTDATED, Form
from bot.slack.blockkit.text import capital, count, cut, esc, whole
from bot.slack.errors import Refusal
from bot.store.model import CanvasInfo, Card, CardsIn, Doubt, Draft

ADD, EDIT, NEW = "add_entry", "edit_entry", "new_canvas"  # callback ids
KIND, PRODUCTS = "kind", "products"  # action ids
ANEW = "anew"
MOST_DOUBTS = 10
VOTE_HINT = ":one: bottom of its box … :five: top"


def canvas_message(head: CanvasInfo) -> Message:
    """The canvas's own message; the cards are its thread."""
    words = f"Value map: {esc(head.title)}"
    where = "in this thread" if head.rules.cards_in is CardsIn.THREAD else "in this channel"
    return message(
        words,
        header(f"Value map: {head.name}"),
        section(f"For *{esc(head.segment)}*") if head.segment else None,
        section(
            f"Every entry is a card {where}. Rank it with a number reaction: "
            f"{VOTE_HINT}. Then review which offer fits which need."
        ),
        actions(
            run("Add an entry", "add", head.id, style="primary"),
            run("Show", "show", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
        ),
    )


def deleted_message(head: CanvasInfo) -> Message:
    """What stands in place of a canvas's own message once the canvas is deleted."""
    says = f"The value map {esc(head.title)} was deleted."
    return message(says, note(says))


def started(head: CanvasInfo) -> Message:
    words = f"Started *{esc(head.title)}*. It is this channel's current canvas now."
    return message(
        words,
        section(f"{words}\nBegin with what the customer tries to get done, then pains and gains."),
        actions(run("Add an entry", "add", head.id, style="primary")),
    )


def added(head: CanvasInfo, drafts: Sequence[Draft], doubts: Sequence[Doubt] = ()) -> Message:
    """What was added, and what was not, since it is close to something."""
    doubtful = {doubt.draft for doubt in doubts}
    lines = [
        f"{ABOUT[draft.kind].icon} {ABOUT[draft.kind].word}: {esc(draft.text)}"
        for draft in drafts
        if draft not in doubtful
    ]
    title = f"Added {count(len(lines), 'entry', 'entries')} to *{esc(head.title)}*" + (":" if lines else ".")
    close = [f"Not added: “{esc(doubt.draft.text)}”. {_close(doubt)}" for doubt in doubts]
    return message(
        "\n".join([title, *lines, *close]),
        section(title),
        *packed(lines, 4000 if doubts else 6000),
        *in_doubt(head, doubts),
        actions(run("Add another", "add", head.id), run("Rank", "rank", head.id)),
    )


def in_doubt(head: CanvasInfo, doubts: Sequence[Doubt]) -> list[Block]:
    """Drafts that are close to what is there, each with the choice to add it or to vote for the other."""
    blocks: list[Block] = []
    for doubt in doubts[:MOST_DOUBTS]:
        draft, says = doubt.draft, _close(doubt)
        anyway = button("Add anyway", "add_anyway", f"{head.id}:{draft.kind}:{draft.text}")
        blocks.append(section(f"Not added: {ABOUT[draft.kind].word} “{esc(draft.text)}”. {says}", anyway))
    more = len(doubts) - MOST_DOUBTS
    return [*blocks, note(f"…and {more} more that are close to others.")] if more > 0 else blocks


def _close(doubt: Doubt) -> str:
    vote = f" <{doubt.link}|Vote for that one> instead?" if doubt.link else ""
    return f"It is close to “{esc(doubt.like)}”.{vote}"


def new_form(channel: str) -> View:
    """The form that starts a canvas."""
    return modal(
        NEW,
        "Start a canvas",
        [
            _text("name", "Name", NAME, placeholder="What you offer, for example Reports"),
            _text(
                "segment",
                "Customer segment",
                SEGMENT,
                placeholder="For whom, for example small shops",
                hint="One segment, one canvas: never a mix.",
                optional=True,
            ),
        ],
        about={"channel": channel},
        submit="Start",
    )


def read_new_form(form: Form) -> tuple[str, str]:
    return form.text("name"), form.text("segment")


def add_form(
    head: CanvasInfo,
    kind: Kind,
    products: Sequence[Entry],
    turn: int = 0,
    last: str = "",
    *,
    text: str = "",
    source: str = "",
    doubt: Doubt | None = None,
) -> View:
    """The form for a new entry. It stays open for another: `turn` counts them, `last` was just added.

    `text` and `source` are those of a message that an entry is made of; a `doubt` is said above the fields.
    """
    again = option("Add another after this one", "again")
    return modal(
        ADD,
        "Add an entry",
        [
            section(f":white_check_mark: Added: {esc(last)}") if last else None,
            section(f":warning: {_close(doubt)} Press *Add* again to add yours all the same.")
            if doubt
            else None,
            *_entry_fields(kind, products, None, turn, text),
            field(
                "again",
                "And then",
                CheckboxesElement(
                    action_id="again", options=[again], initial_options=[again] if last else None
                ),
                optional=True,
            ),
        ],
        about={
            "channel": head.channel_id,
            "canvas": head.id,
            "turn": turn,
            "source": source,
            "sure": doubt.draft.text if doubt else "",
        },
        submit="Add",
    )


def edit_form(
    card: Card, kind: Kind, products: Sequence[Entry], votes: int, warning: str = "", text: str = ""
) -> View:
    """The form for an entry that is there and has so many votes.

    `warning` tells of somebody else's edit meanwhile.
    """
    entry = card.entry
    return modal(
        EDIT,
        "Edit or move",
        [
            section(warning) if warning else None,
            *_entry_fields(kind, products, entry, card.version, text),
            _votes_choice(votes) if votes else None,
        ],
        about={
            "channel": card.channel_id,
            "canvas": card.canvas_id,
            "entry": entry.id,
            "version": card.version,
            "votes": votes,
        },
        submit="Save",
    )


def _votes_choice(votes: int) -> Block:
    stand, anew = option("They stand: it means the same", "stand"), option("They start anew", ANEW)
    has = f"It has {count(votes, 'vote')}"
    return field(
        "votes", has, RadioButtonsElement(action_id="votes", options=[stand, anew], initial_option=stand)
    )


def read_anew(form: Form) -> bool:
    """Say whether the votes on an edited entry start anew."""
    return form.choice("votes") == ANEW


def kind_in(form: Form) -> Kind:
    return kind_meant(form.choice("kind") or Kind.JOB)


def kind_meant(chosen: str) -> Kind:
    """Return the kind that was chosen; raise Refusal where there is none of that name."""
    if chosen not in {*Kind}:
        raise Refusal(OUTDATED)
    return Kind(chosen)


def read_entry_form(form: Form) -> tuple[Draft, str]:
    """Return the entry as filled in, not yet checked, and the block of its text, where its errors belong."""
    kind = kind_in(form)
    category = form.choice(form.block_named("category"))
    block = form.block_named("text")
    chosen = (whole(product) for product in form.choices(form.block_named(PRODUCTS)))
    products = tuple(product for product in chosen if product is not None)
    return Draft(kind, form.text(block), category, products if kind.is_offer else ()), block


def again(form: Form) -> bool:
    return bool(form.choices("again"))


def product_options(products: Sequence[Entry], words: str = "") -> list[Option]:
    """Return the products whose text contains these words."""
    found = [entry for entry in products if words.casefold() in entry.text.casefold()]
    return [option(entry.text, str(entry.id)) for entry in found[:OPTIONS]]


def _entry_fields(
    kind: Kind, products: Sequence[Entry], entry: Entry | None, turn: int, text: str = ""
) -> list[Block | None]:
    """Return the fields of an entry. What was filled in stays while a block's id does; each turn is fresh."""
    about = ABOUT[kind]
    kinds = [option(capital(each.word), key.value) for key, each in ABOUT.items()]
    categories = [option(category, category) for category in (*about.categories, OTHER)]
    category = entry.category if entry and entry.category in {*about.categories, OTHER} else None
    return [
        field(
            "kind",
            "Kind",
            StaticSelectElement(
                action_id=KIND, options=kinds, initial_option=option(capital(about.word), kind.value)
            ),
            dispatch=True,
        ),
        _text(
            f"text:{turn}",
            f"The {about.word}",
            TEXT,
            hint=f"{capital(about.says)}.",
            placeholder=f"{about.example}",
            value=text or (entry.text if entry else ""),
            multiline=True,
        ),
        note("*To get going:* " + " · ".join(about.questions)),
        field(
            f"category:{kind}:{turn}",
            "Category",
            StaticSelectElement(
                action_id="category",
                placeholder="None",
                options=categories,
                initial_option=option(category, category) if category else None,
            ),
            optional=True,
        ),
        _products(products, entry, turn) if kind.is_offer and products else None,
    ]


def _products(products: Sequence[Entry], entry: Entry | None, turn: int) -> Block:
    chosen = [product for product in products if entry and product.id in entry.delivered_by]
    initial = product_options(chosen) or None
    select: InputInteractiveElement
    if len(products) > OPTIONS:
        select = ExternalDataMultiSelectElement(
            action_id=PRODUCTS, placeholder="Type to find", min_query_length=0, initial_options=initial
        )
    else:
        select = StaticMultiSelectElement(
            action_id=PRODUCTS,
            placeholder="None",
            options=product_options(products),
            initial_options=initial,
        )
    return field(f"{PRODUCTS}:{turn}", "Delivered by", select, optional=True)


def _text(
    block: str,
    label: str,
    length: int,
    *,
    hint: str = "",
    placeholder: str = "",
    value: str = "",
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    element = PlainTextInputElement(
        action_id="text",
        placeholder=cut(placeholder, 150),
        initial_value=value[:length] or None,
        max_length=length,
        multiline=multiline,
    )
    return field(block, label, element, hint=hint, optional=optional)
