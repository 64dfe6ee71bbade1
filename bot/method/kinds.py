"""The six kinds of entries, one for each box of the canvas, as data."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    CUSTOMER = "customer profile"
    VALUE = "value map"


class Kind(StrEnum):
    JOB = "job"
    PAIN = "pain"
    GAIN = "gain"
    PRODUCT = "product"
    PAIN_RELIEVER = "pain_reliever"
    GAIN_CREATOR = "gain_creator"

    @property
    def about(self) -> "About":
        return ABOUT[self]

    @property
    def is_need(self) -> bool:
        """Whether entries of this kind are needs: something that an offer may fit."""
        return self in NEEDS

    @property
    def is_offer(self) -> bool:
        """Whether entries of this kind are offers: something that is reviewed for fit."""
        return self in OFFERS


@dataclass(frozen=True, slots=True)
class About:
    """All that the bot knows of one kind."""

    word: str
    plural: str
    icon: str  # Slack emoji, set before the word so that boxes are told apart at a glance
    side: Side
    says: str  # what an entry of this kind says
    top: str  # what the top of the box's scale means
    bottom: str
    aliases: tuple[str, ...]  # usual names beside word and plural
    categories: tuple[str, ...]
    questions: tuple[str, ...]  # trigger questions
    example: str
    must_have: str = ""  # needs: what a must-have of this kind is called, in the plural
    served: str = ""  # needs: what an offer does to them


OTHER = "other"  # the category that is always allowed

ABOUT: dict[Kind, About] = {
    Kind.JOB: About(
        word="job",
        plural="jobs",
        icon=":dart:",
        side=Side.CUSTOMER,
        says="what the customer tries to get done",
        top="important",
        bottom="insignificant",
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
        questions=(
            "What must the customer get done, whatever happens?",
            "How do they want to be seen by others when it is done?",
            "How do they want to feel?",
            "What do they do around it: compare, buy, set up, teach, get rid of?",
            "In which other situation would the same person need something else?",
        ),
        example="Get the monthly report out before the board meets",
        must_have="important jobs",
        served="addressed",
    ),
    Kind.PAIN: About(
        word="pain",
        plural="pains",
        icon=":warning:",
        side=Side.CUSTOMER,
        says="what annoys, blocks or puts the customer at risk",
        top="extreme",
        bottom="moderate",
        aliases=("pain point", "pain points", "painpoint", "painpoints", "customer pain", "customer pains"),
        categories=("undesired outcome", "obstacle", "risk"),
        questions=(
            "What takes too long or costs too much, and how much is too much?",
            "Where do today's solutions let the customer down?",
            "What do they fear could go wrong?",
            "Which mistake do they make again and again?",
            "What keeps them from trying something new?",
        ),
        example="Collecting the figures by hand takes two days every month",
        must_have="extreme pains",
        served="relieved",
    ),
    Kind.GAIN: About(
        word="gain",
        plural="gains",
        icon=":sparkles:",
        side=Side.CUSTOMER,
        says="an outcome or benefit that the customer wants",
        top="essential",
        bottom="nice to have",
        aliases=("benefit", "benefits", "customer gain", "customer gains"),
        categories=("required", "expected", "desired", "unexpected"),
        questions=(
            "Which saving in time, money or effort would make the customer's day?",
            "What do they take for granted, and what would go beyond it?",
            "How do they measure that it went well?",
            "What do they dream of, but hardly ask for?",
            "What would make it easy to say yes?",
        ),
        example="Figures that are right the first time",
        must_have="essential gains",
        served="created",
    ),
    Kind.PRODUCT: About(
        word="product",
        plural="products & services",
        icon=":package:",
        side=Side.VALUE,
        says="one thing that the team offers",
        top="essential",
        bottom="nice to have",
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
        questions=(
            "What does the customer get from you, that they could point at?",
            "Which part of it do they never see, but rely on?",
            "Which of your offers helps with their most important job?",
            "What comes with it: help, training, a guarantee, a way to pay?",
        ),
        example="Report builder that reads the accounting system",
    ),
    Kind.PAIN_RELIEVER: About(
        word="pain reliever",
        plural="pain relievers",
        icon=":adhesive_bandage:",
        side=Side.VALUE,
        says="how exactly an offer alleviates customer pains",
        top="essential",
        bottom="nice to have",
        aliases=("reliever", "relievers", "pain_reliever", "pain_relievers", "painreliever", "painrelievers"),
        categories=(
            "produces savings",
            "makes customers feel better",
            "eliminates risk",
            "eliminates obstacles",
            "makes things easier",
        ),
        questions=(
            "Which pain does it take away, and how much of it?",
            "What does the customer no longer have to do, pay or fear?",
            "Which obstacle is gone from the first day on?",
            "What happens when things go wrong?",
        ),
        example="Figures are collected overnight, without anyone typing",
    ),
    Kind.GAIN_CREATOR: About(
        word="gain creator",
        plural="gain creators",
        icon=":seedling:",
        side=Side.VALUE,
        says="how exactly an offer creates customer gains",
        top="essential",
        bottom="nice to have",
        aliases=("creator", "creators", "gain_creator", "gain_creators", "gaincreator", "gaincreators"),
        categories=(
            "produces unexpected outcomes",
            "outperforms current solutions",
            "creates positive social consequences",
            "fulfils a dream",
            "makes work or life easier",
        ),
        questions=(
            "Which gain does it create, and how would the customer notice?",
            "Where is it better than what they use today?",
            "How does it make them look good to others?",
            "What does it make possible that was not possible before?",
        ),
        example="Each figure opens its source with one click",
    ),
}

NEEDS = (Kind.JOB, Kind.PAIN, Kind.GAIN)
OFFERS = (Kind.PAIN_RELIEVER, Kind.GAIN_CREATOR)

# What the fit review asks of an offer, by its category; what stands under "" is asked of any offer.
REVIEW_QUESTIONS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.PAIN_RELIEVER: {
        "": (
            "Which of your customers feel that pain, and how often?",
            "What does the customer no longer have to do, pay or fear?",
            "Which part of that pain stays?",
            "How would the customer notice on the very first day?",
            "Which job gets done more easily without that pain?",
        ),
        "produces savings": (
            "What does it save: time, money or effort? How much of what the customer spends today?",
            "Is that saving large enough to change what the customer does?",
        ),
        "makes customers feel better": (
            "Which worry or annoyance ends, and how do you know that it bothers them?",
            "Does the bad feeling go for good, or does it come back the next time?",
        ),
        "eliminates risk": (
            "Which risk does it take away, and by how much?",
            "What would the customer still fear?",
        ),
        "eliminates obstacles": (
            "What kept the customer from starting, and does nothing keep them now?",
            "Who still cannot start, for lack of time, money or skill?",
        ),
        "makes things easier": (
            "Which step falls away, and which one only gets shorter?",
            "Which mistake does the customer no longer make?",
        ),
    },
    Kind.GAIN_CREATOR: {
        "": (
            "For which of your customers is it a gain, and for which is it none?",
            "How would the customer notice, and how would they measure it?",
            "Is it more than the customer takes for granted anyway?",
            "Which job goes better because of it?",
            "Would the customer miss it if it went away?",
        ),
        "produces unexpected outcomes": (
            "What would the customer never have asked for, and be glad of all the same?",
            "Does it surprise once, or is it of use every time?",
        ),
        "outperforms current solutions": (
            "In what is it better than what they use today, and by how much?",
            "Would the customer change over for that alone?",
        ),
        "creates positive social consequences": (
            "In whose eyes does the customer look better, and how much does that matter to them?",
            "Whom would they tell about it?",
        ),
        "fulfils a dream": (
            "Which dream comes true, and whose words are that: the customer's or yours?",
            "How much nearer does it bring the customer to that dream?",
        ),
        "makes work or life easier": (
            "What gets easier, how often does it happen, and how much does it spare?",
            "What will the customer do with the time or strength that it leaves them?",
        ),
    },
}

_BY_NAME: dict[str, Kind] = {
    name: kind
    for kind, about in ABOUT.items()
    for name in (kind.value, about.word, about.plural, *about.aliases)
}


def kind_named(name: str) -> Kind | None:
    """Return the kind that goes by this name, in any case and spacing, or None."""
    return _BY_NAME.get(" ".join(name.lower().replace("-", " ").split()))


def review_questions(kind: Kind, category: str | None, turn: int) -> tuple[str, str]:
    """Return what to ask of an offer in a fit review: one question of its category, one of any.

    `turn` is a number that stays with the offer, so that the same offer is always asked the same.
    """
    of_kind = REVIEW_QUESTIONS[kind]
    own = of_kind.get(category or "", of_kind[""])
    first = own[turn % len(own)]
    rest = [question for question in of_kind[""] if question != first]
    return first, rest[turn % len(rest)]
