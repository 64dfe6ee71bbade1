"""The kinds of entries, one for each box of the canvas, as data: see "The canvas" in the method.

What the bot does with a kind follows from its role. Code that treats kinds differently matches on the role
exhaustively, or reads a field of `KindSpec`, so that another kind is one more row of `KIND_SPECS`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Side(StrEnum):
    CUSTOMER = "customer profile"
    VALUE = "value map"


class Role(StrEnum):
    """What entries of a kind do in the method. All of them are voted on and ranked."""

    NEED = "need"  # offers are to fit it
    OFFER = "offer"  # reviewed for its fit
    PRODUCT = "product"  # named by offers as what delivers them
    CONTEXT = "context"  # outside the fit


class Kind(StrEnum):
    """A kind of entry, which is a box of the canvas. Rows and exports hold the values."""

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
        """What a kind of need has. Raises ValueError for the other kinds."""
        if self.spec.need is None:
            raise ValueError(f"{self.spec.plural} are no needs")
        return self.spec.need

    @property
    def offer_spec(self) -> "OfferSpec":
        """What a kind of offer has. Raises ValueError for the other kinds."""
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
    """What a kind of need has beyond other kinds."""

    must_have_plural: str  # what must-haves of this kind are called
    served_verb: str  # what an offer does to them, as a participle
    offer_kind: Kind  # what is suggested as an answer to it
    offer_question: str  # what such an answer is asked


@dataclass(frozen=True, slots=True)
class OfferSpec:
    """What a kind of offer has beyond other kinds."""

    main_need_kind: Kind  # the kind of need that it is written for; it may fit the others too


@dataclass(frozen=True, slots=True)
class KindSpec:
    """All that the bot knows of one kind."""

    singular: str
    plural: str
    icon: str  # Slack emoji, set before the name so that boxes are told apart at a glance
    side: Side
    role: Role
    description: str  # what an entry of this kind says
    scale_top: str  # what a vote of 5 means
    scale_bottom: str  # what a vote of 1 means
    aliases: tuple[str, ...]  # usual names beside singular and plural
    categories: tuple[str, ...]
    trigger_questions: tuple[str, ...]
    example: str
    need: NeedSpec | None = None  # with the role NEED, and only then
    offer: OfferSpec | None = None  # with the role OFFER, and only then

    @property
    def singular_with_article(self) -> str:
        return f"{'an' if self.singular[0] in 'aeiou' else 'a'} {self.singular}"


OTHER = "other"  # the category that is always allowed

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
            "product & service",
            "product and service",
            "products and services",
            "product or service",
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
        aliases=("reliever", "relievers", "pain_reliever", "pain_relievers", "painreliever", "painrelievers"),
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
        aliases=("creator", "creators", "gain_creator", "gain_creators", "gaincreator", "gaincreators"),
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

_BY_NAME: dict[str, Kind] = {
    name: kind
    for kind, spec in KIND_SPECS.items()
    for name in (kind.value, spec.singular, spec.plural, *spec.aliases)
}


def find_kind(name: str) -> Kind | None:
    """Return the kind that goes by this name, in any case and spacing, or None."""
    return _BY_NAME.get(" ".join(name.lower().replace("-", " ").split()))
