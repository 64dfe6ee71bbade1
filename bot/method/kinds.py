"""The kinds of entries, one for each box of the canvas, as data.

The role of a kind decides what the bot does with it. Code that treats kinds differently matches on the role
exhaustively or reads a field of `KindSpec`, so that a new kind needs only another item of `KIND_SPECS`.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import assert_never

from bot.emoji_names import EMOJI_CODE_PATTERN


class Side(StrEnum):
    CUSTOMER = "customer profile"
    VALUE = "value map"


class Role(StrEnum):
    """What entries of a kind do in the fit. Entries of every role are voted on and ranked."""

    NEED = "need"  # can be fitted by offers
    OFFER = "offer"  # can fit needs, which reviews judge
    PRODUCT = "product"  # delivers the offers that name it
    CONTEXT = "context"  # takes no part in the fit


class Kind(StrEnum):
    """A kind of entry, which is a box of the canvas. Rows and exports hold the values: never change one."""

    JOB = "job"
    PAIN = "pain"
    GAIN = "gain"
    PRODUCT = "product"
    PAIN_RELIEVER = "pain_reliever"
    GAIN_CREATOR = "gain_creator"

    @property
    def spec(self) -> "KindSpec":
        return KIND_SPECS[self]

    @property
    def role(self) -> Role:
        return self.spec.role

    @property
    def need_spec(self) -> "NeedSpec":
        """The data that only kinds of needs have. Raises ValueError for other kinds."""
        if self.spec.need is None:
            raise ValueError(f"{self.spec.plural} are no needs")
        return self.spec.need

    @property
    def offer_spec(self) -> "OfferSpec":
        """The data that only kinds of offers have. Raises ValueError for other kinds."""
        if self.spec.offer is None:
            raise ValueError(f"{self.spec.plural} are no offers")
        return self.spec.offer

    @property
    def is_need(self) -> bool:
        return self.role is Role.NEED

    @property
    def is_offer(self) -> bool:
        return self.role is Role.OFFER

    @property
    def is_product(self) -> bool:
        return self.role is Role.PRODUCT

    @property
    def is_required(self) -> bool:
        """Whether the method asks every team for entries of this kind."""
        match self.role:
            case Role.NEED | Role.OFFER | Role.PRODUCT:
                return True
            case Role.CONTEXT:
                return False
            case _:
                assert_never(self.role)


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """The data that only kinds of needs have."""

    must_have_plural: str  # the name of must-haves of this kind
    served_verb: str  # the participle for one that an offer fits: "relieved"
    offer_kind: Kind  # the kind of the offer that the bot suggests to add for it
    offer_question: str  # the question above the form of that offer


@dataclass(frozen=True, slots=True)
class OfferSpec:
    """The data that only kinds of offers have."""

    main_need_kind: Kind  # the kind of need that it is meant for; it may fit the other kinds too


@dataclass(frozen=True, slots=True)
class KindSpec:
    """All data of one kind."""

    singular: str
    plural: str
    icon: str  # Slack emoji, shown before the name
    side: Side
    role: Role
    description: str  # of what an entry of this kind is about
    scale_top: str  # what a vote of 5 means
    scale_bottom: str  # what a vote of 1 means
    aliases: tuple[str, ...]  # further names that people may type
    categories: tuple[str, ...]
    trigger_questions: tuple[str, ...]
    example: str
    need: NeedSpec | None = None  # for the role NEED only
    offer: OfferSpec | None = None  # for the role OFFER only

    @property
    def scale(self) -> str:
        """What the ends of the scale mean: "1 = moderate, 5 = extreme"."""
        return f"1 = {self.scale_bottom}, 5 = {self.scale_top}"

    @property
    def short_name(self) -> str:
        """The name on a narrow button: "reliever" for a pain reliever."""
        return self.singular.rpartition(" ")[2]

    @property
    def singular_with_article(self) -> str:
        return f"{'an' if self.singular[0] in 'aeiou' else 'a'} {self.singular}"


OTHER = "other"  # the category that every kind allows beside its own

KIND_SPECS: dict[Kind, KindSpec] = {
    Kind.JOB: KindSpec(
        singular="job",
        plural="jobs",
        icon=":dart:",
        side=Side.CUSTOMER,
        role=Role.NEED,
        description="what the customer tries to get done",
        scale_top="important",
        scale_bottom="insignificant",
        aliases=(
            "task",
            "tasks",
            "customer job",
            "customer jobs",
            "job to be done",
            "jobs to be done",
            "jtbd",
        ),
        categories=("functional", "social", "emotional", "supporting"),
        trigger_questions=(
            "What must the customer get done, whatever happens?",
            "How do they want to be seen by others when it is done?",
            "How do they want to feel?",
            "What do they do around it: compare, buy, set up, teach, get rid of?",
            "In which other situation would the same person need something else?",
        ),
        example="Get the monthly report out before the board meets",
        need=NeedSpec(
            must_have_plural="important jobs",
            served_verb="addressed",
            offer_kind=Kind.PAIN_RELIEVER,
            offer_question="what could stand less in its way?",
        ),
    ),
    Kind.PAIN: KindSpec(
        singular="pain",
        plural="pains",
        icon=":warning:",
        side=Side.CUSTOMER,
        role=Role.NEED,
        description="what annoys, blocks or puts the customer at risk",
        scale_top="extreme",
        scale_bottom="moderate",
        aliases=("pain point", "pain points", "painpoint", "painpoints", "customer pain", "customer pains"),
        categories=("undesired outcome", "obstacle", "risk"),
        trigger_questions=(
            "What takes too long or costs too much, and how much is too much?",
            "Where do today's solutions let the customer down?",
            "What do they fear could go wrong?",
            "Which mistake do they make again and again?",
            "What keeps them from trying something new?",
        ),
        example="Collecting the figures by hand takes two days every month",
        need=NeedSpec(
            must_have_plural="extreme pains",
            served_verb="relieved",
            offer_kind=Kind.PAIN_RELIEVER,
            offer_question="what could relieve it?",
        ),
    ),
    Kind.GAIN: KindSpec(
        singular="gain",
        plural="gains",
        icon=":sparkles:",
        side=Side.CUSTOMER,
        role=Role.NEED,
        description="an outcome or benefit that the customer wants",
        scale_top="essential",
        scale_bottom="nice to have",
        aliases=("benefit", "benefits", "customer gain", "customer gains"),
        categories=("required", "expected", "desired", "unexpected"),
        trigger_questions=(
            "Which saving in time, money or effort would make the customer's day?",
            "What do they take for granted, and what would go beyond it?",
            "How do they measure that it went well?",
            "What do they dream of, but hardly ask for?",
            "What would make it easy to say yes?",
        ),
        example="Figures that are right the first time",
        need=NeedSpec(
            must_have_plural="essential gains",
            served_verb="created",
            offer_kind=Kind.GAIN_CREATOR,
            offer_question="what could create it?",
        ),
    ),
    Kind.PRODUCT: KindSpec(
        singular="product",
        plural="products & services",
        icon=":package:",
        side=Side.VALUE,
        role=Role.PRODUCT,
        description="one thing that the team offers",
        scale_top="essential",
        scale_bottom="nice to have",
        aliases=(
            "products",
            "service",
            "services",
        ),
        categories=("physical/tangible", "intangible", "digital", "financial"),
        trigger_questions=(
            "What does the customer get from you, that they could point at?",
            "Which part of it do they never see, but rely on?",
            "Which of your offers helps with their most important job?",
            "What comes with it: help, training, a guarantee, a way to pay?",
        ),
        example="Report builder that reads the accounting system",
    ),
    Kind.PAIN_RELIEVER: KindSpec(
        singular="pain reliever",
        plural="pain relievers",
        icon=":adhesive_bandage:",
        side=Side.VALUE,
        role=Role.OFFER,
        description="how exactly an offer alleviates customer pains",
        scale_top="essential",
        scale_bottom="nice to have",
        aliases=(
            "reliever",
            "relievers",
            "painreliever",
            "painrelievers",
            "painkiller",
            "painkillers",
            "pain killer",
            "pain killers",
        ),
        categories=(
            "produces savings",
            "makes customers feel better",
            "eliminates risk",
            "eliminates obstacles",
            "makes things easier",
        ),
        trigger_questions=(
            "Which pain does it take away, and how much of it?",
            "What does the customer no longer have to do, pay or fear?",
            "Which obstacle is gone from the first day on?",
            "What happens when things go wrong?",
        ),
        example="Figures are collected overnight, without anyone typing",
        offer=OfferSpec(main_need_kind=Kind.PAIN),
    ),
    Kind.GAIN_CREATOR: KindSpec(
        singular="gain creator",
        plural="gain creators",
        icon=":seedling:",
        side=Side.VALUE,
        role=Role.OFFER,
        description="how exactly an offer creates customer gains",
        scale_top="essential",
        scale_bottom="nice to have",
        aliases=("creator", "creators", "gaincreator", "gaincreators"),
        categories=(
            "produces unexpected outcomes",
            "outperforms current solutions",
            "creates positive social consequences",
            "fulfils a dream",
            "makes work or life easier",
        ),
        trigger_questions=(
            "Which gain does it create, and how would the customer notice?",
            "Where is it better than what they use today?",
            "How does it make them look good to others?",
            "What does it make possible that was not possible before?",
        ),
        example="Each figure opens its source with one click",
        offer=OfferSpec(main_need_kind=Kind.GAIN),
    ),
}

NEED_KINDS = tuple(kind for kind in Kind if kind.is_need)
OFFER_KINDS = tuple(kind for kind in Kind if kind.is_offer)
PRODUCT_KINDS = tuple(kind for kind in Kind if kind.is_product)

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")  # formatting marks, brackets, emoji and colons around a name
_SPACES = re.compile(r"[\s_‐‑–-]+")
_ENDING_IN_BRACKETS = re.compile(r"\((s|es)\)")  # "pain(s)"
_CONJUNCTION = re.compile(r" ?[/&+,] ?| (?:and|or) ")
MIN_NAME_SIMILARITY = 0.65  # difflib's ratio of a mistyped name to a suggested one, from 0 to 1
MAX_COMPARED_CHARACTERS = 40  # the time that difflib takes grows with the square of the length


def _normalize_name(name: str) -> str:
    """Return a kind's name as people write it without its case, spacing and what is around it."""
    without_emoji = EMOJI_CODE_PATTERN.sub(" ", unicodedata.normalize("NFKC", name).casefold())
    plain = _ENDING_IN_BRACKETS.sub(r"\1", without_emoji).replace("&amp;", "&")
    return _SPACES.sub(" ", _EDGES.sub("", plain))


KIND_BY_NAME: dict[str, Kind] = {
    _normalize_name(name): kind
    for kind, spec in KIND_SPECS.items()
    for name in (kind.value, spec.singular, spec.plural, *spec.aliases)
}


def find_kind(name: str) -> Kind | None:
    """Return the kind with this name or alias, or with several of them: "product/service"; None without one.

    Case, spacing, and the marks and emoji around a name do not matter: "**Pains:**" is found too.
    """
    kinds = {KIND_BY_NAME.get(part) for part in _CONJUNCTION.split(_normalize_name(name))}
    return kinds.pop() if len(kinds) == 1 else None


def suggest_kind(name: str) -> Kind | None:
    """Return the kind whose name or alias is spelled most similarly; None if none is similar."""
    compared = _normalize_name(name)[:MAX_COMPARED_CHARACTERS]
    similar = get_close_matches(compared, KIND_BY_NAME, n=1, cutoff=MIN_NAME_SIMILARITY)
    return KIND_BY_NAME[similar[0]] if similar else None
