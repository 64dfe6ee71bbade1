"""A test as a form gives it, its limits, what its list shows, and the job that asks for its result. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.features.evidence.model import MAX_COUNT, MAX_QUOTE_CHARACTERS, MAX_SOURCE_CHARACTERS
from bot.jobs.model import JobKind
from bot.method.assumption_tests import decide_outcome, is_overdue, list_open_tests
from bot.method.metrics import CanvasMetrics
from bot.method.model import AssumptionTest, Bound, Choice, Grade, Outcome, Result, Terms
from bot.method.numbers import InvalidNumber, read_number
from bot.slack.blockkit.text import sanitize, truncate
from bot.slack.forms import InvalidInput, raise_first_problem
from bot.store.evidence import EvidenceDraft
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc

ASK_OWNER_JOB = JobKind("ask_owner", 76, frozenset({"conversations.open", "chat.postMessage"}))

CHECK, MEASURE, BOUND, VALUE, UNIT, UNTIL, OWNER = (  # fields of the form that starts or changes a test
    *("check", "measure", "bound", "value", "unit", "until", "owner"),
)
SEEN, COUNT, QUOTE, UNCLEAR = "seen", "count", "quote", "unclear"  # fields of the form of a result
CHOICE, REASON = "choice", "reason"  # fields of the form of a decision
MAX_CHECK_CHARACTERS = 300
MAX_MEASURE_CHARACTERS = 200
MAX_UNIT_CHARACTERS = 60
MAX_NUMBER_CHARACTERS = 40
MAX_REASON_CHARACTERS = 300
DEFAULT_PERIOD = timedelta(days=14)
UNDO_WINDOW = timedelta(minutes=10)  # in which a start can be undone: a test is locked, and not thrown away
MAX_PERIOD = timedelta(days=366)
SOURCE_PREFIX = "Test: "


@dataclass(frozen=True, slots=True)
class TypedTerms:
    """The terms of a test as they were typed, unchecked."""

    check: str
    measure: str
    bound: str
    value: str
    unit: str
    until: date | None
    owner_id: str


@dataclass(frozen=True, slots=True)
class TypedResult:
    """The result of a test as it was typed, unchecked."""

    seen: str
    count: int
    grade: Grade
    quote: str
    is_unclear: bool


@dataclass(frozen=True, slots=True)
class ListedTests:
    """The tests of a canvas, or of one of its entries, with what their list shows."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    names: Mapping[str, str]  # of owners and deciders, by user id
    today: date  # in the canvas's time zone
    user_id: str
    entry_id: int | None = None  # None for the whole canvas

    @property
    def open_tests(self) -> list[AssumptionTest]:
        """The tests without a result, the first to end first."""
        return [test for test in list_open_tests(self.metrics) if self._is_shown(test)]

    @property
    def due(self) -> list[AssumptionTest]:
        """The open tests whose last day is over."""
        return [test for test in self.open_tests if is_overdue(test, self.today)]

    @property
    def running(self) -> list[AssumptionTest]:
        """The open tests whose last day is not over."""
        return [test for test in self.open_tests if not is_overdue(test, self.today)]

    @property
    def undecided(self) -> list[AssumptionTest]:
        """The tests that wait for a decision, the newest result first."""
        waiting = [
            (test.result.at, test)
            for test in self.metrics.canvas.tests
            if self._is_shown(test)
            and test.result is not None
            and test.decision is None
            and test.entry_id in self.metrics.ranked
        ]
        return [test for _, test in sorted(waiting, key=lambda each: each[0], reverse=True)]

    @property
    def decided(self) -> list[AssumptionTest]:
        """The decision log, the newest decision first; also of entries that are deleted."""
        decided = [
            (test.decision.at, test)
            for test in self.metrics.canvas.tests
            if self._is_shown(test) and test.decision is not None
        ]
        return [test for _, test in sorted(decided, key=lambda each: each[0], reverse=True)]

    def day_of(self, moment: datetime) -> date:
        """Return the day of a time in the canvas's zone."""
        return moment.astimezone(zone_or_utc(self.canvas_info.time_zone)).date()

    def may_change(self, test: AssumptionTest) -> bool:
        """Return whether the canvas's settings let the member record, decide and change a test."""
        return may_change(self.canvas_info, test, self.user_id)

    def _is_shown(self, test: AssumptionTest) -> bool:
        return self.entry_id is None or test.entry_id == self.entry_id


def may_change(canvas_info: CanvasInfo, test: AssumptionTest, user_id: str) -> bool:
    """Return whether a member may change a test, record its result and decide: its owner always may."""
    may_edit = canvas_info.settings.may_edit(user_id, test.starter_id, canvas_info.starter_id)
    return may_edit or user_id == test.terms.owner_id


def check_terms(typed: TypedTerms, today: date) -> Terms:
    """Return the terms with their texts sanitized. Raises InvalidInput for the first field that is wrong.

    A percent sign after the number belongs to the unit.
    """
    check, measure, unit = sanitize(typed.check), sanitize(typed.measure), sanitize(typed.unit)
    if sanitize(typed.value).endswith("%") and "%" not in unit:
        unit = f"% {unit}".strip()
    problems = (
        (not check, CHECK, "Write what you do to check it."),
        (not measure, MEASURE, "Write what you count or measure."),
        (typed.bound not in {*Bound}, BOUND, "Choose at least or at most."),
    )
    raise_first_problem(problems)
    try:
        value = read_number(typed.value)
    except InvalidNumber as error:
        raise InvalidInput(VALUE, str(error)) from error
    until = typed.until or date.min
    raise_first_problem(
        (
            (not unit, UNIT, "Write what the number counts, for example “of 20 customers” or “%”."),
            (until < today, UNTIL, "That day is over: choose today or a later one."),
            (until > today + MAX_PERIOD, UNTIL, "A test takes a year at most."),
            (not typed.owner_id, OWNER, "Choose who sees to it."),
        )
    )
    return Terms(
        check[:MAX_CHECK_CHARACTERS],
        measure[:MAX_MEASURE_CHARACTERS],
        Bound(typed.bound),
        value,
        unit[:MAX_UNIT_CHARACTERS],
        until,
        typed.owner_id,
    )


def check_result(typed: TypedResult, terms: Terms, now: datetime) -> Result:
    """Return the result with its outcome. Raises InvalidInput for the first field that is wrong."""
    try:
        value = read_number(typed.seen)
    except InvalidNumber as error:
        raise InvalidInput(SEEN, str(error)) from error
    quote = sanitize(typed.quote)
    raise_first_problem(
        (
            (not 1 <= typed.count <= MAX_COUNT, COUNT, "The number of people or cases is 1 or more."),
            (not quote, QUOTE, "Write what the customers said or did."),
        )
    )
    outcome = Outcome.UNCLEAR if typed.is_unclear else decide_outcome(terms, value)
    return Result(value, typed.count, typed.grade, quote[:MAX_QUOTE_CHARACTERS], outcome, now)


def check_reason(choice: str, reason: str) -> tuple[Choice, str]:
    """Return the decision and its reason. Raises InvalidInput where one is missing."""
    sanitized = sanitize(reason)
    raise_first_problem(
        (
            (choice not in {*Choice}, CHOICE, "Choose keep, change or drop."),
            (not sanitized, REASON, "Write why: the decision log keeps it."),
        )
    )
    return Choice(choice), sanitized[:MAX_REASON_CHARACTERS]


def draft_evidence(test: AssumptionTest, result: Result, day: date) -> EvidenceDraft | None:
    """Return the evidence that comes of a result: for the entry where it is met, against it where it is not.

    An unclear result gives none.
    """
    if result.outcome is Outcome.UNCLEAR:
        return None
    linked, is_met = (test.entry_id,), result.outcome is Outcome.MET
    return EvidenceDraft(
        quote=result.quote,
        source=truncate(f"{SOURCE_PREFIX}{test.terms.check}", MAX_SOURCE_CHARACTERS),
        grade=result.grade,
        count=result.count,
        day=day,
        supports=linked if is_met else (),
        contradicts=() if is_met else linked,
    )
